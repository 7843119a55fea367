import type { z } from 'zod';
import { RetouchError } from '../core/errors.ts';
import { LongText } from '../core/json-outline.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

/** What the schema expected, as the end of a sentence; for those that do not say it themselves. */
export function toExpectation(issue: z.core.$ZodRawIssue): string {
  if (issue.code === 'invalid_type') return typeNames[issue.expected] ?? issue.expected;
  if (issue.code === 'invalid_value') return toChoice(issue.values);
  if (issue.code === 'invalid_union' && Array.isArray(issue.options)) return toChoice(issue.options);
  if (issue.code === 'too_small') return `at least ${issue.minimum}`;
  return 'another value';
}

/** A body that does not fit its schema, told by the complaint that says most. */
export function toChatRefusal(
  { issues }: z.ZodError,
  outline: unknown,
  known: readonly string[],
): RetouchError {
  const issue = findDeepest(issues);
  const path = toPath(issue);
  const param = toParam(path).slice(0, 100);
  const refuse = (code: 'unknown_parameter' | 'missing_required_parameter' | 'invalid_value', said: string) =>
    new RetouchError(code, said, param === '' ? {} : { param });
  if (issue.code === 'unrecognized_keys') {
    const hint = path.length === 1 ? ` A chat takes ${known.join(', ')}.` : '';
    return refuse('unknown_parameter', `Unknown parameter: '${param}'.${hint}`);
  }
  const found = path.reduce<unknown>((outer, key) => Object(outer)[key], outline);
  if (found === undefined) {
    const said = `Missing required parameter: '${param}'. Expected ${issue.message}.`;
    return refuse('missing_required_parameter', said);
  }
  const subject = param === '' ? 'The body' : `'${param}'`;
  return refuse('invalid_value', `${subject} is ${show(found)}; expected ${issue.message}.`);
}

/** Of a union's branches the one that got furthest into the value; the union itself where none got in. */
function findDeepest(issues: readonly Issue[], outer: Path = []): Issue {
  const flat = issues.map((issue): Issue => {
    const path = [...outer, ...issue.path];
    const own: Issue = { ...issue, path };
    if (issue.code !== 'invalid_union') return own;
    const branches = issue.errors.filter((branch) => branch.length > 0);
    return deepestOf([own, ...branches.map((branch) => findDeepest(branch, path))]);
  });
  return deepestOf(flat);
}

function deepestOf(issues: readonly Issue[]): Issue {
  return issues.reduce((deepest, issue) => (toPath(issue).length > toPath(deepest).length ? issue : deepest));
}

/** Where the complaint is; that about an unknown key is at the key. */
function toPath(issue: Issue): Path {
  return issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path;
}

function toParam(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}

function toChoice(values: readonly unknown[]): string {
  const shown = values.map((value) => `"${value}"`);
  return shown.length === 1 ? String(shown[0]) : `one of ${shown.join(', ')}`;
}

function show(value: unknown): string {
  if (value instanceof LongText) return `a text of ${value.end - value.start} bytes, which is too long here`;
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const shown = JSON.stringify(value);
  return shown.length > 80 ? `${shown.slice(0, 80)}…` : shown;
}
