export { intakeSettings } from './config.ts';
export { type DrainLimits, drain } from './drain.ts';
export type { Fields, FieldValue } from './fields.ts';
export {
  type Arrival,
  type Call,
  createIntake,
  type EditBody,
  type Intake,
  type IntakeSettings,
} from './intake.ts';
export type { SpoolerStats } from './spool.ts';
