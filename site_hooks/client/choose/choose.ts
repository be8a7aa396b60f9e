// What asks questions, with its looks. It comes to pages that have some: see door.ts.
import { style } from "../practice/styles";
import { DecisionTree } from "./decision-tree";
import { SectionChooser } from "./section-chooser";

void style("choose").then(() => {
  customElements.define("section-chooser", SectionChooser);
  customElements.define("decision-tree", DecisionTree);
  // What they hide stood above the place that the address names.
  document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
});
