// A figure's picture that changes while it is looked at: frames on a canvas, and the image that takes their place.
import { make } from "../page/dom";
import { enlargeable } from "../page/picture-view";
import type { FrameEvent } from "../shared/protocol";

/** Images that wait to be decoded, by the figure that they are for. */
const coming = new WeakMap<HTMLElement, HTMLImageElement>();

/** Paints a frame at once; the canvas is made once, and takes the place of an image. */
export function paint(figure: HTMLElement, frame: FrameEvent): void {
  coming.delete(figure);
  let canvas = figure.querySelector("canvas");
  if (!canvas) {
    canvas = make("canvas", { role: "img" });
    place(figure, canvas);
  }
  // Either would empty the canvas.
  if (canvas.width !== frame.columns) canvas.width = frame.columns;
  if (canvas.height !== frame.rows) canvas.height = frame.rows;
  canvas.style.width = `${frame.width}px`;
  if (canvas.ariaLabel !== frame.alt) canvas.ariaLabel = frame.alt;
  canvas.getContext("2d")?.putImageData(new ImageData(frame.rgba, frame.columns, frame.rows), 0, 0);
}

/** Shows an image; what stands in its place goes when the image can be seen. */
export async function settle(figure: HTMLElement, image: HTMLImageElement, source: string): Promise<void> {
  image.src = source;
  if (picture(figure)) {
    coming.set(figure, image);
    await image.decode().catch(() => undefined);
    if (coming.get(figure) !== image) return;
    coming.delete(figure);
  }
  place(figure, image);
  enlargeable(figure);
}

function place(figure: HTMLElement, next: HTMLElement): void {
  const before = picture(figure);
  if (!before) {
    figure.prepend(next);
    return;
  }
  before.replaceWith(next);
  if (before instanceof HTMLImageElement) {
    for (const url of Object.values(before.dataset)) if (url) URL.revokeObjectURL(url);
  }
}

function picture(figure: HTMLElement): HTMLElement | null {
  return figure.querySelector(":scope > :is(img, canvas)");
}
