import type { Operation } from '../images/index.ts';
import type { Deed } from './carry-out.ts';
import { opensBackground, toSizeAfter } from './geometry.ts';
import { undoEachOther } from './refusal.ts';
import type { Size } from './size.ts';

/** One way in which a picture can be: steps are back where these numbers are what they were. */
type State = readonly number[];

/** Something that steps change and can change back. */
interface Track {
  toStart(size: Size): State;
  /** How it is after an operation, the same where that does not touch it; undefined: from here no step leads back. */
  follow(operation: Operation, state: State, size: Size): State | undefined;
  /** Whether what was there once is lost now. */
  isLost?(once: State, now: State): boolean;
}

/** An operation, and the words that asked for it. */
interface Move {
  operation: Operation;
  words: string;
}

/** Sees that no steps give back together what was there before them. @throws RetouchError instruction_not_understood */
export function checkUndone(deeds: readonly Deed[], start: Size): void {
  const moves = deeds.flatMap(({ instruction, operations }) =>
    operations.map((operation) => ({ operation, words: instruction.order.words })),
  );
  for (const track of tracks) checkTrack(track, moves, start);
}

function checkTrack(track: Track, moves: readonly Move[], start: Size): void {
  let size = start;
  let now = track.toStart(start);
  let path = [{ state: now, words: '' }];
  for (const { operation, words } of moves) {
    const next = track.follow(operation, now, size);
    size = toSizeAfter(operation, size);
    if (next && isSame(next, now)) continue;
    const back = path.findIndex(({ state }) => next && isSame(state, next));
    if (back !== -1) throw undoEachOther([...path.slice(back + 1).map((place) => place.words), words]);
    now = next ?? track.toStart(size);
    const kept = next ? path.filter(({ state }) => !track.isLost?.(state, next)) : [];
    path = [...kept, { state: now, words }];
  }
}

function isSame(one: State, other: State): boolean {
  return one.every((number, index) => number === other[index]);
}

/** Degrees clockwise, and whether it was mirrored left to right before that. */
const orientation: Track = {
  toStart: () => [0, 0],
  follow(operation, state) {
    const [degrees = 0, mirrored = 0] = state;
    if (operation.op === 'rotate') return [toAngle(degrees + operation.degrees), mirrored];
    if (operation.op !== 'flip') return upright.has(operation.op) ? state : undefined;
    // A picture that is turned right and mirrored is one that was mirrored and turned left.
    return [toAngle((operation.axis === 'vertical' ? 180 : 0) - degrees), 1 - mirrored];
  },
};

/** From 0 to less than 360, in thousandths. */
function toAngle(degrees: number): number {
  return (Math.round((degrees + 360) * 1000) % 360_000) / 1000;
}

/** They do the same to a picture that lies on its side. */
const upright: ReadonlySet<Operation['op']> = new Set([
  ...(['grayscale', 'invert', 'matrix', 'modulate', 'contrast', 'blur', 'sharpen', 'scale'] as const),
]);

const negative: Track = {
  toStart: () => [0],
  follow(operation, state) {
    if (operation.op === 'invert') return [1 - (state[0] ?? 0)];
    return colourless.has(operation.op) && !opensBackground(operation) ? state : undefined;
  },
};

/** They do the same to a negative, unless they open a background. */
const colourless: ReadonlySet<Operation['op']> = new Set([
  ...(['rotate', 'flip', 'crop-to-ratio', 'crop-to-size', 'resize', 'scale'] as const),
]);

/** By the width: the shape stays. */
const scale: Track = {
  toStart: ({ width }) => [width],
  follow(operation, _state, size) {
    const isOfShape = operation.op === 'resize' && !(operation.width && operation.height);
    return operation.op === 'scale' || isOfShape ? [toSizeAfter(operation, size).width] : undefined;
  },
  // A picture that was made smaller does not become what it was by being made larger.
  isLost: ([once = 0], [now = 0]) => once > now,
};

/** The room around the picture: on its left, at its top, on its right, at its bottom. */
const room: Track = {
  toStart: () => [0, 0, 0, 0],
  follow(operation, state, size) {
    const added = toAdded(operation, size);
    const after = added && state.map((length, index) => length + (added[index] ?? 0));
    // What was cut off the picture does not come back.
    return after?.some((length) => length < 0) ? undefined : after;
  },
};

function toAdded(operation: Operation, size: Size): State | undefined {
  const after = toSizeAfter(operation, size);
  const [across, down] = [after.width - size.width, after.height - size.height];
  switch (operation.op) {
    case 'pad':
      return [operation.left, operation.top, operation.right, operation.bottom];
    case 'pad-to-ratio':
    case 'pad-to-size':
      return [across / 2, down / 2, across / 2, down / 2];
    case 'crop-to-ratio':
    case 'crop-to-size': {
      const { anchor } = operation;
      const left = anchor.includes('left') ? 0 : anchor.includes('right') ? across : across / 2;
      const top = anchor.includes('top') ? 0 : anchor.includes('bottom') ? down : down / 2;
      return [left, top, across - left, down - top];
    }
    default:
      return undefined;
  }
}

const tracks: readonly Track[] = [orientation, negative, scale, room];
