// depcruise: config-joins-slices
export { inner as config } from './routing/index.ts';
