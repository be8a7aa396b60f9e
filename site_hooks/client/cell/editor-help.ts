// What an editor gets once a learner is in it: names and parameters of the lesson, search, folding.
//
// A script of its own, so that pages are read without it. It takes CodeMirror from the editor's script: bundle.py.
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { globalCompletion, localCompletionSource, pythonLanguage } from "@codemirror/lang-python";
import { codeFolding, foldGutter, foldKeymap, syntaxTree } from "@codemirror/language";
import { closeSearchPanel, findNext, findPrevious, openSearchPanel, search } from "@codemirror/search";
import { EditorState, type Extension, StateEffect, StateField } from "@codemirror/state";
import { EditorView, keymap, showTooltip, type Tooltip, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import { make } from "../page/dom";
import type { KnownName } from "../shared/protocol";
import {
  called,
  importable,
  type Lesson,
  membersOf,
  modulesIn,
  type Named,
  nameOf,
  namesAtHand,
  parameterAt,
  parametersOf,
} from "./lesson-names";
import { fill } from "../shared/words";

export { openSearchPanel };

/** CodeMirror's own words for what is heard or seen in an editor. */
const PHRASES = {
  Find: WORDS.editor.find,
  Replace: WORDS.editor.replace,
  Completions: WORDS.editor.completions,
  "current match": WORDS.editor.match,
  "on line": WORDS.editor.onLine,
  "replaced $ matches": WORDS.editor.replacedAll,
  "replaced match on line $": WORDS.editor.replaced,
  "Selection deleted": WORDS.editor.deleted,
  "folded code": WORDS.editor.folded,
  unfold: WORDS.editor.unfold,
  next: WORDS.editor.next,
  previous: WORDS.editor.previous,
  all: WORDS.editor.all,
  "match case": WORDS.editor.case,
  regexp: WORDS.editor.pattern,
  "by word": WORDS.editor.words,
  replace: WORDS.editor.replace,
  "replace all": WORDS.editor.replaceAll,
  close: WORDS.all.close,
};

export function editorHelp(lesson: Lesson): Extension {
  // Words that cell.css shows.
  for (const [name, words] of Object.entries({ takes: WORDS.editor.takes, taps: WORDS.editor.taps }))
    document.documentElement.style.setProperty(`--cell-${name}`, JSON.stringify(words));
  return [
    pythonLanguage.data.of({ autocomplete: (context: CompletionContext) => complete(context, lesson) }),
    parameters(lesson),
    search({ top: true }),
    EditorState.phrases.of(PHRASES),
    codeFolding(),
    foldGutter({ markerDOM: foldMark }),
    keymap.of([
      { key: "Mod-f", run: openSearchPanel, scope: "editor search-panel" },
      { key: "F3", run: findNext, shift: findPrevious, scope: "editor search-panel", preventDefault: true },
      { key: "Escape", run: closeSearchPanel, scope: "search-panel" },
      ...foldKeymap,
    ]),
  ];
}

function foldMark(open: boolean): HTMLElement {
  return make("span", { title: open ? WORDS.editor.fold : WORDS.editor.unfold }, open ? "⌄" : "›");
}

// Names.

const KINDS: Record<KnownName["kind"], string> = {
  function: "function",
  class: "class",
  module: "namespace",
  property: "property",
  variable: "variable",
};

/** Python's own words: one that is written out is meant, and not the beginning of another. */
const KEYWORDS = new Set(
  `and as assert async await break case class continue def del elif else except False finally for from global if import in
  is lambda match None nonlocal not or pass raise return True try while with yield`.split(/\s+/),
);
const MODULE = /^\s*(?:from\s+|import\s+(?:[\w.]+(?:\s+as\s+\w+)?\s*,\s*)*)([\w.]*)$/;
const IMPORTED = /(?:^|\n)[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]+(?:\(((?:[\w\s,]|#[^\n]*\n)*)|([\w \t,]*))$/;
/** Characters before the cursor that an import may take. */
const REACH = 2000;

async function complete(context: CompletionContext, lesson: Lesson): Promise<CompletionResult | null> {
  const { state, pos } = context;
  const node = syntaxTree(state).resolveInner(pos, -1);
  if (/String|Comment|Number/.test(node.name)) return null;
  const word = context.matchBefore(/\w*/);
  if (!word) return null;
  const options = await namesFor(context, lesson, word);
  const isWhole = options.some(({ label }) => label === word.text);
  const isOffered = ({ label, apply }: Completion): boolean =>
    label.startsWith(word.text) && (label !== word.text || apply !== undefined || !KEYWORDS.has(label));
  const left = isWhole || KEYWORDS.has(word.text) ? options.filter(isOffered) : options;
  if (left.every(({ label, apply }) => label === word.text && apply === undefined)) return null;
  const whole = new Set(left.map(({ label }) => label));
  const isBegun = (text: string): boolean => /^\w*$/.test(text) && !whole.has(text) && !KEYWORDS.has(text);
  return { from: word.from, options: left, validFor: isBegun };
}

/** What may stand where the cursor is; nothing where a new name is made. */
async function namesFor(
  context: CompletionContext,
  lesson: Lesson,
  word: { from: number; text: string },
): Promise<Completion[]> {
  const { state, pos } = context;
  const line = state.doc.lineAt(pos);
  const before = state.sliceDoc(line.from, pos);
  if (/\b(?:def|class|as)\s+\w*$/.test(before)) return [];
  const module = MODULE.exec(before)?.[1];
  if (module !== undefined) {
    const modules = await modulesIn(module.slice(0, Math.max(0, module.lastIndexOf("."))));
    // What the lesson is about comes before the rest of Python's own.
    return modules.map((entry) => ({ ...option(entry), boost: entry.doc ? 1 : 0 }));
  }
  const [, from = "", many, few = ""] = IMPORTED.exec(state.sliceDoc(Math.max(0, pos - REACH), pos)) ?? [];
  if (from) {
    const had = new Set((many ?? few).split(/\W+/).slice(0, -1));
    return (await importable(from, lesson)).filter(({ name }) => !had.has(name)).map(option);
  }
  const path = context.matchBefore(/(?:[A-Za-z_]\w*\.)+\w*/);
  if (path) return (await membersOf(path.text.slice(0, path.text.lastIndexOf(".")), lesson)).map(option);
  if (state.sliceDoc(word.from - 1, word.from) === "." || (!word.text && !context.explicit)) return [];
  return [...(await argumentsAt(state, word.from, lesson)), ...(await plainNames(context, lesson, word))];
}

/** The learner's own as Python has them, else as the code has them; then Python's. No name stands there twice. */
async function plainNames(
  context: CompletionContext,
  lesson: Lesson,
  word: { from: number; text: string },
): Promise<Completion[]> {
  const options = (await namesAtHand(lesson)).map(option);
  const known = new Set(options.map(({ label }) => label));
  const { doc } = context.state;
  const others = doc.sliceString(0, word.from) + doc.sliceString(context.pos);
  const isNew = ({ label }: Completion): boolean => !known.has(label) && !!known.add(label);
  // The word that is being written is no name yet, unless it stands elsewhere too.
  const isElsewhere = ({ label }: Completion): boolean =>
    label !== word.text || new RegExp(`\\b${label}\\b`).test(others);
  options.push(...((await localCompletionSource(context))?.options ?? []).filter(isElsewhere).filter(isNew));
  const pythons = (await globalCompletion(context))?.options ?? [];
  return [...options, ...pythons.filter((one) => one.apply !== undefined || isNew(one))];
}

async function argumentsAt(state: EditorState, pos: number, lesson: Lesson): Promise<Completion[]> {
  const call = callAt(state, pos);
  if (!call || call.name) return [];
  const entry = await called(call.callee, lesson);
  return parametersOf(entry?.detail ?? "").flatMap((parameter) => {
    const name = nameOf(parameter);
    if (!name || parameter.startsWith("*")) return [];
    return [{ label: `${name}=`, type: "property", boost: 50, ...info(entry?.params?.[name]) }];
  });
}

function option(entry: Named): Completion {
  const { name, kind, detail, doc, from } = entry;
  return {
    label: name,
    type: KINDS[kind],
    ...(from ? { detail: from } : kind === "variable" && detail ? { detail } : {}),
    ...info(doc, kind === "variable" ? "" : `${name}${detail ?? ""}`),
  };
}

function info(words: string | undefined, signature = ""): Partial<Completion> {
  if (!words && !signature) return {};
  return {
    info: () => make("div", {}, ...(signature ? [make("code", {}, signature)] : []), make("p", {}, words ?? "")),
  };
}

// Parameters.

interface Call {
  callee: string;
  /** Behind its opening parenthesis. */
  from: number;
  /** Of the argument that is written: how many are before it, and its name if it has one. */
  place: number;
  name: string;
}

/** The innermost call whose parentheses are around a position. */
export function callAt(state: EditorState, pos: number): Call | null {
  for (let node = syntaxTree(state).resolveInner(pos, -1) as ReturnType<typeof up>; node; node = up(node)) {
    if (node.name !== "ArgList" || pos <= node.from) continue;
    const isClosed = state.sliceDoc(node.to - 1, node.to) === ")";
    if (isClosed && pos >= node.to) continue;
    const call = node.parent;
    const callee = call && state.sliceDoc(call.from, node.from).trim();
    if (!callee || !/^[A-Za-z_][\w.]*$/.test(callee)) continue;
    let place = 0;
    let start = node.from + 1;
    for (let child = node.firstChild; child && child.to <= pos; child = child.nextSibling) {
      if (child.name !== ",") continue;
      place += 1;
      start = child.to;
    }
    const name = /^\s*(\w+)\s*=(?!=)/.exec(state.sliceDoc(start, pos))?.[1] ?? "";
    return { callee, from: node.from + 1, place, name };
  }
  return null;
}

function up(node: ReturnType<ReturnType<typeof syntaxTree>["resolveInner"]>) {
  return node.parent;
}

interface Shown {
  call: Call;
  entry: KnownName;
}

const setShown = StateEffect.define<Shown | null>();

const shownField = StateField.define<Shown | null>({
  create: () => null,
  update(value, { effects }) {
    for (const effect of effects) if (effect.is(setShown)) value = effect.value;
    return value;
  },
  provide: (field) =>
    showTooltip.compute([field, "selection"], (state) => {
      const shown = state.field(field);
      return shown && tooltip(shown, state.selection.main.head);
    }),
});

function tooltip({ call, entry }: Shown, pos: number): Tooltip {
  const { words, at, texts } = said(call, entry);
  const shown = texts.flatMap((text, place) => [
    ...(place ? [", "] : []),
    place === at ? make("mark", {}, text) : text,
  ]);
  const code = make("code", {}, `${entry.name}(`, ...shown, ")");
  const dom = make(
    "div",
    { class: "cm-parameters", "aria-hidden": "true" },
    code,
    ...(words ? [make("p", {}, words)] : []),
  );
  return { pos, above: true, create: () => ({ dom }) };
}

function said(call: Call, entry: KnownName): { words: string; at: number; texts: string[]; spoken: string } {
  const texts = parametersOf(entry.detail ?? "");
  const at = parameterAt(texts, call.place, call.name);
  const own = nameOf(texts[at] ?? "");
  const words = entry.params?.[own] ? `${own}: ${entry.params[own]}` : (entry.doc ?? "");
  return {
    words,
    at,
    texts,
    spoken: `${entry.name}, ${own ? fill(WORDS.editor.parameter, { name: texts[at]! }) : ""}. ${words}`,
  };
}

/** Shown while a call is typed, or when it is asked for; it goes with the call, with Esc, and with the focus. */
function parameters(lesson: Lesson): Extension {
  const plugin = ViewPlugin.fromClass(
    class {
      #asked = 0;
      #spoken = "";

      constructor(readonly view: EditorView) {}

      update(update: ViewUpdate): void {
        const isOpen = update.state.field(shownField) !== null;
        const isTyped = update.transactions.some((one) => one.isUserEvent("input") || one.isUserEvent("delete"));
        if (update.focusChanged && !this.view.hasFocus) this.close();
        else if (isTyped || (isOpen && (update.selectionSet || update.docChanged))) this.look();
      }

      look(): boolean {
        const call = callAt(this.view.state, this.view.state.selection.main.head);
        const asked = ++this.#asked;
        if (call) void called(call.callee, lesson).then((entry) => asked === this.#asked && this.#show(call, entry));
        else this.close();
        return call !== null;
      }

      #show(call: Call, entry: KnownName | null): void {
        if (!entry?.detail?.startsWith("(")) return this.close();
        const { spoken } = said(call, entry);
        const tells = spoken === this.#spoken ? [] : [EditorView.announce.of(spoken)];
        this.#spoken = spoken;
        this.view.dispatch({ effects: [setShown.of({ call, entry }), ...tells] });
      }

      close(): void {
        this.#asked += 1;
        this.#spoken = "";
        // Not while the view is updated.
        queueMicrotask(() => {
          if (this.view.state.field(shownField, false)) this.view.dispatch({ effects: setShown.of(null) });
        });
      }
    },
  );
  return [
    shownField,
    plugin,
    keymap.of([
      { key: "Mod-Shift-Space", run: (view) => view.plugin(plugin)?.look() ?? false },
      {
        key: "Escape",
        run: (view) => {
          view.plugin(plugin)?.close();
          return false; // Esc, then Tab, leaves the editor whatever is shown.
        },
      },
    ]),
  ];
}
