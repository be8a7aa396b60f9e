// Which cell of a page defines a name: help for the NameError of a cell that was run too early.

/**
 * The cell that binds `name` in the same session: the nearest one above `cell`, else the first below it.
 * Settings come from the `defines` and `session` attributes.
 */
export function definingCell(name: string, cell: Element): { cell: Element; above: boolean } | null {
  const session = cell.getAttribute("session");
  const others = [...document.querySelectorAll("py-cell")].filter(
    (other) =>
      other !== cell &&
      other.getAttribute("session") === session &&
      (other.getAttribute("defines") ?? "").split(/\s+/).includes(name),
  );
  const isAbove = (other: Element): boolean =>
    Boolean(cell.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_PRECEDING);
  const above = others.filter(isAbove).at(-1);
  if (above) return { cell: above, above: true };
  const below = others[0];
  return below ? { cell: below, above: false } : null;
}

/** A cell's caption, or its id where it has none. */
export function captionOf(cell: Element): string {
  return cell.getAttribute("title") || cell.id;
}
