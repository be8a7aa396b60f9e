// How a handle on a plane is moved: by the pointer that took it, by arrow keys, to round numbers.

/** Shares of the plane by which a key moves it; times so many with Shift. */
const KEY_STEP = 1 / 40;
const FAST = 5;
const KEYS: Record<string, readonly [x: number, y: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

export interface Drag {
  /** The handle's middle is to be there, in pixels of its place. */
  to(left: number, top: number): void;
  /** It was let go. */
  ended(hasMoved: boolean): void;
}

/** Follows the pointer that went down on a handle, and no other finger. Where it was taken it stays under the pointer. */
export function drag(down: PointerEvent, handle: HTMLElement | SVGElement, place: Element, moves: Drag): void {
  down.preventDefault();
  handle.focus({ preventScroll: true });
  const { left, top, width, height } = handle.getBoundingClientRect();
  const off = [down.clientX - left - width / 2, down.clientY - top - height / 2] as const;
  const ends = new AbortController();
  const { signal } = ends;
  let hasMoved = false;
  const move = ({ clientX, clientY, pointerId }: PointerEvent): void => {
    if (pointerId !== down.pointerId) return;
    const box = place.getBoundingClientRect();
    hasMoved = true;
    moves.to(clientX - box.left - off[0], clientY - box.top - off[1]);
  };
  const end = ({ pointerId }: PointerEvent): void => {
    if (pointerId !== down.pointerId) return;
    ends.abort();
    moves.ended(hasMoved);
  };
  // Of the window: a pointer is faster than what follows it.
  addEventListener("pointermove", move, { signal });
  for (const type of ["pointerup", "pointercancel"] as const) addEventListener(type, end, { signal });
}

/** By which shares of the plane a key moves a handle; null for keys that do not. */
export function keyStep(event: KeyboardEvent): [x: number, y: number] | null {
  const by = KEYS[event.key];
  if (!by || event.altKey || event.ctrlKey || event.metaKey) return null;
  const share = KEY_STEP * (event.shiftKey ? FAST : 1);
  return [by[0] * share, by[1] * share];
}

/** To about a thousandth of what is shown, and no digit more. */
export function rounded(value: number, shown: number): number {
  return Number(value.toFixed(Math.min(Math.max(0, 3 - Math.ceil(Math.log10(shown))), 20)));
}
