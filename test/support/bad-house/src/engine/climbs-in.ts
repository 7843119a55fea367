// depcruise: knock-on-the-door
export { inner } from '../routing/inner.ts';
