export { capabilities } from './capabilities.ts';
export { type Instruction, readInstructions } from './instruction.ts';
export { type EditPlan, planEdit } from './plan.ts';
