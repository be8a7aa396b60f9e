// Formulas as MathML, which browsers set themselves and screen readers read.
import type { Node } from "./record";
import { KEY } from "./view";

const MATHML = "http://www.w3.org/1998/Math/MathML";

/** Ready to be put into a page. */
export function math(node: Node): Element {
  const made = make("math", make("mrow", ...drawn(node)));
  made.setAttribute("displaystyle", "true");
  return made;
}

function make(name: string, ...children: (Element | string)[]): Element {
  const element = document.createElementNS(MATHML, name);
  element.append(...children);
  return element;
}

function drawn(node: Node): Element[] {
  const [first, ...rest] = draw(node);
  if (!first) return [];
  if (!node.key) return [first, ...rest];
  const one = rest.length ? make("mrow", first, ...rest) : first;
  one.setAttribute(KEY, node.key);
  return [one];
}

function draw(node: Node): Element[] {
  const of = node.of ?? [];
  switch (node.kind) {
    case "name":
      return [letter(node)];
    case "text":
      return [sign(node)];
    case "row":
      return row(of);
    case "fence":
      return [make("mrow", make("mo", node.text?.[0] ?? "("), ...of.flatMap(drawn), make("mo", node.text?.[1] ?? ")"))];
    case "call":
      return [make("mrow", word(node.text ?? ""), ...of.flatMap(drawn))];
    case "sup":
      return [make("msup", ...of.map(one))];
    case "frac":
      return [make("mfrac", ...of.map(one))];
    case "root":
      return [make("msqrt", ...of.map(one))];
  }
}

function one(node: Node): Element {
  return make("mrow", ...drawn(node));
}

/** What is multiplied stands side by side, with a little room. */
function row(of: readonly Node[]): Element[] {
  return of.flatMap((node, place) => {
    const before = of[place - 1];
    const isFactor = (part: Node | undefined): boolean =>
      part !== undefined && (part.kind !== "text" || isNumber(part));
    if (!isFactor(before) || !isFactor(node)) return drawn(node);
    const room = make("mspace");
    room.setAttribute("width", "0.17em");
    return [room, ...drawn(node)];
  });
}

function isNumber({ text }: Node): boolean {
  return /^[\d.]/.test(text ?? "");
}

function letter({ text, hat, sub, upright }: Node): Element {
  let made = upright ? word(text ?? "") : make("mi", text ?? "");
  if (hat) {
    made = make("mover", made, make("mo", "^"));
    made.setAttribute("accent", "true");
  }
  if (!sub) return made;
  return make("msub", made, /^[\d.]+$/.test(sub) ? make("mn", sub) : word(sub));
}

function word(text: string): Element {
  const made = make("mi", text);
  made.setAttribute("mathvariant", "normal");
  return made;
}

function sign(node: Node): Element {
  const text = node.text ?? "";
  if (node.words) return make("mtext", `\u00a0${text}\u00a0`);
  return make(isNumber(node) ? "mn" : "mo", text);
}
