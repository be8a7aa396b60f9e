// What can be written next in the lesson's code: from the index of the libraries, made at build, and from Python itself.
import type { KnownName } from "../shared/protocol";

/** A name, and the module that it would be imported from. */
export type Named = KnownName & { from?: string };

/** What an editor asks of its cell. */
export interface Lesson {
  /** The code of all cells of the session: what they import is known to each of them. */
  code(): string;
  /** The members of a value in the namespace; null if Python is not there or busy. */
  names(path: string): Promise<KnownName[] | null>;
}

/** A module, or a class by its full name -> its members. */
export type Libraries = Record<string, KnownName[] | undefined>;

const INDEX = /* @__PURE__ */ new URL("names.json", import.meta.url);

let libraries: Promise<Libraries> | undefined;

/** Fetched when a learner types for the first time; one that does not come is asked for again at the next word. */
export function load(): Promise<Libraries> {
  libraries ??= fetch(INDEX)
    .then((answer) =>
      answer.ok ? (answer.json() as Promise<Libraries>) : Promise.reject(new Error(answer.statusText)),
    )
    .catch(() => {
      libraries = undefined;
      return {};
    });
  return libraries;
}

/** What a lesson calls them, also where no cell has imported them yet. */
const USUAL: [string, string][] = [
  ["np", "numpy"],
  ["plt", "matplotlib.pyplot"],
];

/** The names that imports in this code bind -> what they stand for, with all of its path. */
export function imports(code: string): Map<string, string> {
  const found = new Map(USUAL);
  for (const [, from = "", many = "", line = ""] of code.matchAll(
    /^[ \t]*from\s+([\w.]+)\s+import\s+(?:\(([^)]*)\)|([^\n#;]+))/gm,
  ))
    for (const [name, as] of parts(many || line)) found.set(as || name, `${from}.${name}`);
  for (const [, line = ""] of code.matchAll(/^[ \t]*import\s+([^\n#;]+)/gm)) {
    for (const [name, as] of parts(line)) {
      const first = name.split(".")[0] ?? name;
      found.set(as || first, as ? name : first);
    }
  }
  return found;
}

function parts(list: string): [name: string, as: string][] {
  const matches = list.replace(/#.*/g, "").matchAll(/([\w.]+)(?:\s+as\s+(\w+))?/g);
  return [...matches].map(([, name = "", as = ""]) => [name, as]);
}

/** What a path in the code leads to in the libraries, with all of its path; "" if it leads to none of them. */
export function inLibraries(path: string, code: string): string {
  const [first = "", ...rest] = path.split(".");
  const start = imports(code).get(first);
  return start === undefined ? "" : [start, ...rest].join(".");
}

/** Where Python cannot be asked: the class of a variable, by how the code makes it. */
export function madeBy(variable: string, code: string): string {
  if (new RegExp(`^[ \\t]*\\w+\\s*,\\s*${variable}\\s*=\\s*plt\\.subplots\\(`, "m").test(code))
    return "matplotlib.axes.Axes";
  const calls = [...code.matchAll(new RegExp(`^[ \\t]*${variable}\\s*=\\s*([A-Za-z_][\\w.]*)\\(`, "gm"))];
  const made = inLibraries(calls.at(-1)?.[1] ?? "", code);
  return made.startsWith("numpy.") ? "numpy.ndarray" : made;
}

/** What can follow a path and a dot. */
export async function membersOf(path: string, lesson: Lesson): Promise<KnownName[]> {
  const code = lesson.code();
  const known = await load();
  const found = inLibraries(path, code);
  const library = found && known[found];
  if (library) return library;
  const made = /^\w+$/.test(path) ? madeBy(path, code) : "";
  return (await lesson.names(path)) ?? ((made && known[made]) || []);
}

/** The modules that lie in a package; of "", all that can be imported. */
export async function modulesIn(path: string): Promise<KnownName[]> {
  return ((await load())[path] ?? []).filter(({ kind }) => kind === "module");
}

/** What a module has that can be imported from it. */
export function importable(module: string, lesson: Lesson): Promise<KnownName[]> {
  return membersOf(module, { ...lesson, code: () => `import ${module}` });
}

/** Names that need no path: the learner's own, what the page imports, what pylib has. */
export async function namesAtHand(lesson: Lesson): Promise<Named[]> {
  const known = await load();
  const found = new Map<string, Named>();
  for (const [module, names] of Object.entries(known)) {
    if (!/^pylib\.\w+$/.test(module)) continue;
    for (const name of names ?? []) if (name.kind !== "variable") found.set(name.name, { ...name, from: module });
  }
  for (const [name, path] of imports(lesson.code())) {
    const entry = lookUp(path, known) ?? { name, kind: path in known ? "module" : "variable" };
    found.set(name, { ...entry, name });
  }
  for (const name of (await lesson.names("")) ?? []) found.set(name.name, name);
  return [...found.values()];
}

/** What is called, by its path in the code; null if nobody knows it. */
export async function called(path: string, lesson: Lesson): Promise<KnownName | null> {
  const parent = path.split(".").slice(0, -1).join(".");
  const last = path.slice(path.lastIndexOf(".") + 1);
  const names = parent ? await membersOf(parent, lesson) : await namesAtHand(lesson);
  return names.find(({ name }) => name === last) ?? null;
}

function lookUp(path: string, known: Libraries): KnownName | undefined {
  const dot = path.lastIndexOf(".");
  return known[path.slice(0, Math.max(0, dot))]?.find(({ name }) => name === path.slice(dot + 1));
}

/** The parameters of a signature such as "(x, /, y=(1, 2), *, z)", one text each. */
export function parametersOf(signature: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let text = "";
  for (const letter of signature.slice(1, -1)) {
    if ("([{".includes(letter)) depth += 1;
    if (")]}".includes(letter)) depth -= 1;
    if (letter === "," && !depth) {
      found.push(text.trim());
      text = "";
    } else text += letter;
  }
  if (text.trim()) found.push(text.trim());
  return found;
}

/** Which parameter is written: by its name, else by its place; -1 if there is none. */
export function parameterAt(parameters: string[], place: number, name: string): number {
  const names = parameters.map(nameOf);
  if (name) return names.indexOf(name);
  const end = parameters.findIndex((text) => text.startsWith("*"));
  const positional = (end < 0 ? parameters : parameters.slice(0, end)).filter((text) => text !== "/");
  const wanted = positional[place];
  if (wanted !== undefined) return parameters.indexOf(wanted);
  return end >= 0 && /^\*\w/.test(parameters[end] ?? "") ? end : -1;
}

/** "lr" of "lr=0.1" and of "*lr". */
export function nameOf(parameter: string): string {
  return /^\**(\w*)/.exec(parameter)?.[1] ?? "";
}
