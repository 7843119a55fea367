import type { Range } from './manner.ts';
import { skipJoint } from './reader.ts';
import type { Said } from './said.ts';
import { type SlotName, slots } from './slots.ts';
import type { Token } from './token.ts';

/**
 * What people say, as a pattern: words as they are, `(a|b)` one of these, `[a|b]` one of these or nothing,
 * `<a|b>` any of these in any order, with commas between if they like, and `{slot}` a value.
 */
export type Pattern = string;

type Node =
  | { kind: 'word'; word: string }
  | { kind: 'slot'; slot: SlotName }
  | { kind: 'sequence'; nodes: readonly Node[] }
  | { kind: 'choice'; nodes: readonly Node[]; optional: boolean }
  | { kind: 'any'; nodes: readonly Node[] };

export interface Match {
  said: Said;
  /** The tokens that say how much, if any do. */
  amount?: Range;
  /** The first token that is not part of it. */
  next: number;
}

export type Phrase = (tokens: readonly Token[], at: number) => readonly Match[];

/** All ways in which the pattern fits at a position. Their number depends on the pattern only. */
export function createPhrase(pattern: Pattern): Phrase {
  const parts = splitPattern(pattern);
  const node: Node = { kind: 'choice', nodes: readAlternatives(parts), optional: false };
  return (tokens, at) => match(node, tokens, { said: {}, next: at });
}

/** The words of a pattern, without those of its values. */
export function listWords(pattern: Pattern): readonly string[] {
  return splitPattern(pattern).filter((part) => /^[^\{\(\)\[\]<>\|]/v.test(part));
}

function splitPattern(pattern: Pattern): string[] {
  return pattern.match(/\{\w+\}|[\(\)\[\]<>\|]|[^\s\(\)\[\]<>\|\{\}]+/gv) ?? [];
}

/** Takes parts off the list, up to `closing` or its end. */
function readAlternatives(parts: string[], closing?: string): readonly Node[] {
  const alternatives: Node[][] = [[]];
  for (let part = parts.shift(); part !== undefined && part !== closing; part = parts.shift()) {
    if (part === '|') alternatives.push([]);
    else alternatives.at(-1)?.push(readNode(part, parts));
  }
  return alternatives.map((nodes) => ({ kind: 'sequence', nodes }));
}

function readNode(part: string, parts: string[]): Node {
  if (part === '(') return { kind: 'choice', nodes: readAlternatives(parts, ')'), optional: false };
  if (part === '[') return { kind: 'choice', nodes: readAlternatives(parts, ']'), optional: true };
  if (part === '<') return { kind: 'any', nodes: readAlternatives(parts, '>') };
  if (!part.startsWith('{')) return { kind: 'word', word: part };
  const slot = part.slice(1, -1);
  if (!Object.hasOwn(slots, slot)) throw new TypeError(`no slot is called ${slot}`);
  return { kind: 'slot', slot: slot as SlotName };
}

function match(node: Node, tokens: readonly Token[], from: Match): readonly Match[] {
  switch (node.kind) {
    case 'word': {
      const token = tokens[from.next];
      return token?.kind === 'word' && token.text === node.word ? [{ ...from, next: from.next + 1 }] : [];
    }
    case 'slot':
      return matchSlot(node.slot, tokens, from);
    case 'sequence':
      return node.nodes.reduce<readonly Match[]>(
        (matches, part) => matches.flatMap((before) => match(part, tokens, before)),
        [from],
      );
    case 'choice': {
      const taken = node.nodes.flatMap((choice) => match(choice, tokens, from));
      return node.optional ? [...taken, from] : taken;
    }
    case 'any':
      return matchAny(node.nodes, tokens, from);
  }
}

/** Ways to say how much. */
export const amounts: readonly SlotName[] = [
  ...(['strength', 'thickness', 'share', 'part', 'fraction', 'target', 'number'] as const),
  ...(['signed', 'signedShare', 'factor', 'multiple', 'multiplier', 'times', 'pixels'] as const),
];

/** Each value may be said once, and one amount: `slightly blur it by 20 %` leaves its second amount over. */
function matchSlot(slot: SlotName, tokens: readonly Token[], from: Match): readonly Match[] {
  const isAmount = amounts.includes(slot);
  const rivals = isAmount ? amounts : [slot];
  if (rivals.some((rival) => from.said[rival] !== undefined)) return [];
  const read = slots[slot](tokens, from.next);
  if (!read) return [];
  const amount = isAmount ? { start: from.next, end: read.next } : from.amount;
  return [{ said: { ...from.said, [slot]: read.value }, next: read.next, ...(amount && { amount }) }];
}

function matchAny(nodes: readonly Node[], tokens: readonly Token[], from: Match): readonly Match[] {
  const start = { ...from, next: skipJoint(tokens, from.next) };
  const longer = nodes.flatMap((node, index) =>
    match(node, tokens, start)
      .filter(({ next }) => next > start.next)
      .flatMap((after) => matchAny(nodes.toSpliced(index, 1), tokens, after)),
  );
  return [...longer, from];
}
