// CodeMirror for the comparison: the editor's own, because two of them on a page do not know each other. bundle.py puts
// this in the place of CodeMirror's packages where the comparison names them; a name that is missing stops the build.
import { loadEditor } from "../cell/load-editor";

const editor = await loadEditor();

export const { reading } = editor;

export const {
  ChangeSet,
  Compartment,
  Decoration,
  EditorSelection,
  EditorState,
  EditorView,
  Facet,
  GutterMarker,
  Prec,
  RangeSet,
  RangeSetBuilder,
  StateEffect,
  StateField,
  StyleModule,
  Text,
  ViewPlugin,
  WidgetType,
  gutter,
  highlightTree,
  highlightingFor,
  language,
} = editor.lent;
