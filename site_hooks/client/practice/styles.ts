// Style sheets that come with the scripts that need them. As sheets made by script they outlive the page's own head.

const SHEETS = {
  live: /* @__PURE__ */ new URL("live.css", import.meta.url),
  progress: /* @__PURE__ */ new URL("progress.css", import.meta.url),
  handIn: /* @__PURE__ */ new URL("hand-in.css", import.meta.url),
  choose: /* @__PURE__ */ new URL("choose.css", import.meta.url),
  race: /* @__PURE__ */ new URL("race.css", import.meta.url),
  grading: /* @__PURE__ */ new URL("grading.css", import.meta.url),
};

/** What waits for its looks does not wait for ever. */
const PATIENCE_MS = 4000;

const adopted = new Map<URL, Promise<void>>();

/** Without its looks practice works all the same. */
export function style(name: keyof typeof SHEETS): Promise<void> {
  const address = SHEETS[name];
  const known = adopted.get(address) ?? adopt(address).catch(() => void adopted.delete(address));
  adopted.set(address, known);
  return known;
}

async function adopt(address: URL): Promise<void> {
  const response = await fetch(address, { signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!response.ok) throw new Error(String(response.status));
  const sheet = new CSSStyleSheet();
  await sheet.replace(await response.text());
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
