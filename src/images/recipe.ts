import type { ImageFormat } from '../core/image.ts';

/** `#rrggbb`, or `transparent`. */
export type Colour = string;

export type Anchor =
  | 'center'
  | 'top'
  | 'bottom'
  | 'left'
  | 'right'
  | 'top-left'
  | 'top-right'
  | 'bottom-left'
  | 'bottom-right';

/**
 * One thing the lab does to pixels. Plain data: it crosses a process border. Lengths are pixels of the picture as
 * it is when the operation's turn comes; where a length depends on that size it is a fraction.
 */
export type Operation =
  | { op: 'grayscale' }
  | { op: 'invert' }
  /** Row by row, 3 x 3, on R, G, B. */
  | { op: 'matrix'; matrix: readonly number[] }
  /** 1 is unchanged; 1.2 is 20 % more. */
  | { op: 'modulate'; brightness?: number; saturation?: number }
  /** Around middle grey; 1 is unchanged. */
  | { op: 'contrast'; factor: number }
  | { op: 'blur'; sigma: number }
  | { op: 'sharpen'; sigma: number; amount: number }
  /** Clockwise. Angles that are no quarter turn open corners, filled with the recipe's `background`. */
  | { op: 'rotate'; degrees: number }
  | { op: 'flip'; axis: 'horizontal' | 'vertical' }
  /** The largest box of this ratio that fits. */
  | { op: 'crop-to-ratio'; width: number; height: number; anchor: Anchor }
  /** The box of this size, or the whole picture where it is smaller. */
  | { op: 'crop-to-size'; width: number; height: number; anchor: Anchor }
  /** One of the two may be absent: then the ratio stays. `cover` cuts, `contain` adds `background`, `fill` distorts. */
  | { op: 'resize'; width?: number; height?: number; fit: 'cover' | 'contain' | 'fill' }
  | { op: 'scale'; factor: number }
  | { op: 'pad'; top: number; right: number; bottom: number; left: number; colour: Colour }
  /** Adds what is missing to this ratio, on both sides. */
  | { op: 'pad-to-ratio'; width: number; height: number; colour: Colour }
  /** Adds what is missing to this size, on both sides; a side that is longer stays. */
  | { op: 'pad-to-size'; width: number; height: number; colour: Colour }
  /** Inside the picture's edge: the size stays. */
  | { op: 'round-corners'; radius: number }
  /** Mixes the colour in: 0 not at all, 1 wholly. */
  | { op: 'tint'; colour: Colour; opacity: number }
  /** A mask by alpha becomes one by grey: what alpha 0 opens turns white or black, what 255 keeps the other. */
  | { op: 'mask-to-grey'; edit: 'white' | 'black' }
  /** And back: what is wholly of the grey that edits gets alpha 0, what is wholly of the other 255. */
  | { op: 'grey-to-mask'; edit: 'white' | 'black' }
  /** With a mask it lies in the largest box that the mask opens. Refused where it cannot be read. */
  | { op: 'caption'; text: string; anchor: Anchor; colour: Colour; sizeFraction: number }
  /**
   * The sandbox's mark: a dark band with `title` and, below it, `text`, cut to what fits. With a mask it lies in the
   * largest box that the mask opens; where that is too small for the title, all that is open is hatched instead.
   */
  | { op: 'stamp'; title: string; text: string };

/** Operations that move pixels or change the size; a mask cannot confine them. */
export const movesPixels: ReadonlySet<Operation['op']> = new Set([
  'rotate',
  'flip',
  'crop-to-ratio',
  'crop-to-size',
  'resize',
  'scale',
  'pad',
  'pad-to-ratio',
  'pad-to-size',
]);

/** What to make of a picture, as data. Operations run in order, after EXIF orientation was applied. */
export interface Recipe {
  operations: readonly Operation[];
  /** Fills what rotating, padding to fit and rounding open up. */
  background: Colour;
  output: {
    format: ImageFormat;
    /**
     * 0 to 100, JPEG and WebP; 100 is best, and meant when absent. PNG is always lossless, JPEG never; WebP is at 100 where
     * a mask holds pixels, which else would not stay as they are.
     */
    compression?: number;
    /** `opaque` flattens onto `background` (white where that is transparent); `keep` leaves alpha as it is. */
    alpha: 'keep' | 'opaque';
  };
}

/** Whether the result becomes a WebP without loss, which takes the encoder more memory than any other. */
export function isLosslessWebp({ format, compression = 100 }: Recipe['output'], hasMask: boolean): boolean {
  return format === 'webp' && compression === 100 && hasMask;
}
