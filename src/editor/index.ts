export { capabilities } from './capabilities.ts';
export { isFinish } from './geometry.ts';
export { readInstructions } from './instruction.ts';
export { type EditPlan, type PlanSubject, planEdit } from './plan.ts';
export type { Instruction } from './step.ts';
