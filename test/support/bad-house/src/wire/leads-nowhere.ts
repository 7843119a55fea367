// depcruise: no-broken-imports
// tsc: TS2307
export { nobody } from './nobody.ts';
