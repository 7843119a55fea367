export type { Provider } from './contract.ts';
export { allModels, createProviders, type Providers } from './registry.ts';
export { foreseeUsage } from './tokens.ts';
