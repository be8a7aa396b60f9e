// What Material for MkDocs tells scripts: a page is there, the first one or one that was put into its place.

/** Material itself has set the page up by then. On pages without Material nothing is called. */
export function eachPage(action: () => void): void {
  const { document$ } = globalThis as { document$?: { subscribe(next: () => void): void } };
  document$?.subscribe(action);
}
