// A surface as Python sends it (pylib/microscope/plane.py): heights on a grid over one weight or two, and where a point of
// it lies on a picture.

/** JSON of a surface. */
export interface PlaneRecord {
  /** The lowest and the highest of each weight. */
  bounds: [low: number, high: number][];
  columns: number;
  /** 1 for a function of one weight. */
  rows: number;
  /** float32, little endian, in base64: row by row from the lowest. */
  heights: string;
  /** Known minima. */
  minima: number[][];
}

export interface Surface {
  bounds: [low: number, high: number][];
  columns: number;
  rows: number;
  heights: Float32Array;
  minima: number[][];
}

/** The surface; null where its heights do not fit. */
export function surfaceOf({ heights, ...rest }: PlaneRecord): Surface | null {
  const bytes = Uint8Array.from(atob(heights), (letter) => letter.charCodeAt(0));
  if (bytes.length !== 4 * rest.columns * rest.rows) return null;
  const view = new DataView(bytes.buffer);
  return {
    ...rest,
    heights: Float32Array.from({ length: bytes.length / 4 }, (_, at) => view.getFloat32(4 * at, true)),
  };
}

/** The lowest and the highest of its heights that are numbers. */
export function range(heights: Float32Array): [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (const height of heights) {
    if (!Number.isFinite(height)) continue;
    if (height < low) low = height;
    if (height > high) high = height;
  }
  return low <= high ? [low, high] : [0, 1];
}

/** Where points lie on a picture of so many CSS pixels: the second axis goes up. */
export class Frame {
  constructor(
    readonly across: readonly [low: number, high: number],
    readonly up: readonly [low: number, high: number],
    readonly width: number,
    readonly height: number,
  ) {}

  x(value: number): number {
    return ((value - this.across[0]) / (this.across[1] - this.across[0])) * this.width;
  }

  y(value: number): number {
    return (1 - (value - this.up[0]) / (this.up[1] - this.up[0])) * this.height;
  }

  /** The point at a place of the picture, kept inside. */
  at(x: number, y: number): [number, number] {
    const share = (part: number): number => Math.min(1, Math.max(0, part));
    return [
      this.across[0] + share(x / this.width) * (this.across[1] - this.across[0]),
      this.up[0] + share(1 - y / this.height) * (this.up[1] - this.up[0]),
    ];
  }
}

/** The frame of a surface: over two weights, or over one weight and the height. */
export function frameOf({ bounds, heights }: Surface, width: number, height: number): Frame {
  const [across, up] = bounds as [[number, number], [number, number]?];
  if (up) return new Frame(across, up, width, height);
  const [low, high] = range(heights);
  const room = 0.08 * (high - low) || 1;
  return new Frame(across, [low - room, high + room], width, height);
}
