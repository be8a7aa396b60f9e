// Brings what a page needs that another site shows in a frame: its address asks for it with "?embed", which the page's
// own first script has written on <html> (theme/partials/early.html).
import { cellOf } from "../cell/cell";
import { eachPage } from "../page/material";
import { root } from "../shared/site";

/** Called once. Without that script the page is shown as it is elsewhere. */
export function followEmbed(): void {
  const { dataset } = document.documentElement;
  if (dataset["embed"] === undefined) return;
  import("./embed").then(({ start }) => start({ cellOf, eachPage, root })).catch(() => delete dataset["embed"]);
}
