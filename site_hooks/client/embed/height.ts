// Tells the page around the frame how high the frame's page is, so that it can make the frame as high.

/** What is posted. Nothing in it is secret: any page may hear it. */
export interface HeightMessage {
  type: "lesson-embed:height";
  /** In CSS pixels. */
  height: number;
}

/** A page that grows line by line is told of at most so often. */
const PAUSE_MS = 100;

/** They lie over the page, and may reach below its end. */
const OVER = ".cell-menu, .cm-tooltip";

/** Called once. */
export function tellHeight(): void {
  if (parent === self) return;
  let told = 0;
  let isDue = false;
  const tell = (): void => {
    isDue = false;
    if (document.fullscreenElement) return;
    const height = heightNow();
    if (height === told) return;
    told = height;
    const message: HeightMessage = { type: "lesson-embed:height", height };
    parent.postMessage(message, "*");
  };
  const soon = (): void => {
    if (!isDue) setTimeout(tell, PAUSE_MS);
    isDue = true;
  };
  new ResizeObserver(soon).observe(document.body);
  new MutationObserver(soon).observe(document.body, { subtree: true, childList: true });
  // Whoever listens from now on hears it too.
  addEventListener("load", () => {
    told = 0;
    soon();
  });
  tell();
}

function heightNow(): number {
  const boxes = [document.body, ...document.querySelectorAll(OVER)];
  return Math.ceil(Math.max(...boxes.map((box) => box.getBoundingClientRect().bottom)) + scrollY);
}
