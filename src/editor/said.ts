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
  /** `thin`, `thick`. */
  thickness?: Strength;
  /** `20 %` and `a fifth` are 0.2. */
  share?: number;
  /** A share of 100 % at most. */
  part?: number;
  /** `half`, `a third`: a share in words. */
  fraction?: number;
  /** `to 50 %` is 0.5. */
  target?: number;
  /** A number without a unit. */
  number?: number;
  /** Nothing but 0: `saturation to zero`. */
  nothing?: 0;
  /** `-15` */
  signed?: number;
  /** `-15 %` is -0.15. */
  signedShare?: number;
  /** `twice`, `3x`, `half`. */
  factor?: number;
  /** `twice`, `3x`: a factor that is no fraction. */
  multiple?: number;
  /** `3x` only. */
  multiplier?: number;
  /** `by a factor of 2`. */
  times?: number;
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
  /** `the left and right`; all four for `each side`. */
  sides?: readonly Side[];
  lettering?: 'small' | 'large';
  /** The levels of `increase the brightness and contrast`. */
  levels?: readonly LevelName[];
  /** The picture is named (`the image`), or meant (`it`), at this place. */
  picture?: true;
  object?: true;
  /** What follows can be a new thing: `a border`, not `the border`. */
  fresh?: true;
}

/** Steps of which a further one may be asked for with the verb left out: `flip horizontally and vertically`. */
export type Verb = 'level' | 'make' | 'flip' | 'pad' | 'write';

/**
 * How something is asked for: `brighter` and `more vivid`, `bright`, `more contrast`, `brighten`, `increase the
 * contrast`. Amounts go with several that are said in one way.
 */
export type Form = 'comparative' | 'adjective' | 'more' | 'verb' | 'raise';

/** What is said of a thing that is added, and may be said once of several. */
export type Detail = 'anchor' | 'colour' | 'lettering';

/** What a phrase means besides the values in it. */
export interface Sense extends Said {
  /** 1: more, -1: less. */
  sign?: 1 | -1;
  axis?: 'horizontal' | 'vertical';
  fit?: 'within' | 'fill';
  /** A size was called a square. */
  square?: true;
  /** A share without `by` or `to`: `enlarge 150 %`. */
  bare?: true;
  /** What is named goes away, instead of being kept. */
  removes?: true;
  /** Only where an amount may be meant for the next too. */
  form?: Form;
  /** Its verb was left out, so that these may be meant of the one before too. */
  each?: readonly Detail[];
  /** Its verb may be left out of the next. */
  carries?: Verb;
}

/** What a phrase is, if not an instruction of its own. */
export interface Role {
  /** An instruction without its verb: only right after one that carries this on. */
  after?: Verb | undefined;
  /** No instruction, but more about the one before, where that is of the same step. */
  refines?: true | undefined;
  /** No instruction, but what is wrong with the picture; the next instruction has to be the remedy. */
  remark?: true | undefined;
  /** Names the step, but not what to do. This says what to add, as a sentence without its point. */
  asks?: string | undefined;
}
