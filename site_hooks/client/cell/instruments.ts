// What a cell shows with an instrument of the page's own: a figure that is drawn and moved here, of what Python has worked
// out. Loaded when a cell has made one, or the build has left what it shows.
import type { InstrumentEvent, InstrumentName } from "../shared/protocol";
import type { FormControls } from "./form";

export interface Instrument {
  /** Shows another record, in the place of the one before. */
  show(record: unknown): void;
}

export interface InstrumentModule {
  /** Fills a figure; `form` gives the controls of its cell, which it may move. */
  create(figure: HTMLElement, form: FormOf): Promise<Instrument>;
}

export type FormOf = () => Promise<FormControls | null>;

// bundle.py makes each a file of its own.
const SCRIPTS: Record<InstrumentName, URL> = {
  microscope: /* @__PURE__ */ new URL("microscope.js", import.meta.url),
};

const shown = new WeakMap<HTMLElement, Promise<Instrument>>();

/** Without an event the figure names the instrument, and where its record lies. */
export async function show(figure: HTMLElement, form: FormOf, event?: InstrumentEvent): Promise<void> {
  const { instrument, record } = figure.dataset;
  const name = event?.instrument ?? (instrument as InstrumentName);
  if (!(name in SCRIPTS)) return;
  try {
    const made = shown.get(figure) ?? create(name, figure, form);
    shown.set(figure, made);
    const held: unknown = event ? JSON.parse(event.record) : await fetched(record ?? "");
    (await made).show(held);
  } catch (error) {
    // The picture that the build has drawn stays; what a run has made is said in words.
    shown.delete(figure);
    if (event) figure.replaceChildren(event.alt);
    console.warn("An instrument cannot be shown:", error);
  }
}

async function create(name: InstrumentName, figure: HTMLElement, form: FormOf): Promise<Instrument> {
  const module = (await import(SCRIPTS[name].href)) as InstrumentModule;
  return module.create(figure, form);
}

async function fetched(address: string): Promise<unknown> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${response.status} for ${address}`);
  return response.json();
}
