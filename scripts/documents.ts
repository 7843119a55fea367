import { settings } from '../src/config.ts';
import { type ErrorRow, errorCatalogue } from '../src/core/errors.ts';
import type { Model, ParameterRule } from '../src/core/model.ts';
import type { Setting } from '../src/core/setting.ts';
import { allModels } from '../src/providers/index.ts';

/** The references made from the code, by path. A test checks that the files say the same. */
export const documents: Readonly<Record<string, () => string>> = {
  'docs/configuration.md': toConfiguration,
  'docs/errors.md': toErrors,
  'docs/models.md': toModels,
};

const note = '<!-- Made by `npm run docs`; do not edit. -->';

function toConfiguration(): string {
  const rooms = Object.entries(settings).map(([room, slice]) =>
    [`## ${room}`, ...Object.values<Setting<unknown>>(slice).map(toSetting)].join('\n\n'),
  );
  return `${[
    note,
    '# Configuration',
    'Every setting is an environment variable, and none is needed to start. `npm start -- --help` prints the same list. A variable that is empty counts as not set; all faults are reported together, before anything starts.',
    ...rooms,
  ].join('\n\n')}\n`;
}

function toSetting(setting: Setting<unknown>): string {
  const value = setting.default === undefined ? 'not set' : `\`${setting.default}\``;
  const secret = setting.secret ? ' Secret: never logged or shown.' : '';
  return `### ${setting.env}\n\n${setting.doc}${secret}\n\nMust be ${setting.form}. Default: ${value}. Example: \`${setting.env}=${setting.example}\`.`;
}

function toErrors(): string {
  const rows = Object.entries<ErrorRow>(errorCatalogue).map(
    ([code, row]) =>
      `| \`${code}\` | ${row.status} | \`${row.type}\` | ${row.retry ? 'yes' : 'no'} | ${row.failOver ? 'yes' : 'no'} | ${row.doc} |`,
  );
  return `${[
    note,
    '# Errors',
    "Every failure has one body, OpenAI's four keys and `status`:",
    '```json\n{ "error": { "message": "...", "type": "...", "param": "size", "code": "invalid_value", "status": 400 } }\n```',
    '**Retry** is what the header `x-should-retry` tells the official clients: whether the same request may be sent again. **Fail over** says whether this gateway may try the next model of `models`. Both are `no` wherever the work may have been done and billed. In a stream that has begun, the same body comes as an `error` event.',
    [
      '| code | status | type | retry | fail over | what happened, what to do |',
      '|---|---|---|---|---|---|',
      ...rows,
    ].join('\n'),
  ].join('\n\n')}\n`;
}

function toModels(): string {
  const models = allModels;
  const names = [...new Set(models.flatMap((model) => Object.keys(model.parameters)))];
  return `${[
    note,
    '# Models',
    'What `GET /api/v1/models` tells programs, for people. Bare names (`gpt-image-2`) and prefixed ones (`openai/gpt-image-2`) both work.',
    toModelTable(models),
    '## Parameters by model',
    'A parameter a model does not have is refused with 400 before anything is sent. *Left out* and *→* mean adapted with notice: in the header `retouch-adapted` and in `warnings`; with `provider.require_parameters=true` they are refused instead.',
    ...names.map((name) => toParameterTable(name, models)),
    '## Your own models',
    'RETOUCH_MODELS_FILE names a JSON file that adds models or changes them; `null` takes a value away:',
    '```json\n{\n  "models": [\n    { "id": "openai/gpt-image-3", "like": "openai/gpt-image-2", "upstreamId": "gpt-image-3" },\n    { "id": "openai/gpt-image-1", "successor": "openai/gpt-image-2" }\n  ]\n}\n```',
  ].join('\n\n')}\n`;
}

function toModelTable(models: readonly Model[]): string {
  const rows = models.map(({ id, retiredOn, successor, maxImages, mask, maskHolds, prices }) => {
    const life = retiredOn === undefined ? 'current' : `shut down ${retiredOn} → \`${successor}\``;
    const masks = mask === 'none' ? 'none' : `${mask} (${maskHolds})`;
    const price = prices ? `${prices.textIn} / ${prices.imageIn} / ${prices.imageOut}` : 'free';
    return `| \`${id}\` | ${life} | ${maxImages} | ${masks} | ${price} |`;
  });
  return [
    '| model | life | pictures | mask | USD per million tokens: text in / image in / image out |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function toParameterTable(name: string, models: readonly Model[]): string {
  const byRule = new Map<string, string[]>();
  for (const model of models) {
    const rule = model.parameters[name];
    const text = rule ? describeRule(rule) : 'refused';
    byRule.set(text, [...(byRule.get(text) ?? []), `\`${model.id}\``]);
  }
  const rows = [...byRule].map(([text, ids]) => `| ${text} | ${ids.join(', ')} |`);
  return [`### ${name}`, '', '| taken as | by |', '|---|---|', ...rows].join('\n');
}

function describeRule(rule: ParameterRule): string {
  switch (rule.kind) {
    case 'left-out':
      return `left out: ${rule.because}`;
    case 'integer':
    case 'number':
      return `${rule.min} to ${rule.max}`;
    case 'text':
      return `text up to ${rule.maxCharacters} characters`;
    case 'choice':
      return [
        rule.values.join(', '),
        ...Object.entries(rule.adapt ?? {}).map(
          ([value, { to, because }]) => `${value} → ${to ?? 'left out'}: ${because}`,
        ),
      ].join('; ');
    case 'size': {
      const fixed = rule.values.join(', ');
      if (!rule.free) return fixed;
      const { multipleOf, maxEdge, maxRatio, minArea, maxArea } = rule.free;
      return `${fixed}, or any WxH: multiples of ${multipleOf}, sides ≤ ${maxEdge}, ratio ≤ ${maxRatio}:1, ${minArea} to ${maxArea} pixels`;
    }
  }
}
