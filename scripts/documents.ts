import { settings } from '../src/config.ts';
import { type ErrorRow, errorCatalogue } from '../src/core/errors.ts';
import type { Model } from '../src/core/model.ts';
import type { Setting } from '../src/core/setting.ts';
import { capabilities } from '../src/editor/index.ts';
import { allModels } from '../src/providers/index.ts';
import { toMatrix, type Verdict } from './compatibility.ts';

/** The references made from the code, by path. A test checks that the files say the same. */
export const documents: Readonly<Record<string, () => string>> = {
  'docs/configuration.md': toConfiguration,
  'docs/errors.md': toErrors,
  'docs/models.md': toModels,
  'docs/compatibility.md': toCompatibility,
  'docs/local-editor.md': toLocalEditor,
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
  return `${[
    note,
    '# Models',
    'What `GET /api/v1/models` tells programs, for people. Bare names (`gpt-image-2`) and prefixed ones (`openai/gpt-image-2`) both work. Which model takes which parameter is in [compatibility.md](compatibility.md).',
    toModelTable(allModels),
    '## Retired models',
    "From the day in the table a model's calls are served by its successor, with notice: `retouch-model` names who served, `retouch-adapted` and `warnings` say so, `deprecation` and `sunset` give the day. `RETOUCH_RETIRED_MODELS=refuse` answers 404 `model_not_found` instead. Where a vendor itself answers that a model is gone before the day, the successor serves at once, and the vendor is asked again after an hour.",
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

const marks = { honoured: '✓', adapted: '≈', refused: '✗' } as const;

function toCompatibility(): string {
  const verdicts = toMatrix();
  const parameters = [...new Set(verdicts.map(({ parameter }) => parameter))];
  return `${[
    note,
    '# Compatibility',
    'Every parameter on every model, from both endpoints, as the planner decides it before anything is sent: **✓** honoured, **≈** adapted with notice (in the header `retouch-adapted` and in `warnings`; refused with `provider.require_parameters=true`), **✗** refused with 400. There is no fourth way. Sizes and masks are judged for a picture of 1200x800. How masks are held is in [masks.md](masks.md).',
    ...parameters.map((parameter) => toParameterTable(parameter, verdicts)),
  ].join('\n\n')}\n`;
}

function toParameterTable(parameter: string, all: readonly Verdict[]): string {
  const verdicts = all.filter((verdict) => verdict.parameter === parameter);
  const values = [...new Set(verdicts.map(({ value }) => value))];
  const subjects = Object.groupBy(verdicts, ({ surface, model }) => `\`${model}\`, ${surface}`);
  const toCells = (row: readonly Verdict[]): string => row.map(({ outcome }) => marks[outcome]).join(' | ');
  const alike = Object.groupBy(Object.entries(subjects), ([, row = []]) => toCells(row));
  const messages = new Set(
    verdicts.flatMap(({ outcome, message }) => (outcome === 'adapted' ? [message] : [])),
  );
  return [
    `## ${parameter}`,
    '',
    `| ${values.map((value) => `\`${value}\``).join(' | ')} | on |`,
    `|${values.map(() => '---|').join('')}---|`,
    ...Object.entries(alike).map(
      ([cells, rows = []]) => `| ${cells} | ${rows.map(([subject]) => subject).join('<br>')} |`,
    ),
    ...(messages.size > 0 ? ['', 'Notices:', '', ...[...messages].map((message) => `- ${message}`)] : []),
  ].join('\n');
}

function toLocalEditor(): string {
  const rows = capabilities.map(
    ({ name, does, examples, masked }) =>
      `| ${name} | ${does} | ${examples
        .slice(0, 4)
        .map((example) => `“${example}”`)
        .join('<br>')} | ${masked ? 'yes' : 'no'} |`,
  );
  return `${[
    note,
    '# The embedded editor',
    'The model `local/retouch` needs no key and no network, and costs nothing. Say one or several steps, in one sentence or more: “make it 20% brighter, crop it to 16:9 and add a white border of 10 px”. They are done in that order. A verb may be left out where the one before is meant: “increase brightness by 10% and contrast by 20%”, “flip horizontally and vertically”, “write "a" at the top and "b" at the bottom”.',
    'What it cannot place it refuses with `instruction_not_understood`, naming the words, and what they may be if they are misspelt; it never gives back a picture with a part of the instruction left out. Where words can mean two things it asks back: “resize to 16x9” (a shape, or so many pixels?), “1.000 px” (a thousand, or one?), “increase by 20%” (what?), “write "Hi", mirrored” (the text, or the picture?), “write "a" and "b" at the top” (both?). Steps that undo each other are refused (“turn left, then turn right”; to shrink and enlarge again undoes nothing: it costs detail), and so are amounts too small to be seen.',
    'Amounts are said as “20%”, “a third”, “1.5x”, “twice”, “by a factor of 2”, “to 120%”, “a little” or “a lot”; without one, a usual amount is meant. An amount that is said once for several levels is one for each: “slightly brighter and warmer”, “brighten and sharpen by 20%”. “12,5” is read as 12.5 and “1,024” as 1024.',
    ['| step | what it does | for example | in a mask |', '|---|---|---|---|', ...rows].join('\n'),
    'A mask confines the steps: pixels outside it stay identical (as PNG; JPEG and WebP recompress the whole picture). A caption is laid out in the largest box that the mask opens, and refused where it could not be read there. Steps that move pixels cannot be confined and are refused together with a mask.',
    '`size` is the size of the result. The picture is brought to it before borders, captions and rounded corners at the end are laid on, so that these are whole and as large as was said; a border lies inside. A picture of another shape is cut at the edges, or, where a caption or border came before a step that turns or cuts, gets room around it: with notice.',
  ].join('\n\n')}\n`;
}
