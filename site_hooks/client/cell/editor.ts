// The code editor of a cell: CodeMirror 6 for Python, coloured by the page's own custom properties.
import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  completionKeymap,
  insertBracket,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentMore, indentWithTab, isolateHistory } from "@codemirror/commands";
import { pythonLanguage } from "@codemirror/lang-python";
import {
  HighlightStyle,
  bracketMatching,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
  syntaxTree,
} from "@codemirror/language";
import {
  Compartment,
  EditorState,
  type Extension,
  Prec,
  RangeSet,
  StateEffect,
  StateField,
  Transaction,
} from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  GutterMarker,
  gutterLineClass,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { cleanCode, cleanKey } from "./clean-code";
import { mountStylesAsSheet } from "./editor-styles";

// What editor-help.ts and practice/comparison.ts take from here: see HOSTS in bundle.py. A script does not load where a
// name is missing.
export { globalCompletion, localCompletionSource, pythonLanguage } from "@codemirror/lang-python";
export { codeFolding, foldGutter, foldKeymap, highlightingFor, language, syntaxTree } from "@codemirror/language";
export {
  ChangeSet,
  CharCategory,
  codePointAt,
  codePointSize,
  combineConfig,
  Compartment,
  EditorSelection,
  EditorState,
  Facet,
  findClusterBreak,
  fromCodePoint,
  Prec,
  RangeSet,
  RangeSetBuilder,
  StateEffect,
  StateField,
  Text,
} from "@codemirror/state";
export {
  Decoration,
  EditorView,
  getDialog,
  getPanel,
  gutter,
  GutterMarker,
  keymap,
  runScopeHandlers,
  showDialog,
  showPanel,
  showTooltip,
  ViewPlugin,
  WidgetType,
} from "@codemirror/view";
export { highlightTree } from "@lezer/highlight";
export { StyleModule } from "style-mod";

mountStylesAsSheet();

/** Columns of a level of indentation. */
const TAB = 4;

export interface EditorOptions {
  parent: HTMLElement;
  code: string;
  /** A state that an earlier editor of this cell left: code, undo history, cursor. */
  state: EditorState | null;
  label: string;
  /** Id of the element that says how to leave the editor. */
  describedBy: string;
  /** Asked for when the editor has the focus. */
  help(): Promise<Help>;
  onChange(code: string): void;
  onRun(andMove: boolean): void;
  onFocus(has: boolean): void;
  /** Tab was pressed, or Esc: then Tab `leaves` the editor, until something is typed. */
  onTab(leaves: boolean): void;
  /** A pasted text was cleaned, in words; null when that was undone. `asItWas` puts the text there as it came. */
  onPaste(cleaned: { changes: string[]; asItWas(): void } | null): void;
}

export interface Editor {
  readonly state: EditorState;
  code(): string;
  /** Undoable, as if typed. */
  setCode(code: string): void;
  /** A control moves: it puts a text in the place of another one. What it does until rested() is undone in one step. */
  replace(from: number, to: number, text: string): void;
  rested(): void;
  /** Marks a 1-based line as the one that failed; null takes the mark away. */
  markLine(line: number | null): void;
  /** Puts the cursor there. */
  showLine(line: number): void;
  focus(): void;
  /** Opens the search panel, if search is here. */
  search(): void;
  destroy(): void;
}

/** What a learner who is in the editor is helped with. */
export type Help = { extension: Extension; search(view: EditorView): boolean } | null;

export function createEditor(options: EditorOptions): Editor {
  const state = options.state ?? EditorState.create({ doc: options.code, extensions: setUp(options) });
  const view = new EditorView({ state, parent: options.parent });
  const bring = once(options.help);
  const help = async (): Promise<Help> => {
    const brought = await bring();
    if (brought && !filled(room.get(view.state))) view.dispatch({ effects: room.reconfigure(brought.extension) });
    return brought;
  };
  if (view.hasFocus) void help();
  view.contentDOM.addEventListener("focus", () => void help());
  /** When the control that has not rested yet began to move. */
  let moving = 0;
  return {
    get state() {
      return view.state;
    },
    code: () => view.state.doc.toString(),
    setCode(code) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: code } });
    },
    replace(from, to, text) {
      // The history joins what touches and has one time.
      const annotations = moving ? [Transaction.time.of(moving)] : [isolateHistory.of("before")];
      const transaction = view.state.update({ changes: { from, to, insert: text }, annotations });
      moving ||= transaction.annotation(Transaction.time)!;
      view.dispatch(transaction);
    },
    rested() {
      moving = 0;
      view.dispatch({ annotations: isolateHistory.of("after") });
    },
    markLine(line) {
      view.dispatch({ effects: markLine.of(line) });
    },
    showLine(line) {
      const { from } = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
      view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
      view.focus();
    },
    focus: () => view.focus(),
    search: () => void help().then((brought) => brought?.search(view)),
    destroy: () => view.destroy(),
  };
}

/** Where the help goes. */
const room = new Compartment();

function filled(extension: Extension | undefined): boolean {
  return !Array.isArray(extension) || extension.length > 0;
}

/** One that brought nothing is called again. */
function once<T>(make: () => Promise<T | null>): () => Promise<T | null> {
  let made: Promise<T | null> | undefined;
  return async () => {
    const found = await (made ??= make());
    if (!found) made = undefined;
    return found;
  };
}

function setUp(options: EditorOptions): Extension[] {
  const run =
    (andMove: boolean) =>
    (view: EditorView): boolean => {
      closeCompletion(view);
      options.onRun(andMove);
      return true;
    };
  return [
    Prec.highest(
      keymap.of([
        { key: "Shift-Enter", run: run(true) },
        { key: "Mod-Enter", run: run(false) },
      ]),
    ),
    lineNumbers(),
    failedLine,
    history(),
    pythonLanguage,
    indentUnit.of(" ".repeat(TAB)),
    EditorState.tabSize.of(TAB),
    indentOnInput(),
    bracketMatching(),
    completion,
    room.of([]),
    leaveByTab(options),
    cleaning(options),
    closeBrackets(),
    keymap.of([...closeBracketsKeymap, ...historyKeymap, ...defaultKeymap, { ...indentWithTab, run: tab }]),
    syntaxHighlighting(colours),
    look,
    EditorView.contentAttributes.of({
      "aria-label": options.label,
      "aria-describedby": options.describedBy,
      // Screen readers and checkers count it among what can be focused and so scrolled.
      tabindex: "0",
      autocapitalize: "off",
      spellcheck: "false",
    }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) options.onChange(update.state.doc.toString());
    }),
  ];
}

/** Code as the editor shows it, to read. */
export function reading(): Extension[] {
  return [pythonLanguage, EditorState.tabSize.of(TAB), lineNumbers(), syntaxHighlighting(colours), look];
}

/** Before a line's first word, and with a selection, Tab indents; behind it, it fills up to the next stop. */
function tab(view: EditorView): boolean {
  const { head, empty } = view.state.selection.main;
  const line = view.state.doc.lineAt(head);
  const before = line.text.slice(0, head - line.from);
  if (!empty || !before.trim()) return indentMore(view);
  view.dispatch(view.state.replaceSelection(" ".repeat(TAB - (before.length % TAB))));
  return true;
}

/** Enter is a new line whether names are offered or not; Tab takes one, before a snippet's own Tab. */
const completion: Extension = [
  autocompletion({ defaultKeymap: false }),
  Prec.highest(
    keymap.of([{ key: "Tab", run: acceptCompletion }, ...completionKeymap.filter(({ key }) => key !== "Enter")]),
  ),
];

/** Tab indents; after Esc it leaves the editor, however long the learner takes, until something else is typed. */
function leaveByTab({ onTab, onFocus }: EditorOptions): Extension {
  let leaving = false;
  const turn = (view: EditorView, leaves: boolean): false => {
    leaving = leaves;
    view.setTabFocusMode(leaves);
    onTab(leaves);
    return false;
  };
  return [
    keymap.of([
      { key: "Escape", run: (view) => turn(view, true) },
      { key: "Tab", run: (view) => turn(view, false) },
    ]),
    EditorView.domEventHandlers({ blur: (_, view) => leaving && turn(view, false) }),
    EditorView.updateListener.of(({ docChanged, focusChanged, view }) => {
      if (leaving && docChanged) turn(view, false);
      if (focusChanged) onFocus(view.hasFocus);
    }),
  ];
}

/** What is pasted or dropped is cleaned, and can be had as it was; typed quotes and spaces are Python's own at once. */
function cleaning({ onPaste }: EditorOptions): Extension {
  let cleaned: { raw: string; changes: string[] } | null = null;
  let place: { from: number; to: number } | null = null;
  const asItWas = (view: EditorView, raw: string): void => {
    if (place) view.dispatch({ changes: { ...place, insert: raw }, userEvent: "input" });
    place = null;
    view.focus();
  };
  return [
    EditorView.clipboardInputFilter.of((raw, state) => {
      const { code, changes } = cleanCode(raw, isInText(state), isAtTop(state));
      cleaned = changes.length ? { raw, changes } : null;
      return code;
    }),
    EditorView.updateListener.of((update) => {
      if (!update.docChanged) return;
      const { raw = "", changes = [] } = cleaned ?? {};
      cleaned = null;
      if (place && update.transactions.some((transaction) => transaction.isUserEvent("undo"))) {
        place = null;
        onPaste(null);
      }
      if (place) place = { from: update.changes.mapPos(place.from, 1), to: update.changes.mapPos(place.to, -1) };
      if (!changes.length) return;
      update.changes.iterChanges((_fromA, _toA, from, to) => (place = { from, to }));
      onPaste({ changes, asItWas: () => asItWas(update.view, raw) });
    }),
    EditorView.inputHandler.of((view, from, to, text) => {
      const plain = text.length === 1 && !view.composing ? cleanKey(text, isInText(view.state)) : text;
      if (plain === text) return false;
      view.dispatch(
        insertBracket(view.state, plain) ??
          view.state.update({
            changes: { from, to, insert: plain },
            selection: { anchor: from + plain.length },
            userEvent: "input.type",
          }),
      );
      return true;
    }),
  ];
}

/** The cursor stands where a line begins that belongs to no block. */
function isAtTop(state: EditorState): boolean {
  const { from } = state.selection.main;
  const before = state.sliceDoc(0, from);
  const line = before.slice(before.lastIndexOf("\n") + 1);
  const last = /[^\n]*\S[^\n]*$/.exec(before.slice(0, from - line.length).trimEnd())?.[0] ?? "";
  return !line && !/^\s|:\s*(?:#.*)?$/.test(last);
}

/** The cursor stands in a string or a comment. */
function isInText(state: EditorState): boolean {
  const { from } = state.selection.main;
  const tree = syntaxTree(state);
  return /String|Escape/.test(tree.resolveInner(from, 0).name) || tree.resolveInner(from, -1).name === "Comment";
}

const markLine = StateEffect.define<number | null>();

class FailedMarker extends GutterMarker {
  override elementClass = "cm-failedLine";
}
const failedDecoration = Decoration.line({ class: "cm-failedLine" });
const failedMarker = new FailedMarker();

/** The mark of the line that failed; the first edit takes it away. */
const failedLine = StateField.define<{ line: DecorationSet; gutter: RangeSet<GutterMarker> }>({
  create: () => ({ line: Decoration.none, gutter: RangeSet.empty }),
  update(value, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(markLine)) continue;
      const { doc } = transaction.state;
      if (effect.value === null || effect.value < 1 || effect.value > doc.lines) return failedLineNone;
      const { from } = doc.line(effect.value);
      return {
        line: Decoration.set([failedDecoration.range(from)]),
        gutter: RangeSet.of([failedMarker.range(from)]),
      };
    }
    return transaction.docChanged ? failedLineNone : value;
  },
  provide: (field) => [
    EditorView.decorations.from(field, (value) => value.line),
    gutterLineClass.from(field, (value) => value.gutter),
  ],
});
const failedLineNone = { line: Decoration.none, gutter: RangeSet.empty };

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword], color: "var(--cell-keyword)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--cell-string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--cell-number)" },
  { tag: tags.comment, color: "var(--cell-quiet)", fontStyle: "italic" },
  {
    tag: [tags.function(tags.variableName), tags.function(tags.definition(tags.variableName)), tags.className],
    color: "var(--cell-function)",
  },
  { tag: [tags.operator, tags.punctuation, tags.bracket], color: "var(--cell-quiet)" },
]);

const look = EditorView.theme({
  "&": { color: "var(--cell-ink)", backgroundColor: "transparent", fontSize: "inherit" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--cell-mono)", lineHeight: "var(--cell-line)", overflowX: "auto" },
  ".cm-content": { padding: "var(--cell-pad) 0", caretColor: "var(--cell-ink)" },
  ".cm-line": { padding: "0 var(--cell-pad) 0 0.5em" },
  ".cm-gutters": {
    backgroundColor: "var(--cell-code-paper)",
    color: "var(--cell-quiet)",
    border: "none",
    userSelect: "none",
  },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "2.75em", padding: "0 0.75em 0 0" },
  ".cm-gutterElement.cm-failedLine": { color: "var(--cell-bad)", fontWeight: "700" },
  ".cm-line.cm-failedLine": {
    backgroundColor: "var(--cell-bad-paper)",
    boxShadow: "inset 3px 0 var(--cell-bad)",
  },
  "&.cm-focused .cm-matchingBracket, .cm-matchingBracket": {
    backgroundColor: "var(--cell-match)",
    borderRadius: "2px",
  },
  ".cm-tooltip": {
    backgroundColor: "var(--cell-paper)",
    color: "var(--cell-ink)",
    border: "1px solid var(--cell-edge)",
    borderRadius: "6px",
    overflow: "hidden",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--cell-mono)", fontSize: "0.9em" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--cell-action)",
    color: "var(--cell-paper)",
  },
});
