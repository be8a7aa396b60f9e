// The code editor of a cell: CodeMirror 6 for Python, coloured by the page's own custom properties.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { HighlightStyle, bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState, type Extension, Prec, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  GutterMarker,
  gutterLineClass,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { RangeSet } from "@codemirror/state";
import { tags } from "@lezer/highlight";

export interface EditorOptions {
  parent: HTMLElement;
  code: string;
  /** A state that an earlier editor of this cell left: code, undo history, cursor. */
  state: EditorState | null;
  label: string;
  /** Id of the element that says how to leave the editor. */
  describedBy: string;
  onChange(code: string): void;
  onRun(andMove: boolean): void;
}

export interface Editor {
  readonly state: EditorState;
  code(): string;
  /** Undoable, as if typed. */
  setCode(code: string): void;
  /** Marks a 1-based line as the one that failed; null takes the mark away. */
  markLine(line: number | null): void;
  /** Puts the cursor there. */
  showLine(line: number): void;
  focus(): void;
  destroy(): void;
}

export function createEditor(options: EditorOptions): Editor {
  const state = options.state ?? EditorState.create({ doc: options.code, extensions: setUp(options) });
  const view = new EditorView({ state, parent: options.parent });
  return {
    get state() {
      return view.state;
    },
    code: () => view.state.doc.toString(),
    setCode(code) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: code } });
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
    destroy: () => view.destroy(),
  };
}

function setUp(options: EditorOptions): Extension[] {
  const run = (andMove: boolean) => (): boolean => {
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
    python(),
    indentUnit.of("    "),
    EditorState.tabSize.of(4),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    autocompletion(),
    leaveByTab,
    keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap, indentWithTab]),
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

/** Tab indents; after Esc it leaves the editor, however long the learner takes, until something else is typed. */
const leaveByTab: Extension = [
  keymap.of([
    {
      key: "Escape",
      run(view) {
        view.setTabFocusMode(true);
        return false;
      },
    },
  ]),
  EditorView.updateListener.of((update) => {
    if (update.docChanged || (update.focusChanged && !update.view.hasFocus)) update.view.setTabFocusMode(false);
  }),
];

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
