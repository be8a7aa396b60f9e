// Lines of equal height on a grid, by marching squares.

/** Segments of one level: x and y of both ends, one after the other, counted in columns and rows of the grid. */
export type Segments = Float32Array;

/** `heights`: row after row, `columns` in each. A square of the grid that is no surface has no lines. */
export function contours(heights: ArrayLike<number>, columns: number, levels: readonly number[]): Segments[] {
  const rows = heights.length / columns;
  return levels.map((level) => {
    const found: number[] = [];
    for (let row = 0; row + 1 < rows; row++) {
      for (let column = 0; column + 1 < columns; column++) {
        const at = row * columns + column;
        const corners: Corners = [heights[at]!, heights[at + 1]!, heights[at + columns + 1]!, heights[at + columns]!];
        if (corners.every(Number.isFinite)) cross(corners, level, column, row, found);
      }
    }
    return Float32Array.from(found);
  });
}

/** Against the clock from the first column and row. */
type Corners = [number, number, number, number];
const X = [0, 1, 1, 0, 0] as const;
const Y = [0, 0, 1, 1, 0] as const;

/** Adds where a level enters and leaves a square; where it does so twice, the middle says which ends belong together. */
function cross(corners: Corners, level: number, column: number, row: number, found: number[]): void {
  const ends: number[] = [];
  for (let edge = 0; edge < 4; edge++) {
    const from = corners[edge]! - level;
    const to = corners[(edge + 1) % 4]! - level;
    if (from < 0 === to < 0) continue;
    const part = from / (from - to);
    ends.push(column + X[edge]! + part * (X[edge + 1]! - X[edge]!), row + Y[edge]! + part * (Y[edge + 1]! - Y[edge]!));
  }
  if (ends.length === 8) {
    const middle = (corners[0] + corners[1] + corners[2] + corners[3]) / 4 - level;
    const first = corners[0] - level;
    if (middle < 0 !== first < 0) ends.push(...ends.splice(0, 2)); // the first corner is cut off by itself
  }
  found.push(...ends);
}
