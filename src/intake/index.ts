export type { Arrival } from './arrival.ts';
export { drain } from './drain.ts';
export { createIntake, type Intake } from './intake.ts';
