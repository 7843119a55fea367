import type { Operation } from '../images/index.ts';
import type { Deed } from './carry-out.ts';
import { opensBackground, toSizeAfter } from './geometry.ts';
import { undoEachOther } from './refusal.ts';
import type { Size } from './size.ts';

/** Something that steps change and can change back. Each number is one way it can be. */
interface Track {
  toStart(size: Size): number;
  /** How it is after an operation, the same where that does not touch it; undefined: from here no step leads back. */
  follow(operation: Operation, state: number, size: Size): number | undefined;
  /** A lower number has lost what a higher one had: going up again does not bring it back. */
  loses?: true;
}

/** Sees that no steps give back together what was there before them. @throws RetouchError instruction_not_understood */
export function checkUndone(deeds: readonly Deed[], start: Size): void {
  for (const track of tracks) checkTrack(track, deeds, start);
}

function checkTrack(track: Track, deeds: readonly Deed[], start: Size): void {
  let size = start;
  let path: { state: number; words: string }[] = [{ state: track.toStart(start), words: '' }];
  for (const { instruction, operations } of deeds) {
    const { words } = instruction.order;
    for (const operation of operations) {
      const before = path.at(-1)?.state ?? track.toStart(size);
      const state = track.follow(operation, before, size);
      size = toSizeAfter(operation, size);
      if (state === undefined) path = [{ state: track.toStart(size), words }];
      if (state === undefined || state === before) continue;
      const back = path.findIndex((place) => place.state === state);
      if (back !== -1) throw undoEachOther([...path.slice(back + 1).map((place) => place.words), words]);
      path = [...path.filter((place) => !track.loses || place.state < state), { state, words }];
    }
  }
}

/** Degrees clockwise; one more turn stands for a picture that was mirrored left to right before. */
const mirrored = 360;
const toPrecision = 1000;

const orientation: Track = {
  toStart: () => 0,
  follow(operation, state) {
    const isMirrored = state >= mirrored;
    const toState = (degrees: number, mirror: boolean): number =>
      (Math.round((degrees + 720) * toPrecision) % (360 * toPrecision)) / toPrecision +
      (mirror ? mirrored : 0);
    if (operation.op === 'rotate') return toState((state % 360) + operation.degrees, isMirrored);
    if (operation.op !== 'flip') return upright.has(operation.op) ? state : undefined;
    // Mirroring a turned picture turns it the other way.
    const half = operation.axis === 'vertical' ? 180 : 0;
    return toState(half - (state % 360), !isMirrored);
  },
};

/** They do the same to a picture that lies on its side. */
const upright: ReadonlySet<Operation['op']> = new Set([
  ...(['grayscale', 'invert', 'matrix', 'modulate', 'contrast', 'blur', 'sharpen'] as const),
]);

const negative: Track = {
  toStart: () => 0,
  follow(operation, state) {
    if (operation.op === 'invert') return 1 - state;
    return colourless.has(operation.op) && !opensBackground(operation) ? state : undefined;
  },
};

/** They do the same to a negative. */
const colourless: ReadonlySet<Operation['op']> = new Set([
  ...(['rotate', 'flip', 'crop-to-ratio', 'crop-to-size', 'resize', 'scale'] as const),
]);

/** By the width: the shape stays. */
const scale: Track = {
  toStart: ({ width }) => width,
  follow(operation, _state, size) {
    const isOfShape = operation.op === 'resize' && !(operation.width && operation.height);
    return operation.op === 'scale' || isOfShape ? toSizeAfter(operation, size).width : undefined;
  },
  loses: true,
};

const tracks: readonly Track[] = [orientation, negative, scale];
