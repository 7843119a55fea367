export type { Answer } from './answer.ts';
export { type Catalog, createCatalog } from './catalog.ts';
export { execute } from './execute.ts';
export { createFinisher, type Finisher } from './finisher.ts';
export { createGoneModels, type GoneModels } from './gone-models.ts';
export { readModelsFile } from './models-file.ts';
export { type Candidate, type PlanRules, planEdit } from './plan.ts';
