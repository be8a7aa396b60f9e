// Makes nodes of SVG.

const SVG = "http://www.w3.org/2000/svg";

export function svg<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Record<string, string | number> = {},
  ...children: Node[]
): SVGElementTagNameMap[Name] {
  const node = document.createElementNS(SVG, name);
  set(node, attributes);
  node.append(...children);
  return node;
}

export function set(node: Element, attributes: Record<string, string | number>): void {
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
}
