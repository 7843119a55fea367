import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Model } from '../core/model.ts';
import { StartFault } from '../core/start-fault.ts';

const date = z.iso.date();
const price = z.number().nonnegative();
const change = {
  aliases: z.array(z.string().min(1)),
  snapshots: z.array(z.string().min(1)),
  upstreamId: z.string().regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces'),
  releasedOn: date,
  retiredOn: date.nullable(),
  successor: z.string().min(1).nullable(),
  maxImages: z.int().min(1),
  maxImageBytes: z.int().min(1),
  maxInlineBytes: z.int().min(4 * 2 ** 20),
  prices: z.strictObject({
    textIn: price,
    cachedTextIn: price.optional(),
    imageIn: price,
    cachedImageIn: price.optional(),
    textOut: price.optional(),
    imageOut: price,
  }),
};
const entry = z.strictObject({
  id: z.string().regex(/^[\x21-\x2e\x30-\x7e]+\/[\x21-\x7e]+$/, 'must look like "provider/name", in ASCII'),
  /** A model already in the catalogue that a new one starts from. */
  like: z.string().optional(),
  ...z.object(change).partial().shape,
});
const file = z.strictObject({ models: z.array(entry) });

/**
 * The catalogue with the operator's file applied, if there is one.
 * @throws StartFault
 */
export async function readModelsFile(
  models: readonly Model[],
  path: string | undefined,
): Promise<readonly Model[]> {
  if (path === undefined) return models;
  try {
    return applyModelsFile(models, await readFile(path, 'utf8'));
  } catch (cause) {
    throw new StartFault(
      `RETOUCH_MODELS_FILE must be the path of a JSON file with models (it is ${JSON.stringify(path)}): ` +
        `${(cause as Error).message}. See docs/models.md, for example RETOUCH_MODELS_FILE=/etc/retouch/models.json`,
      { cause },
    );
  }
}

/**
 * Adds an operator's models to the catalogue, or changes models in it; `null` takes a value away.
 * @param text the file: `{"models": [{"id", "like"?, ...}]}`
 * @throws Error in plain words for the operator
 */
function applyModelsFile(models: readonly Model[], text: string): readonly Model[] {
  const { models: entries } = parseFile(text);
  const byId = new Map(models.map((model) => [model.id, model]));
  for (const { id, like, ...changes } of entries) {
    const base = byId.get(like ?? id);
    if (!base) {
      const hint = like === undefined ? 'a new model needs "like", the id of the one it starts from' : '';
      throw new Error(`${id}: no model ${like ?? id} in the catalogue; ${hint || 'check "like"'}`);
    }
    const fresh =
      like === undefined ? {} : { aliases: [], snapshots: [], upstreamId: id.slice(id.indexOf('/') + 1) };
    const merged = { ...base, ...fresh, ...changes, id };
    const kept = Object.entries(merged).filter(([, value]) => value !== null && value !== undefined);
    byId.set(id, Object.fromEntries(kept) as unknown as Model);
  }
  checkEntries(entries, byId);
  return [...byId.values()];
}

/** What would be ignored, or lead nowhere, when it is too late to say so. */
function checkEntries(entries: readonly z.output<typeof entry>[], byId: ReadonlyMap<string, Model>): void {
  const faults: string[] = [];
  for (const [index, { id, aliases = [] }] of entries.entries()) {
    if (entries.findIndex((other) => other.id === id) !== index) faults.push(`${id}: it is listed twice`);
    for (const alias of aliases) {
      if (byId.has(alias)) faults.push(`${id}: its alias ${alias} is the id of another model`);
    }
    const way = followSuccessors(id, byId);
    if (way !== undefined) faults.push(`${id}: ${way}`);
  }
  if (faults.length > 0) throw new Error(faults.join('; '));
}

function followSuccessors(id: string, byId: ReadonlyMap<string, Model>): string | undefined {
  const seen = new Set([id]);
  for (let next = byId.get(id)?.successor; next !== undefined; next = byId.get(next)?.successor) {
    if (!byId.has(next)) return `its successor ${next} is not in the catalogue`;
    if (seen.has(next)) return `its successors lead back to ${next}`;
    seen.add(next);
  }
  return undefined;
}

function parseFile(text: string): z.output<typeof file> {
  const result = file.safeParse(JSON.parse(text));
  if (result.success) return result.data;
  throw new Error(result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
}
