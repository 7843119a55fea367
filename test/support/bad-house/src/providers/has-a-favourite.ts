// depcruise: only-the-registry-lists-providers
export { openai as favourite } from './openai/index.ts';
