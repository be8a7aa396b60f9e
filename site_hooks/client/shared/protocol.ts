// What the page and the Python worker say to each other: types, nothing else.

/** How much of Python is there: Python alone; with NumPy, and what of pylib needs no more; with matplotlib, all. */
export type Depth = "python" | "numpy" | "all";

/** Page -> worker: one run of one cell. */
export interface RunRequest {
  /** Names this run in every event that answers it. */
  id: number;
  /** The Python source as the learner left it. */
  source: string;
  /** The namespace: page path, a colon, the cell's session. */
  session: string;
  /** The cell's id: tracebacks call its source "<cell ID>". */
  cell: string;
  /** The cell's caption: errors of other cells call it by this name. */
  caption: string;
  /** Python that judges the exercise after its code has run, in a namespace of its own; null where none shall. */
  check: string | null;
  /** The theme that is on the screen: its figures are drawn first. */
  theme: Theme;
  /** The room that the page has for a figure, in CSS pixels; null where it is not known. */
  width: number | null;
  /**
   * A control is being moved: pictures are drawn fast, for the screen as it is now, and come as frames; what nobody
   * waits for is left out. The run after it that is not live shows all.
   */
  live: boolean;
  /** Pixels of the screen in a CSS pixel: frames are drawn for it. */
  ratio: number;
}

export type Theme = "light" | "dark";

/** Worker -> page, while a run goes on, as pylib.kernel.execute emits them. */
export type RunEvent =
  | { kind: "stdout" | "stderr"; text: string }
  /** repr() of the last expression's value; and as a table, where that reads better. */
  | { kind: "result"; text: string; table?: Table }
  /** So many steps of a `fit` or `minimize` are done, of so many; told of long ones only. */
  | { kind: "progress"; what: string; done: number; total: number }
  /** input() waits for a line: see `Typed`. */
  | { kind: "input"; prompt: string }
  | FigureEvent
  | FrameEvent
  | AnimationEvent
  | InstrumentEvent
  | ErrorEvent
  | CheckEvent
  /** Of a question of the page's own script: JSON; see `_answer_` in pylib.kernel.last_value. */
  | { kind: "answer"; text: string }
  /** The last event of a run, but for figures in the other theme. */
  | { kind: "done"; ok: boolean /** milliseconds in Python */; ms: number };

/** What the output panel shows. */
export type OutputEvent = Exclude<RunEvent, CheckEvent | { kind: "answer" | "done" }>;

/** Rows of text. */
export interface Table {
  columns: string[];
  /** As long as the columns. */
  rows: string[][];
  /** How many rows and columns there are in all: of large tables only the first come. */
  of: [rows: number, columns: number];
}

/** One drawing of a figure. The other theme's follows with the same number: where it can, after the run, when there is time. */
export interface FigureEvent {
  kind: "figure";
  /** Counts from 1 within the run. */
  figure: number;
  theme: Theme;
  /** PNG, at twice the CSS pixels; handed over, not copied. */
  png: Uint8Array<ArrayBuffer>;
  /** CSS pixels. */
  width: number;
  height: number;
  /** From the figure's title and axis labels. */
  alt: string;
}

/** A figure of a live run, in the theme on the screen alone. */
export interface FrameEvent {
  kind: "frame";
  /** Counts from 1 within the run, as that of a FigureEvent: the settled figure takes its place. */
  figure: number;
  theme: Theme;
  /** CSS pixels. */
  width: number;
  height: number;
  /** Of the pixels in `rgba`: rows from the top, as in ImageData. */
  columns: number;
  rows: number;
  /** From the figure's title and axis labels. */
  alt: string;
  /** Four bytes for each pixel; handed over, not copied. */
  rgba: Uint8ClampedArray<ArrayBuffer>;
}

/** One frame of an animation, as soon as it is drawn; they come in order, each in both themes. */
export interface AnimationEvent {
  kind: "animation";
  /** Counts from 1 within the run, with those of other figures. */
  figure: number;
  theme: Theme;
  /** Counts from 0. */
  frame: number;
  /** How many there will be; null where the animation does not say. */
  frames: number | null;
  /** Milliseconds from one frame to the next. */
  interval: number;
  /** Begins again at its end. */
  repeats: boolean;
  /** CSS pixels of a whole frame. */
  width: number;
  height: number;
  /** Pixels of a whole frame. */
  columns: number;
  rows: number;
  /** The frame stands for itself; others need the one before. */
  isWhole: boolean;
  /** What it changes, in pixels: left, top, columns, rows. */
  rectangles: [number, number, number, number][];
  /** From the figure's title and axis labels. */
  alt: string;
  /** Four bytes for each pixel of the rectangles, one after the other; handed over, not copied. */
  rgba: Uint8ClampedArray<ArrayBuffer>;
}

/** A value that the page shows with an instrument of its own, which is loaded for it. */
export interface InstrumentEvent {
  kind: "instrument";
  /** Counts from 1 within the run, with figures. */
  figure: number;
  instrument: InstrumentName;
  /** What it shows, in words. */
  alt: string;
  /** JSON; the instrument takes nothing for granted in it, as code in cells can post events. */
  record: string;
}

export type InstrumentName = "microscope";

export interface ErrorEvent {
  kind: "error";
  /** The exception's class name. */
  type: string;
  /** Plain words: what happened and what to try. */
  message: string;
  /** str() of the exception. */
  detail: string;
  /** 1-based line of the learner's source, if the error has one there. */
  line: number | null;
  /** The learner's own frames, outermost first. */
  frames: { cell: string; line: number; source: string; function: string }[];
  /** The whole traceback, as Python prints it. */
  traceback: string;
  /** The missing name of a NameError. */
  name: string | null;
}

/** What the check of a run says: one, straight before `done`; none if the run was stopped. */
export interface CheckEvent {
  kind: "check";
  ok: boolean;
  /** Feedback in plain words; empty if the check was passed. */
  message: string;
  /** 1-based line of the learner's source that it is about, if there is one. */
  line: number | null;
  /** The learner's code was run; with a blank left in it, it is not. */
  ran: boolean;
}

/**
 * Why Python could not be loaded; what a learner can do follows from it:
 * - offline: nothing came, or the line broke;
 * - changed: what came is not what was published;
 * - gone: the server does not have it;
 * - server: the server answered with an error;
 * - stalled: nothing has come for too long;
 * - unsupported: all is there, and this browser did not start it.
 */
export type FailureKind = "offline" | "changed" | "gone" | "server" | "stalled" | "unsupported";

export interface Failure {
  kind: FailureKind;
  /** What happened, for learners; what they can do is the page's to say. */
  message: string;
}

/**
 * What Python broke down from, while it ran a cell or when nothing was asked of it:
 * - recursion: calls went too deep for the browser;
 * - memory: there was not enough of it, or it was touched where there is none;
 * - unknown: something else.
 */
export interface Breakdown {
  kind: "recursion" | "memory" | "unknown";
  /** The browser's own words; may be empty. */
  detail: string;
}

/** How packs come: with gzip of their own, or as they are, which the host compresses for the way with one of these. */
export type PackForm = "packed" | "gzip" | "br";

/** A pack's content; named "wasm": Pyodide, compiled; named "rate": bits per millisecond; named "form": of packs. */
export type Part = Uint8Array<ArrayBuffer> | WebAssembly.Module | number | PackForm;

/** Worker -> page, at the port for downloads: the page brings a part while the worker starts Python. */
export interface DownloadRequest {
  /** Names this request in its answer. */
  id: number;
  /** Of a pack, or "wasm", "rate" or "form". */
  name: string;
  /** Parts that were asked for before, and have the line first. */
  after: readonly string[];
}

/** Page -> worker, at the same port: the part, or why it is missing. */
export type DownloadAnswer = { id: number; part: Part } | { id: number; failure: Failure };

/** A cell of a session, for pylib.kernel.needs. */
export interface SurveyedCell {
  id: string;
  /** The code as the learner has it. */
  source: string;
  /** The lesson's code: what counts where the learner's is no Python. */
  lesson: string;
}

/** What each cell needs and makes, by its id. */
export type Survey = Record<
  string,
  {
    /** The ids of the cells that make names which it takes, in the page's order. */
    needs: string[];
    /** The names that it leaves in the namespace. */
    makes: string[];
    /** How much of Python its imports need. */
    depth: Depth;
  }
>;

/** A figure of a cell's last run, counted from 1. */
export interface DrawRequest {
  /** As `RunRequest` has it. */
  session: string;
  cell: string;
  figure: number;
}

/** What can follow a path and a dot in a session's namespace; after an empty path: its names. */
export interface NamesRequest {
  /** As `RunRequest` has it. */
  session: string;
  path: string;
}

/** A name that a learner may write, as pylib.kernel.names describes it. */
export interface KnownName {
  name: string;
  kind: "function" | "class" | "module" | "property" | "variable";
  /** How it is called, "(model, lr=0.1)"; or what it is, "array (3,) float64". */
  detail?: string | undefined;
  /** What it does, in a line. */
  doc?: string | undefined;
  /** What its parameters are, by their names. */
  params?: Record<string, string> | undefined;
}

/**
 * Memory by which the page answers input(), in isolated pages: a number, then text in UTF-8. The number is -1 while Python
 * waits, then how many bytes the text has.
 */
export type Typed = Int32Array<SharedArrayBuffer>;

/** What a memory needs beside its bytes: the JavaScript objects that Python held. */
export interface Held {
  hiwireKeys: unknown[];
  immortalKeys: string[];
}

/** Python's memory as this browser's keeper made it. */
export interface OwnMemory {
  memory: Uint8Array<ArrayBuffer>;
  held: Held;
}

/** Worker -> page: what to keep for the next visit. */
export interface ToKeep {
  /** Names of packs. */
  packs: string[];
  /** The keeper makes a memory from them, and keeps that too. */
  isToMake?: boolean;
}

/** Page -> keeper, once: the same, and what the page has for it. */
export interface Keep extends ToKeep {
  wasm: WebAssembly.Module;
  form: PackForm;
}

/** Keeper -> page: what makes the kept file believed; null where nothing was kept. */
export interface Kept {
  seal: Seal | null;
}

/** Belongs to one kept file, and lies where the worker cannot write: see python/seal.ts. */
export interface Seal {
  /** A key, in base64. */
  secret: string;
  /** The tag of the file's head, in base64. */
  head: string;
}

/** Page -> worker. */
export type ToWorker =
  /**
   * Always first: start to load, with less if the learner saves data. What is needed is asked for at the port. A 2 in
   * `interrupt` interrupts Python, and in `typed` stands what answers input(); only isolated pages have them.
   */
  | {
      type: "load";
      /** How much of Python the first cell needs. */
      first: Depth;
      isThrifty: boolean;
      downloads: MessagePort;
      seal: Seal | null;
      interrupt?: Uint8Array<SharedArrayBuffer>;
      typed?: Typed;
    }
  /** What do these cells need? */
  | { type: "survey"; id: number; cells: SurveyedCell[] }
  /** Draw this as SVG. */
  | { type: "draw"; id: number; request: DrawRequest }
  /** What can follow? */
  | { type: "names"; id: number; request: NamesRequest }
  /** A run waits for Python to be so deep. */
  | { type: "deepen"; to: Depth }
  /** Waits for the runs before it. */
  | { type: "run"; request: RunRequest };

/** How far the start of Python has come. */
export interface Progress {
  /** What is being done. */
  step: string;
  /** 0 to 1 of the whole start. */
  fraction: number;
  /** As long as something is on its way. */
  amount?: Amount;
}

/** What a start downloads: bytes on the line, in whole files. */
export interface Amount {
  bytes: number;
  of: number;
  /** Until all is here, at the rate so far; once that is known. */
  seconds?: number;
}

/** Worker -> page. */
export type FromWorker =
  | ({ type: "loading" } & Progress)
  /** Cells that need no more can run; what is worth keeping for the next visit, if anything is. */
  | { type: "ready"; depth: Depth; keep?: ToKeep }
  /** Now those that need more, too. */
  | { type: "deeper"; depth: Depth }
  /** All is there, and nothing was asked for a while. */
  | { type: "quiet" }
  /** The start failed: a new worker may try again. */
  | { type: "failed"; failure: Failure }
  /** Python is of no use any more. */
  | { type: "broke"; breakdown: Breakdown }
  | { type: "survey"; id: number; survey: Survey }
  /** null: there is no such figure any more. */
  | { type: "drawn"; id: number; svg: string | null }
  /** null: the path leads nowhere. */
  | { type: "names"; id: number; names: KnownName[] | null }
  | { type: "event"; id: number; event: RunEvent }
  /** Said by the worker itself, not by the code of a cell: Python can run the next one. */
  | { type: "free"; id: number };
