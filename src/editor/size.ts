/** Pixels, or the two numbers of a ratio. */
export interface Size {
  width: number;
  height: number;
}

export function isSameSize(one: Size, other: Size): boolean {
  return one.width === other.width && one.height === other.height;
}

/** `WIDTHxHEIGHT`, as OpenAI writes sizes. */
export function showSize({ width, height }: Size): string {
  return `${width}x${height}`;
}

/** How far two shapes are apart: 0.05 is 5 % of a side. */
export function compareShapes(one: Size, other: Size): number {
  return Math.abs(Math.log(one.width / one.height) - Math.log(other.width / other.height));
}
