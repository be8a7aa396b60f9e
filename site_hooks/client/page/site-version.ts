// Which version of the site the page belongs to: the build puts it into every page. `mkdocs serve` has none.

function named(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="site-version"]')?.content ?? "";
}

/** The version of the page that loaded this script. */
export const version = named();

/** Material puts new pages into the old one. A page of another version needs its own script, so it is loaded whole. */
export function followVersion(): void {
  const { document$ } = globalThis as { document$?: { subscribe(next: () => void): void } };
  document$?.subscribe(() => {
    if (named() !== version) location.reload();
  });
}
