// Two versions of a cell's code side by side, or where there is no room for that one below the other: CodeMirror's merge
// view, to read and to copy from.
import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { reading } from "../cell/editor";

export type Layout = "beside" | "below";

export interface Comparison {
  /** The learner's code has changed. */
  update(mine: string): void;
  destroy(): void;
}

/** Narrower than this, two columns of code cannot be read. In CSS pixels. */
const ROOM = 640;

const LABELS = { mine: WORDS.all.yourCode, solution: WORDS.all.aSolution };

/** Drawn anew when its room grows or shrinks past that; `laid` is told of each layout. */
export function compare(
  parent: HTMLElement,
  mine: string,
  solution: string,
  laid: (layout: Layout) => void,
): Comparison {
  let code = mine;
  let layout: Layout | null = null;
  let view: Comparison | null = null;
  const draw = (): void => {
    const room = parent.clientWidth;
    const wanted = room < ROOM ? "below" : "beside";
    if (wanted === layout || (view && !room)) return; // a page that is left has no room at all
    layout = wanted;
    view?.destroy();
    view = (layout === "below" ? below : beside)(parent, code, solution);
    laid(layout);
  };
  draw();
  // In a frame of its own: an observer that changes what it observes is an error of the page.
  const resized = new ResizeObserver(() => requestAnimationFrame(() => view && draw()));
  resized.observe(parent);
  return {
    update(changed) {
      code = changed;
      view?.update(code);
    },
    destroy() {
      resized.disconnect();
      view?.destroy();
      view = null;
    },
  };
}

function beside(parent: HTMLElement, mine: string, solution: string): Comparison {
  const view = new MergeView({
    a: { doc: mine, extensions: readOnly(LABELS.mine) },
    b: { doc: solution, extensions: readOnly(LABELS.solution) },
    parent,
    gutter: true,
  });
  return {
    update: (code) => view.a.dispatch({ changes: { from: 0, to: view.a.state.doc.length, insert: code } }),
    destroy: () => view.destroy(),
  };
}

/** The solution, with the learner's lines where they differ. */
function below(parent: HTMLElement, mine: string, solution: string): Comparison {
  const draw = (code: string): EditorView =>
    new EditorView({
      doc: solution,
      extensions: [readOnly(WORDS.exercise.compared), unifiedMergeView({ original: code, mergeControls: false })],
      parent,
    });
  let view = draw(mine);
  return {
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
