export { createEngine, type Engine } from './edit.ts';
export type { Bill, EditJob, EditResult, Served } from './job.ts';
