// Hands the learner a file, or words for the clipboard.
import { make } from "./dom";

export function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  saveFrom(url, name);
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export function saveFrom(url: string, name: string): void {
  make("a", { href: url, download: name }).click();
}

/** False if the browser lets no page write to its clipboard. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyByHand(text); // over plain http pages have no clipboard
  }
}

function copyByHand(text: string): boolean {
  const focused = document.activeElement;
  const area = make("textarea", { readonly: "", class: "copied-text" });
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return done;
}
