import { RetouchError } from '../core/errors.ts';
import type { Model } from '../core/model.ts';

export interface Catalog {
  /** All models, in the order of the providers' lists. */
  list(): readonly Model[];
  /** By id, alias or snapshot, or any of them without its provider. */
  find(name: string): Model | undefined;
  /** @throws RetouchError model_not_found, naming near ones */
  get(name: string): Model;
  /** Who takes over when its vendor no longer serves it: of a dated version the model itself. */
  findSuccessor(model: Model): Model | undefined;
}

/** The models this gateway serves, by every name a caller may use. Earlier models win a name. */
export function createCatalog(models: readonly Model[]): Catalog {
  const byName = new Map<string, Model>();
  const claims = [...models.map((model) => [model.id, model] as const), ...models.flatMap(toFurtherNames)];
  for (const [name, model] of claims) if (!byName.has(name)) byName.set(name, model);
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
    findSuccessor(model) {
      const own = find(model.id);
      if (own !== model) return own;
      return model.successor === undefined ? undefined : find(model.successor);
    },
  };
}

type Claim = readonly [name: string, model: Model];

/** The model's names beside its id, the stronger ones first. */
function toFurtherNames(model: Model): readonly Claim[] {
  const { id, provider, aliases = [], snapshots = [] } = model;
  const names = [
    ...aliases,
    ...[id, ...aliases].map(withoutProvider),
    ...aliases.map((alias) => `${provider}/${withoutProvider(alias)}`),
  ];
  return [
    ...snapshots.flatMap((snapshot) => toPinned(model, snapshot)),
    ...names.map((name): Claim => [name, model]),
  ];
}

/** The same model, asked for by the name of one of its versions. */
function toPinned(model: Model, upstreamId: string): readonly Claim[] {
  const pinned = { ...model, upstreamId };
  return [`${model.provider}/${upstreamId}`, upstreamId].map((name) => [name, pinned]);
}

function withoutProvider(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}
