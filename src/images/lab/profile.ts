import { channels, type Raster } from './raster.ts';

/** A colour space of red, green and blue, as an ICC profile describes it: by a matrix and three curves. */
export interface Profile {
  /** The profile as it stood in the picture. */
  bytes: Buffer;
  /** Whether what it says is what pictures without a profile mean. */
  isSrgb: boolean;
  /** From linear sRGB, row by row, and how bright each of red, green and blue is at 0 to 255. */
  matrix: Matrix;
  curves: readonly [Curve, Curve, Curve];
}

type Matrix = readonly [number, number, number, number, number, number, number, number, number];
/** From what is stored, 0 to 1, to light, 0 to 1. */
type Curve = (stored: number) => number;

/** Linear sRGB to XYZ as profiles count it, by the light D50. */
const srgbToXyz: Matrix = [
  ...([0.4360747, 0.3850649, 0.1430804] as const),
  ...([0.2225045, 0.7168786, 0.0606169] as const),
  ...([0.0139322, 0.0971045, 0.7141733] as const),
];
const toLight: Curve = (stored) => (stored <= 0.04045 ? stored / 12.92 : ((stored + 0.055) / 1.055) ** 2.4);

/**
 * Reads a profile made of a matrix and curves (ICC.1:2022, 8.3.2), which is what cameras, telephones and screens have.
 * Undefined: it is another one, or damaged, or its curves lead from a colour to none or to several.
 */
export function readProfile(bytes: Buffer): Profile | undefined {
  try {
    if (bytes.toString('latin1', 16, 24) !== 'RGB XYZ ') return undefined;
    const tags = readTags(bytes);
    // By a table: then matrix and curves are only what is left for simple programs.
    if (tags.has('A2B0')) return undefined;
    const [red, green, blue] = ['r', 'g', 'b'].map((name) => readXyz(bytes, get(tags, `${name}XYZ`)));
    const curves = ['r', 'g', 'b'].map((name) => readCurve(bytes, get(tags, `${name}TRC`)));
    if (!red || !green || !blue || !curves.every(rises)) return undefined;
    const toXyz = [0, 1, 2].flatMap((row) => [red[row], green[row], blue[row]]) as unknown as Matrix;
    const matrix = multiply(invert(toXyz), srgbToXyz);
    const profile = { bytes, matrix, curves: curves as unknown as Profile['curves'] };
    return { ...profile, isSrgb: isSrgb(profile) };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/**
 * Brings pixels from sRGB into the profile's own colours, except where the mask keeps the original wholly.
 * @param keep how much of each pixel the original keeps, 0 to 255
 */
export function toProfile(
  { data }: Raster,
  { matrix, curves }: Profile,
  keep: { readonly data: Uint8Array },
): void {
  const light = Float64Array.from({ length: 256 }, (_, stored) => toLight(stored / 255));
  const [toRed, toGreen, toBlue] = curves.map(toStored) as [Uint8Array, Uint8Array, Uint8Array];
  const [rr, rg, rb, gr, gg, gb, br, bg, bb] = matrix;
  for (let pixel = 0; pixel < keep.data.length; pixel += 1) {
    if (keep.data[pixel] === 255) continue;
    const at = pixel * channels;
    const red = light[data[at] as number] as number;
    const green = light[data[at + 1] as number] as number;
    const blue = light[data[at + 2] as number] as number;
    data[at] = toRed[toStep(rr * red + rg * green + rb * blue)] as number;
    data[at + 1] = toGreen[toStep(gr * red + gg * green + gb * blue)] as number;
    data[at + 2] = toBlue[toStep(br * red + bg * green + bb * blue)] as number;
  }
}

const steps = 65_535;
const toStep = (light: number): number => Math.round(Math.max(0, Math.min(1, light)) * steps);

/** For each step of light, the stored value that comes nearest to it. */
function toStored(curve: Curve): Uint8Array {
  const table = new Uint8Array(steps + 1);
  let from = 0;
  for (let stored = 0; stored < 256; stored += 1) {
    const until = stored === 255 ? steps + 1 : Math.ceil(curve((stored + 0.5) / 255) * steps);
    table.fill(stored, from, Math.max(from, until));
    from = Math.max(from, until);
  }
  return table;
}

type Tags = ReadonlyMap<string, number>;

function readTags(bytes: Buffer): Tags {
  const tags = new Map<string, number>();
  const count = Math.min(bytes.readUInt32BE(128), 100);
  for (let at = 132; at < 132 + count * 12; at += 12) {
    tags.set(bytes.toString('latin1', at, at + 4), bytes.readUInt32BE(at + 4));
  }
  return tags;
}

function get(tags: Tags, name: string): number {
  const offset = tags.get(name);
  if (offset === undefined) throw new RangeError(`the profile has no ${name}`);
  return offset;
}

const readFixed = (bytes: Buffer, at: number): number => bytes.readInt32BE(at) / 65_536;

function readXyz(bytes: Buffer, at: number): readonly [number, number, number] {
  return [readFixed(bytes, at + 8), readFixed(bytes, at + 12), readFixed(bytes, at + 16)];
}

function readCurve(bytes: Buffer, at: number): Curve {
  const type = bytes.toString('latin1', at, at + 4);
  if (type === 'para') return readParametric(bytes, at);
  if (type !== 'curv') throw new RangeError(`a curve of type ${type}`);
  const count = bytes.readUInt32BE(at + 8);
  if (count === 0) return (stored) => stored;
  if (count === 1) return toPower(bytes.readUInt16BE(at + 12) / 256);
  const values = Array.from({ length: Math.min(count, 65_536) }, (_, index) =>
    bytes.readUInt16BE(at + 12 + index * 2),
  );
  return toTable(values);
}

/** How far from darkness black may be, and white from all the light there is. */
const maxGap = 0.05;
/** Each stored value of 8 bits, and the middle between it and the next. */
const halfSteps = 510;

/** Whether light leads back to stored values: from black to white, and nowhere down. What is no number fails all of it. */
function rises(curve: Curve): boolean {
  const lights = Array.from({ length: halfSteps + 1 }, (_, half) => curve(half / halfSteps));
  const [black = Number.NaN] = lights;
  const white = lights.at(-1) ?? Number.NaN;
  const isWhole = Math.abs(black) <= maxGap && Math.abs(white - 1) <= maxGap;
  return isWhole && lights.every((light, index) => light >= (lights[index - 1] ?? black));
}

const toPower =
  (gamma: number): Curve =>
  (stored) =>
    stored ** gamma;

function toTable(values: readonly number[]): Curve {
  return (stored) => {
    const place = stored * (values.length - 1);
    const below = Math.floor(place);
    const [low = 0, high = low] = values.slice(below, below + 2);
    return (low + (high - low) * (place - below)) / 65_535;
  };
}

/** How many numbers each kind of parametric curve has (ICC.1:2022, 10.18). */
const parameterCounts = [1, 3, 4, 5, 7];

function readParametric(bytes: Buffer, at: number): Curve {
  const kind = bytes.readUInt16BE(at + 8);
  const count = parameterCounts[kind];
  if (count === undefined) throw new RangeError(`a parametric curve of kind ${kind}`);
  const numbers = Array.from({ length: count }, (_, index) => readFixed(bytes, at + 12 + index * 4));
  const [g = 1, a = 1, b = 0, c = 0, d = 0, e = 0, f = 0] = numbers;
  if (kind === 0) return toPower(g);
  const bend = kind >= 3 ? d : -b / a;
  const [raise, below] =
    kind === 2 ? [c, () => c] : [kind === 4 ? e : 0, (x: number) => (kind >= 3 ? c * x : 0)];
  const offset = kind === 4 ? f : 0;
  return (stored) => (stored >= bend ? (a * stored + b) ** g + raise : below(stored) + offset);
}

function multiply(left: Matrix, right: Matrix): Matrix {
  return [0, 1, 2].flatMap((row) =>
    [0, 1, 2].map((column) =>
      [0, 1, 2].reduce(
        (sum, k) => sum + (left[row * 3 + k] as number) * (right[k * 3 + column] as number),
        0,
      ),
    ),
  ) as unknown as Matrix;
}

function invert([a, b, c, d, e, f, g, h, i]: Matrix): Matrix {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  if (Math.abs(determinant) < 1e-6) throw new RangeError('the primaries lie on a line');
  const adjugate = [
    ...[e * i - f * h, c * h - b * i, b * f - c * e],
    ...[f * g - d * i, a * i - c * g, c * d - a * f],
    ...[d * h - e * g, b * g - a * h, a * e - b * d],
  ];
  return adjugate.map((value) => value / determinant) as unknown as Matrix;
}

function isSrgb({ matrix, curves }: Pick<Profile, 'matrix' | 'curves'>): boolean {
  const isSame = matrix.every((value, index) => Math.abs(value - (index % 4 === 0 ? 1 : 0)) < 0.005);
  const samples = [0.1, 0.25, 0.5, 0.75, 0.9];
  return (
    isSame &&
    curves.every((curve) => samples.every((stored) => Math.abs(curve(stored) - toLight(stored)) < 0.005))
  );
}
