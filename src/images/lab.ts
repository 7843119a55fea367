import type { Content, OpenSpool } from '../core/bytes.ts';
import type { ImageFormat } from '../core/image.ts';
import type { Recipe } from './recipe.ts';

/** One picture to be worked on by one recipe. */
export interface RenderJob {
  image: Content;
  /** What the caller calls the picture, for errors; `image` when absent. */
  imageName?: string;
  /** PNG of the same size: pixels stay as they are where its alpha is 255, change where it is 0. */
  mask?: Content;
  recipe: Recipe;
  /** Opens the spool that the result is written to. */
  openSpool: OpenSpool;
  signal: AbortSignal;
}

export interface RenderedImage {
  /** Binary. */
  content: Content;
  width: number;
  height: number;
  /** Whether any pixel is not opaque. */
  hasAlpha: boolean;
  format: ImageFormat;
}

/** Where pictures are decoded: child processes that hold no secrets. */
export interface Lab {
  /**
   * @throws RetouchError invalid_image_file, image_too_complex, invalid_value, mask_not_supported, server_busy ...
   * @throws the signal's reason, when it is aborted
   */
  render(job: RenderJob): Promise<RenderedImage>;
  /** Ends all child processes; jobs under way fail with server_stopping. */
  close(): Promise<void>;
  /** Of the child processes that are alive. */
  processIds(): number[];
}

export interface LabOptions {
  maxProcesses: number;
  timeoutMs: number;
  memoryBytes: number;
  maxImageSide: number;
  maxImagePixels: number;
  /** How many jobs may wait for a process. */
  maxQueued?: number;
  /** How long a process without work is kept. */
  idleMs?: number;
}

export function createLab(_options: LabOptions): Lab {
  throw new Error('soon');
}
