// A press counts although the page moved under the pointer: the browser gives the click to what lies there at its end.

/** Pixels that a hand moves while it presses. */
const STEADY = 4;

let end = new AbortController();

/** A mouse only: a finger's touch ends where it began. */
export function keepPresses(): void {
  addEventListener("pointerdown", (down) => begin(down), { capture: true });
}

function begin(down: PointerEvent): void {
  end.abort();
  const pressed = down.target instanceof Element && down.target.closest<HTMLElement>("button, a[href], summary");
  if (!pressed || down.pointerType !== "mouse" || down.button || down.ctrlKey || down.metaKey || down.shiftKey) return;
  end = new AbortController();
  const release = (up: PointerEvent): void => {
    end.abort();
    const isThere = up.target instanceof Node && pressed.contains(up.target);
    const moved = Math.hypot(up.clientX - down.clientX, up.clientY - down.clientY);
    if (!isThere && moved < STEADY && pressed.getClientRects().length) pressed.click();
  };
  addEventListener("pointerup", release, { capture: true, signal: end.signal });
}
