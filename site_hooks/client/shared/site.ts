// Where the site lies, and every name under which a browser keeps something of it: no other script makes either.

/** The folder that the site lies in. Scripts that pages and the worker load lie two folders below it. */
export const root = /* @__PURE__ */ here();

/** A call, so that the bundler leaves it out of the service worker: a classic script may not say `import.meta`. */
function here(): URL {
  return new URL("../../", import.meta.url);
}

/** Sites share an origin, so each name has the site's path in it. One that changes loses what learners have. */
export interface Keys {
  /** Local storage: begins the key of every draft; page and cell follow. */
  drafts: string;
  /** Local storage: begins the key of every mark of what was done; page and id follow. */
  progress: string;
  /** Storage of the tab: begins the key of every guess; page and cell follow. */
  guesses: string;
  /** Local storage: a number that shuffles this learner's quizzes. */
  shuffle: string;
  /** Local storage: how fast the line was. */
  line: string;
  /** Local storage: the seal of Python's memory, which code in cells cannot write. */
  seal: string;
  /** Local storage: the learner removed the service worker. */
  refused: string;
  /** Cache Storage: begins the name of every cache; the site's version follows. */
  caches: string;
  /** Local storage: how large code is shown, in percent. */
  codeSize: string;
  /** The private file system: the folder of Python's memory, and the lock of who uses it. */
  memory: string;
}

/** Of this site, or of the one that the service worker lies in. */
export function keysOf({ pathname }: URL): Keys {
  return {
    drafts: `py-cell:${pathname}:`,
    progress: `lesson:${pathname}:progress:`,
    guesses: `lesson:${pathname}:guess:`,
    shuffle: `lesson:${pathname}:shuffle`,
    line: `lesson:${pathname}:line`,
    seal: `lesson:${pathname}:seal`,
    refused: `lesson:${pathname}:service-worker`,
    caches: `lesson:${pathname}:`,
    codeSize: `lesson:${pathname}:code-size`,
    memory: `python ${encodeURIComponent(pathname)}`,
  };
}

export const keys = /* @__PURE__ */ keysOf(root);
