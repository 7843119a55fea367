import { RetouchError } from '../core/errors.ts';
import type { Model } from '../core/model.ts';

export interface Catalog {
  /** All models, in the order of the providers' lists. */
  list(): readonly Model[];
  /** By id, alias, or either without its provider. */
  find(name: string): Model | undefined;
  /** @throws RetouchError model_not_found, naming near ones */
  get(name: string): Model;
}

/** The models this gateway serves, by every name a caller may use. Earlier models win a name. */
export function createCatalog(models: readonly Model[]): Catalog {
  const byName = new Map<string, Model>();
  const claim = (name: string, model: Model): void => {
    if (!byName.has(name)) byName.set(name, model);
  };
  for (const model of models) claim(model.id, model);
  for (const model of models) {
    for (const alias of model.aliases ?? []) claim(alias, model);
    for (const name of [model.id, ...(model.aliases ?? [])]) claim(withoutProvider(name), model);
    for (const alias of model.aliases ?? []) claim(`${model.provider}/${withoutProvider(alias)}`, model);
  }
  const find = (name: string): Model | undefined => byName.get(name.trim());
  return {
    list: () => models,
    find,
    get(name) {
      const model = find(name);
      if (model) return model;
      throw new RetouchError(
        'model_not_found',
        `No model '${name.slice(0, 100)}' here. There are: ${models.map((known) => known.id).join(', ')}.`,
        { param: 'model' },
      );
    },
  };
}

function withoutProvider(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}
