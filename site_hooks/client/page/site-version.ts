// Which version of the site the page belongs to: the build puts it into every page. `mkdocs serve` has none.
import { root } from "../shared/site";
import { eachPage } from "./material";

const PATIENCE_MS = 4000;

function mark(): HTMLMetaElement | null {
  return document.querySelector('meta[name="site-version"]');
}

const first = mark();

/** The version of the page that loaded this script. */
export const version = first?.content ?? "";

/** It lies in a package for a learning system, which has packs in one form and no service worker. */
export const packaged = first?.dataset["packaged"] !== undefined;

/** Material puts new pages into the old one. A page of another version needs its own script, so it is loaded whole. */
export function followVersion(): void {
  eachPage(() => {
    if ((mark()?.content ?? "") !== version) location.reload();
  });
}

/** Whether the server has another version by now, as its front page says; false where that cannot be told. */
export async function wasUpdated(): Promise<boolean> {
  if (!version) return false;
  try {
    const page = await (await fetch(root, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) })).text();
    const current = /<meta name="site-version" content="([^"]+)">/.exec(page)?.[1];
    return current !== undefined && current !== version;
  } catch {
    return false;
  }
}
