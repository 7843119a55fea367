export { type Capability, capabilities } from './capabilities.ts';
export { type Instruction, readInstructions } from './instruction.ts';
export { type EditPlan, type PlanSubject, planEdit } from './plan.ts';
