import type { Anchor, Colour } from '../images/index.ts';
import type { LevelName } from './level-nouns.ts';
import type { Size } from './size.ts';

/** `800x600`; whether `px` was said with it. */
export interface PixelSize extends Size {
  inPixels: boolean;
}

export type Strength = 'slight' | 'plain' | 'strong';
export type Side = 'top' | 'right' | 'bottom' | 'left';

/** The values found in the words of one step. */
export interface Said {
  strength?: Strength;
  /** `20 %` and `a fifth` are 0.2. */
  share?: number;
  /** `to 50 %` is 0.5. */
  target?: number;
  /** A number without a unit. */
  number?: number;
  /** `-15` and `-15 %`. */
  signed?: number;
  /** `twice`, `3x`, `half`. */
  factor?: number;
  pixels?: number;
  width?: number;
  height?: number;
  size?: PixelSize;
  /** `16:9` */
  ratio?: Size;
  /** `square`, as the ratio it is. */
  shape?: Size;
  degrees?: number;
  /** `a quarter turn`, in degrees. */
  arc?: number;
  /** 1 is clockwise. */
  turn?: 1 | -1;
  colour?: Colour;
  text?: string;
  anchor?: Anchor;
  side?: Side;
  lettering?: 'small' | 'large';
  /** The levels of `increase the brightness and contrast`. */
  levels?: readonly LevelName[];
}

/** What a phrase means besides the values in it. */
export interface Sense extends Pick<Said, 'ratio'> {
  /** 1: more, -1: less. */
  sign?: 1 | -1;
  axis?: 'horizontal' | 'vertical';
  fit?: 'within' | 'fill';
}
