import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';

/** A rule about words that belong to certain files only. */
interface WordRule {
  name: string;
  /** One sentence of docs/architecture.md. */
  comment: string;
  /** Files, from the root with forward slashes, where the words are at home. */
  home: RegExp;
  matches(node: ts.Node, providerIds: readonly string[]): boolean;
}

const nowhere = /^$/;

/** What the import plan cannot see and Biome has no rule for. */
export const wordRules: readonly WordRule[] = [
  {
    name: 'environment-in-main',
    comment:
      "`process.env` and `process.argv` are read in main.ts and by the lab's child, which is a process of its own.",
    home: /^src\/(main|images\/lab\/child)\.ts$/,
    matches: readsEnvironment,
  },
  {
    name: 'nothing-global',
    comment: 'Nothing is hung on `globalThis`, and nothing but `gc` is taken from it.',
    home: nowhere,
    matches: usesGlobals,
  },
  {
    name: 'no-synchronous-io',
    comment: 'Nothing waits for a disk: no call of Node that ends in `Sync`.',
    home: nowhere,
    matches: blocks,
  },
  {
    name: 'provider-names-at-home',
    comment: "A provider's id is written in its folder and in the registry only.",
    home: /^src\/providers\/(registry\.ts|[^/]+\/)/,
    matches: namesProvider,
  },
];

export interface Misplaced {
  rule: string;
  file: string;
  line: number;
}

/** Reads each file and lists the words that are not at home there. Tests may say what they like. */
export async function findMisplacedWords(
  root: string,
  files: readonly string[],
  providerIds: readonly string[],
): Promise<Misplaced[]> {
  const production = files.filter((file) => !file.endsWith('.test.ts'));
  const found = await Promise.all(
    production.map(async (file) => {
      const text = await readFile(join(root, file), 'utf8');
      const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
      const rules = wordRules.filter((rule) => !rule.home.test(file));
      return [...everyNode(source)].flatMap((node) =>
        rules
          .filter((rule) => rule.matches(node, providerIds))
          .map((rule) => ({
            rule: rule.name,
            file,
            line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1,
          })),
      );
    }),
  );
  return found.flat();
}

function* everyNode(node: ts.Node): Generator<ts.Node> {
  yield node;
  for (const child of node.getChildren()) yield* everyNode(child);
}

/** `process` other than in `process.something`, or with `env` or `argv` as that something. */
function readsEnvironment(node: ts.Node): boolean {
  if (!ts.isIdentifier(node) || node.text !== 'process') return false;
  const { parent } = node;
  if (!ts.isPropertyAccessExpression(parent) || parent.expression !== node) return !isOwnName(node);
  return parent.name.text === 'env' || parent.name.text === 'argv';
}

/** A thing of ours that happens to be called `process`: a property or a method, not the global. */
function isOwnName(node: ts.Identifier): boolean {
  const { parent } = node;
  return 'name' in parent && parent.name === node;
}

function usesGlobals(node: ts.Node): boolean {
  if (!ts.isIdentifier(node) || node.text !== 'globalThis') return false;
  return !(ts.isPropertyAccessExpression(node.parent) && node.parent.name.text === 'gc');
}

function blocks(node: ts.Node): boolean {
  return ts.isIdentifier(node) && /^[a-z]\w*Sync$/.test(node.text);
}

/** As a text or the start of one (`id/model`, `id-ish`), as a field's name, or within a pattern. */
function namesProvider(node: ts.Node, providerIds: readonly string[]): boolean {
  if (ts.isRegularExpressionLiteral(node)) {
    return providerIds.some((id) => new RegExp(`\\b${id}\\b`).test(node.text));
  }
  if (ts.isIdentifier(node)) {
    const isField = ts.isPropertyAssignment(node.parent) && node.parent.name === node;
    return isField && providerIds.includes(node.text);
  }
  if (!ts.isStringLiteralLike(node) && !ts.isTemplateHead(node)) return false;
  if (ts.isImportDeclaration(node.parent) || ts.isExportDeclaration(node.parent)) return false;
  return providerIds.some((id) => new RegExp(`^${id}($|[/-])`).test(node.text));
}
