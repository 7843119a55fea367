export { type Catalog, createCatalog } from './catalog.ts';
export { routingSettings } from './config.ts';
export { type Executed, execute } from './execute.ts';
export { readModelsFile } from './models-file.ts';
export { type Candidate, type PlanRules, planEdit } from './plan.ts';
