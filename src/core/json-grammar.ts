import { JsonFault, JsonKeyFault, type JsonScalar, type JsonTokenTaker, LongText } from './json-tokens.ts';

/** A JSON value whose long strings were left where they are. Objects have no prototype. */
export type JsonValue = JsonScalar | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue;
}

/** What may come next, in the words of an error. */
type Expected =
  | 'a value'
  | 'a value or "]"'
  | 'a key'
  | 'a key or "}"'
  | '":"'
  | '"," or "]"'
  | '"," or "}"'
  | 'nothing more';

/** What a mark other than `{` and `[` does, by what is expected when it comes. */
const moves: Readonly<Record<string, Partial<Record<Expected, Expected | 'close'>>>> = {
  ':': { '":"': 'a value' },
  ',': { '"," or "]"': 'a value', '"," or "}"': 'a key' },
  ']': { '"," or "]"': 'close', 'a value or "]"': 'close' },
  '}': { '"," or "}"': 'close', 'a key or "}"': 'close' },
};

/** How much a document may be. */
export interface BuilderLimits {
  maxDepth: number;
  maxValues: number;
  /** Long texts not counted. */
  maxOutlineBytes: number;
}

/** Puts tokens together, by the grammar. */
export class JsonBuilder implements JsonTokenTaker {
  readonly #limits: BuilderLimits;
  readonly #open: { value: JsonValue[] | JsonObject; key: string }[] = [];
  #root: JsonValue = null;
  #expected: Expected = 'a value';
  #longBytes = 0;
  #values = 0;

  constructor(limits: BuilderLimits) {
    this.#limits = limits;
  }

  takeMark(mark: string, position: number): void {
    this.#checkSize(position);
    const move = mark === '{' || mark === '[' ? 'open' : moves[mark]?.[this.#expected];
    if (move === undefined) throw new JsonFault(position, `"${mark}"`, this.#expected);
    if (move === 'open') this.#openContainer(mark, position);
    else if (move === 'close') this.#closeContainer();
    else this.#expected = move;
  }

  takeScalar(value: JsonScalar, position: number): void {
    this.#checkSize(position);
    if (value instanceof LongText) this.#longBytes += value.end - value.start;
    if (this.#expected === 'a key' || this.#expected === 'a key or "}"') this.#takeKey(value, position);
    else this.#insert(value, position);
  }

  end(position: number): JsonValue {
    if (this.#expected === 'nothing more') return this.#root;
    throw new JsonFault(position, 'the end', this.#expected);
  }

  #openContainer(mark: string, position: number): void {
    const value: JsonValue[] | JsonObject = mark === '[' ? [] : Object.create(null);
    this.#insert(value, position);
    if (this.#open.length >= this.#limits.maxDepth) {
      throw new JsonFault(position, `"${mark}"`, `at most ${this.#limits.maxDepth} levels`);
    }
    this.#open.push({ value, key: '' });
    this.#expected = mark === '[' ? 'a value or "]"' : 'a key or "}"';
  }

  #closeContainer(): void {
    this.#open.pop();
    this.#expectSibling();
  }

  #takeKey(key: JsonScalar, position: number): void {
    const top = this.#open.at(-1);
    if (typeof key !== 'string' || top === undefined) {
      throw new JsonFault(position, show(key), key instanceof LongText ? 'a shorter key' : this.#expected);
    }
    if (key === '__proto__' || key in top.value) throw new JsonKeyFault(position, key, key in top.value);
    top.key = key;
    this.#expected = '":"';
  }

  #insert(value: JsonValue, position: number): void {
    if (this.#expected !== 'a value' && this.#expected !== 'a value or "]"') {
      throw new JsonFault(position, show(value), this.#expected);
    }
    this.#values += 1;
    if (this.#values > this.#limits.maxValues) {
      throw new JsonFault(position, 'more', `at most ${this.#limits.maxValues} values`);
    }
    const top = this.#open.at(-1);
    if (top === undefined) this.#root = value;
    else if (Array.isArray(top.value)) top.value.push(value);
    else top.value[top.key] = value;
    this.#expectSibling();
  }

  #expectSibling(): void {
    const top = this.#open.at(-1);
    if (top === undefined) this.#expected = 'nothing more';
    else this.#expected = Array.isArray(top.value) ? '"," or "]"' : '"," or "}"';
  }

  #checkSize(position: number): void {
    const { maxOutlineBytes } = this.#limits;
    if (position - this.#longBytes <= maxOutlineBytes) return;
    throw new JsonFault(position, 'more', `at most ${maxOutlineBytes} bytes besides long strings`);
  }
}

function show(value: JsonValue): string {
  if (value instanceof LongText) return 'a long string';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? '"["' : '"{"';
  return JSON.stringify(value).slice(0, 40);
}
