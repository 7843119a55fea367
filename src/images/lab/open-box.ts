import type { Coverage } from './decode.ts';
import type { Box } from './paint.ts';

/** From here on less than half of an edit shows. */
const shut = 128;
/** A mask of more pixels is looked at in square cells, for the search takes time and memory by the cell. */
const maxCells = 1_000_000;

/**
 * The largest box in which the mask lets an edit show everywhere: what is written there is not cut off. Without width
 * and height where there is none.
 */
export function findOpenBox(keep: Coverage): Box {
  const cell = Math.ceil(Math.sqrt((keep.width * keep.height) / maxCells));
  const columns = Math.ceil(keep.width / cell);
  /** How many open cells lie above each other, from the row that was read last upwards. */
  const heights = new Uint32Array(columns);
  let best: Box = { left: 0, top: 0, width: 0, height: 0 };
  for (let row = 0; row * cell < keep.height; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      heights[column] = isOpen(keep, cell, column, row) ? (heights[column] as number) + 1 : 0;
    }
    const { left, width, height } = findLargestUnder(heights);
    if (width * height <= best.width * best.height) continue;
    best = { left, top: row + 1 - height, width, height };
  }
  return toPixels(best, cell, keep);
}

function isOpen({ data, width, height }: Coverage, cell: number, column: number, row: number): boolean {
  const right = Math.min(width, (column + 1) * cell);
  const bottom = Math.min(height, (row + 1) * cell);
  for (let y = row * cell; y < bottom; y += 1) {
    for (let x = column * cell; x < right; x += 1) {
      if ((data[y * width + x] as number) >= shut) return false;
    }
  }
  return true;
}

/** The largest box in a row of towers. Each tower waits until a lower one comes: then its box ends there. */
function findLargestUnder(heights: Uint32Array): Omit<Box, 'top'> {
  const waiting: { start: number; height: number }[] = [];
  let best = { left: 0, width: 0, height: 0 };
  for (let column = 0; column <= heights.length; column += 1) {
    const height = heights[column] ?? 0;
    let start = column;
    for (let last = waiting.at(-1); last && last.height >= height; last = waiting.at(-1)) {
      waiting.pop();
      start = last.start;
      const width = column - start;
      if (width * last.height > best.width * best.height) best = { left: start, width, height: last.height };
    }
    waiting.push({ start, height });
  }
  return best;
}

function toPixels(cells: Box, cell: number, { width, height }: Coverage): Box {
  const left = cells.left * cell;
  const top = cells.top * cell;
  return {
    ...{ left, top },
    width: Math.min(width - left, cells.width * cell),
    height: Math.min(height - top, cells.height * cell),
  };
}
