// knip: exports, types
export const used = 1;
export const unused = 2;
export interface UnusedShape {
  side: number;
}
