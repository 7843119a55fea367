export { capabilities } from './capabilities.ts';
export { isFinish } from './geometry.ts';
export { type Instruction, readInstructions } from './instruction.ts';
export { type EditPlan, type PlanSubject, planEdit } from './plan.ts';
