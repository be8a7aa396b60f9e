// Two versions of a cell's code side by side, or where there is no room for that one below the other: CodeMirror's merge
// view, to read and to copy from.
import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { reading } from "../cell/editor";

export interface Comparison {
  layout: "beside" | "below";
  /** The learner's code has changed. */
  update(mine: string): void;
  destroy(): void;
}

/** Narrower than this, two columns of code cannot be read. In CSS pixels. */
const ROOM = 640;

const LABELS = { mine: "Your code", solution: "A solution" };

export function compare(parent: HTMLElement, mine: string, solution: string): Comparison {
  return parent.clientWidth < ROOM ? below(parent, mine, solution) : beside(parent, mine, solution);
}

function beside(parent: HTMLElement, mine: string, solution: string): Comparison {
  const view = new MergeView({
    a: { doc: mine, extensions: readOnly(LABELS.mine) },
    b: { doc: solution, extensions: readOnly(LABELS.solution) },
    parent,
    gutter: true,
  });
  return {
    layout: "beside",
    update: (code) => view.a.dispatch({ changes: { from: 0, to: view.a.state.doc.length, insert: code } }),
    destroy: () => view.destroy(),
  };
}

/** The solution, with the learner's lines where they differ. */
function below(parent: HTMLElement, mine: string, solution: string): Comparison {
  const draw = (code: string): EditorView =>
    new EditorView({
      doc: solution,
      extensions: [
        readOnly("A solution; your lines that differ stand above its own"),
        unifiedMergeView({ original: code, mergeControls: false }),
      ],
      parent,
    });
  let view = draw(mine);
  return {
    layout: "below",
    update(code) {
      view.destroy();
      view = draw(code);
    },
    destroy: () => view.destroy(),
  };
}

function readOnly(label: string): Extension {
  return [
    reading(),
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    EditorView.contentAttributes.of({ role: "textbox", "aria-label": label, "aria-readonly": "true", tabindex: "0" }),
  ];
}
