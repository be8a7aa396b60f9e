// A cell as wide as the window: it leaves its column, and follows the window until it goes back.

const leaving = new WeakMap<HTMLElement, AbortController>();
/** Pixels left free at each side of the window. */
const MARGIN = 12;

export function isWide(shell: HTMLElement): boolean {
  return leaving.has(shell);
}

export function turnWide(shell: HTMLElement): void {
  const wide = leaving.get(shell);
  if (wide) {
    wide.abort();
    leaving.delete(shell);
    shell.removeAttribute("data-wide");
    for (const name of ["width", "margin-left"]) shell.style.removeProperty(name);
    return;
  }
  const controller = new AbortController();
  leaving.set(shell, controller);
  shell.toggleAttribute("data-wide", true);
  fit(shell);
  addEventListener("resize", () => fit(shell), { signal: controller.signal });
  const leave = ({ key, target }: KeyboardEvent): void => {
    const isEditors = target instanceof Element && target.closest(".cm-editor"); // there Esc, then Tab, leaves
    if (key === "Escape" && !isEditors) turnWide(shell);
  };
  shell.addEventListener("keydown", leave, { signal: controller.signal });
}

function fit(shell: HTMLElement): void {
  const { parentElement: column } = shell;
  if (!column) return;
  const left = column.getBoundingClientRect().left + column.clientLeft;
  const { clientWidth } = document.documentElement;
  shell.style.width = `${clientWidth - 2 * MARGIN}px`;
  shell.style.marginLeft = `${MARGIN - left}px`;
}
