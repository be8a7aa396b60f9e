// Paints a surface on a canvas: shaded where it is low, with lines of equal height; or the curve of one weight.
import { contour, levels } from "./contours";
import { type Frame, range, type Surface } from "./surface";

export interface Colours {
  /** Of lines and of the shade, as CSS has them: "#1f5cb0". */
  contour: string;
  /** Of the stars of known minima. */
  ink: string;
}

const LINE_OPACITY = 0.5;
const SHADE_OPACITY = 0.3;
/** Shades follow the height's cube root, as contours do. */
const ROOT = 1 / 3;

/** The canvas takes the frame's size; called when the surface, the size or the theme is another one. */
export function paint(canvas: HTMLCanvasElement, surface: Surface, frame: Frame, colours: Colours): void {
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.round(frame.width * ratio);
  canvas.height = Math.round(frame.height * ratio);
  const context = canvas.getContext("2d");
  if (!context) return;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  if (surface.rows > 1) {
    shade(context, surface, frame, colours.contour);
    lines(context, surface, frame, colours.contour);
  } else curve(context, surface, frame, colours.contour);
  context.fillStyle = colours.ink;
  for (const point of surface.minima)
    star(context, frame.x(point[0]!), frame.y(point[1] ?? heightAt(surface, point[0]!)));
}

/** The height of a function of one weight. */
export function heightAt({ heights, bounds, columns }: Surface, x: number): number {
  const [low, high] = bounds[0]!;
  const place = Math.min(columns - 1, Math.max(0, ((x - low) / (high - low)) * (columns - 1)));
  const before = Math.min(columns - 2, Math.floor(place));
  const part = place - before;
  return heights[before]! * (1 - part) + heights[before + 1]! * part;
}

function shade(context: CanvasRenderingContext2D, surface: Surface, frame: Frame, colour: string): void {
  const { columns, rows, heights } = surface;
  const [low, high] = range(heights);
  const small = new OffscreenCanvas(columns, rows);
  const pixels = new ImageData(columns, rows);
  const [red, green, blue] = channels(colour);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const height = heights[row * columns + column]!;
      const share = Number.isFinite(height) ? ((height - low) / (high - low || 1)) ** ROOT : 1;
      const at = 4 * ((rows - 1 - row) * columns + column);
      pixels.data.set([red, green, blue, Math.round(255 * SHADE_OPACITY * (1 - share))], at);
    }
  }
  small.getContext("2d")?.putImageData(pixels, 0, 0);
  context.imageSmoothingQuality = "high";
  // The middle of the outermost pixels lies on the edge.
  const [dx, dy] = [frame.width / (columns - 1) / 2, frame.height / (rows - 1) / 2];
  context.drawImage(small, -dx, -dy, frame.width + 2 * dx, frame.height + 2 * dy);
}

function lines(context: CanvasRenderingContext2D, surface: Surface, frame: Frame, colour: string): void {
  const { columns, rows, heights } = surface;
  const [across, up] = [frame.width / (columns - 1), frame.height / (rows - 1)];
  context.strokeStyle = colour;
  context.globalAlpha = LINE_OPACITY;
  context.lineWidth = 0.8;
  context.beginPath();
  for (const level of levels(heights)) {
    const segments = contour(heights, columns, rows, level);
    for (let at = 0; at < segments.length; at += 4) {
      context.moveTo(segments[at]! * across, frame.height - segments[at + 1]! * up);
      context.lineTo(segments[at + 2]! * across, frame.height - segments[at + 3]! * up);
    }
  }
  context.stroke();
  context.globalAlpha = 1;
}

function curve(
  context: CanvasRenderingContext2D,
  { columns, heights, bounds }: Surface,
  frame: Frame,
  colour: string,
): void {
  const [low, high] = bounds[0]!;
  context.strokeStyle = colour;
  context.lineWidth = 1.8;
  context.beginPath();
  for (let at = 0; at < columns; at++) {
    context.lineTo(frame.x(low + ((high - low) * at) / (columns - 1)), frame.y(heights[at]!));
  }
  context.stroke();
}

const STAR = 6;

function star(context: CanvasRenderingContext2D, x: number, y: number): void {
  context.beginPath();
  for (let corner = 0; corner < 10; corner++) {
    const radius = corner % 2 ? 0.45 * STAR : STAR;
    const angle = (corner * Math.PI) / 5 - Math.PI / 2;
    context.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
  }
  context.fill();
}

/** Of "#rrggbb". */
function channels(colour: string): [number, number, number] {
  const [red = 0, green = 0, blue = 0] = (/^#(..)(..)(..)$/.exec(colour.trim()) ?? [])
    .slice(1)
    .map((part) => parseInt(part, 16));
  return [red, green, blue];
}
