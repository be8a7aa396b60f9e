// How large code is shown, in all cells and at the next visit; where storage is blocked, on this page.
import { keys } from "../shared/site";
import { local } from "../shared/stores";
import { fill } from "../shared/words";

const SIZES = [80, 90, 100, 115, 130, 150, 175, 200];

/** Shows code in the size that was chosen. */
export function showCodeSize(percent: number = kept()): void {
  document.documentElement.style.setProperty("--code-size", String(percent / 100));
}

/** One size up or down; returns it in words. */
export function resizeCode(by: 1 | -1): string {
  const shown = Math.round(100 * Number(document.documentElement.style.getPropertyValue("--code-size")));
  const at = SIZES.indexOf(shown) + by;
  const percent = SIZES[Math.min(Math.max(at, 0), SIZES.length - 1)]!;
  showCodeSize(percent);
  try {
    local().setItem(keys.codeSize, String(percent));
  } catch {
    // Then it holds until the page is left.
  }
  return fill(WORDS.all.percent, { percent });
}

function kept(): number {
  try {
    const percent = Number(local().getItem(keys.codeSize));
    return SIZES.includes(percent) ? percent : 100;
  } catch {
    return 100;
  }
}
