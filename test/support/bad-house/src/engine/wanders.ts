// depcruise: plan-engine
export { door } from '../http/index.ts';
