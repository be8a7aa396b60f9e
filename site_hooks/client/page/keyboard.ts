// Whether the learner's last move on the page was a key: then a hint for those who work by keyboard is of use.

let byKey = false;

addEventListener("keydown", () => (byKey = true), { capture: true });
addEventListener("pointerdown", () => (byKey = false), { capture: true });

export function movedByKey(): boolean {
  return byKey;
}
