// Lines of equal height on a grid, by marching squares.
import { range } from "./surface";

/** Lines that a picture has. */
const LEVELS = 15;
/** Closer where the surface is low: what happens there is what is looked at. */
const POWER = 3;

/** From x and y to x and y, four numbers after the other; in columns and rows of the grid. */
export type Segments = number[];

export function levels(heights: Float32Array, count = LEVELS): number[] {
  const [low, high] = range(heights);
  return Array.from({ length: count }, (_, at) => low + (high - low) * ((at + 0.8) / count) ** POWER);
}

export function contour(heights: Float32Array, columns: number, rows: number, level: number): Segments {
  const found: Segments = [];
  const height = (column: number, row: number): number => heights[row * columns + column]!;
  for (let row = 0; row + 1 < rows; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      const [a, b, c, d] = [
        height(column, row),
        height(column + 1, row),
        height(column + 1, row + 1),
        height(column, row + 1),
      ];
      if (!Number.isFinite(a + b + c + d)) continue;
      const cuts: [number, number][] = [];
      const cut = (from: number, to: number, x: number, y: number, dx: number, dy: number): void => {
        if (from < level === to < level) return;
        const part = (level - from) / (to - from);
        cuts.push([x + part * dx, y + part * dy]);
      };
      cut(a, b, column, row, 1, 0);
      cut(b, c, column + 1, row, 0, 1);
      cut(d, c, column, row + 1, 1, 0);
      cut(a, d, column, row, 0, 1);
      // Four cuts are a saddle: which two belong together, its middle says.
      const isSwapped = cuts.length === 4 && (a + b + c + d) / 4 < level === a < level;
      const pairs = isSwapped ? [0, 1, 2, 3] : cuts.length === 4 ? [0, 3, 1, 2] : [0, 1];
      if (cuts.length) for (const at of pairs) found.push(...cuts[at]!);
    }
  }
  return found;
}
