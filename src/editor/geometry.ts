import type { Operation } from '../images/index.ts';
import type { Size } from './size.ts';

const inPlace: ReadonlySet<Operation['op']> = new Set([
  'grayscale',
  'invert',
  'matrix',
  'modulate',
  'contrast',
  'blur',
  'sharpen',
  'caption',
  'stamp',
] as const);

/** Whether pixels change their place, so that a mask drawn for the picture would no longer fit it. */
export function movesPixels({ op }: Operation): boolean {
  return !inPlace.has(op);
}

const finishes: ReadonlySet<Operation['op']> = new Set(['pad', 'round-corners', 'caption', 'stamp'] as const);

/** Whether it is laid on or around the picture: what it adds is not to be cut off afterwards. */
export function isFinish({ op }: Operation): boolean {
  return finishes.has(op);
}

/** Whether it turns, cuts or scales the picture that is there. */
export function reshapes(operation: Operation): boolean {
  return movesPixels(operation) && !isFinish(operation);
}

const aiming: ReadonlySet<Operation['op']> = new Set([
  'crop-to-ratio',
  'crop-to-size',
  'resize',
  'pad-to-ratio',
  'pad-to-size',
] as const);

/** Whether it is there to reach a size or a shape, which a picture may have already. */
export function aimsAtSize({ op }: Operation): boolean {
  return aiming.has(op);
}

const sizing: ReadonlySet<Operation['op']> = new Set([
  'resize',
  'scale',
  'crop-to-size',
  'pad-to-size',
] as const);

/** Whether it says how large the picture is to be. */
export function setsSize({ op }: Operation): boolean {
  return sizing.has(op);
}

/** Whether areas come to be that show the recipe's background. */
export function opensBackground(operation: Operation): boolean {
  switch (operation.op) {
    case 'rotate':
      return operation.degrees % 90 !== 0;
    case 'round-corners':
      return true;
    case 'pad':
    case 'pad-to-ratio':
    case 'pad-to-size':
      return operation.colour === 'transparent';
    case 'resize':
      return operation.fit === 'contain';
    default:
      return false;
  }
}

/** The picture's size after an operation; within a pixel where the lab rounds. */
export function toSizeAfter(operation: Operation, size: Size): Size {
  switch (operation.op) {
    case 'rotate':
      return toRotated(size, operation.degrees);
    case 'crop-to-ratio':
      return toRatio(size, operation.width / operation.height, Math.min);
    case 'pad-to-ratio':
      return toRatio(size, operation.width / operation.height, Math.max);
    case 'crop-to-size':
      return {
        width: Math.min(size.width, operation.width),
        height: Math.min(size.height, operation.height),
      };
    case 'pad-to-size':
      return {
        width: Math.max(size.width, operation.width),
        height: Math.max(size.height, operation.height),
      };
    case 'resize':
      return toResized(size, operation.width, operation.height);
    case 'scale':
      return toWhole(size.width * operation.factor, size.height * operation.factor);
    case 'pad':
      return {
        width: size.width + operation.left + operation.right,
        height: size.height + operation.top + operation.bottom,
      };
    default:
      return size;
  }
}

function toRotated({ width, height }: Size, degrees: number): Size {
  const radians = (degrees * Math.PI) / 180;
  const sine = Math.abs(Math.sin(radians));
  const cosine = Math.abs(Math.cos(radians));
  return toWhole(width * cosine + height * sine, width * sine + height * cosine);
}

/** One side stays; the other becomes what the ratio wants. */
function toRatio({ width, height }: Size, ratio: number, choose: (...sides: number[]) => number): Size {
  return toWhole(choose(width, height * ratio), choose(height, width / ratio));
}

function toResized(size: Size, width: number | undefined, height: number | undefined): Size {
  const ratio = size.width / size.height;
  return toWhole(width ?? (height ?? size.height) * ratio, height ?? (width ?? size.width) / ratio);
}

function toWhole(width: number, height: number): Size {
  return { width: Math.max(1, Math.round(width)), height: Math.max(1, Math.round(height)) };
}
