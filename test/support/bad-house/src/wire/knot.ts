// biome: lint/complexity/noExcessiveCognitiveComplexity
export function tangle(rows: number[][]): number {
  let sum = 0;
  for (const row of rows) {
    for (const cell of row) {
      if (cell > 0) {
        if (cell > 10) {
          if (cell > 100) sum += 1;
        } else if (cell < 5) {
          sum -= 1;
        }
      }
    }
  }
  return sum;
}
