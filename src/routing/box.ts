/** Pixels. */
export interface Box {
  width: number;
  height: number;
}

/** How far two shapes are apart: 0.05 is 5 %. */
export function compareShapes(one: Box, other: Box): number {
  return Math.abs(Math.log(one.width / one.height) - Math.log(other.width / other.height));
}

/** `WIDTHxHEIGHT` in pixels. */
export function readBox(size: string): Box | undefined {
  const [, width, height] = /^([1-9]\d{0,4})x([1-9]\d{0,4})$/.exec(size)?.map(Number) ?? [];
  return width && height ? { width, height } : undefined;
}
