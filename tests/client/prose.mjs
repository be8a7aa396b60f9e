// Prints the string literals of the client that read like words for people: {file: [[line, text]...]} as JSON.
// Types, imports, names of classes and selectors are none, nor what is thrown or written to the console.
import { readdirSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { SyntaxKind as Kind } from "typescript/unstable/ast";
import { API } from "typescript/unstable/sync";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
// Another project to look at: a folder with a tsconfig.json.
const [, , other] = process.argv;
const client = other ?? path.join(root, "site_hooks/client");

/** Where nobody reads it. */
const SKIPPED = new Set([
  Kind.ImportDeclaration,
  Kind.ExportDeclaration,
  Kind.InterfaceDeclaration,
  Kind.TypeAliasDeclaration,
  Kind.LiteralType,
]);
const UNREAD_KEYS = /^(?:class|className|role|type|for|rel|accept|media|key|scope|attributeFilter|cache|name|id)$/;
const UNREAD_CALLS =
  /(?:^|\.)(?:querySelector|querySelectorAll|closest|matches|is|matchMedia|setProperty|addEventListener|removeEventListener|getAttribute|setTimeout|console\.\w+|test|split|startsWith|endsWith|includes|evaluate|run)$/;
const UNREAD_ERRORS = /^(?:Error|TypeError|RangeError|DOMException|Event|CustomEvent|RegExp|Worker)$/;

/** Two words side by side, a sentence's end, or a word that begins as labels do. */
const PROSE = /\p{L}[’']?\p{L}*,? \p{L}{2}|\p{L}{2}[.!?…]$|\p{L}{2}: ?$|^\s*\p{Lu}\p{Ll}+$/u;
/** Of keys, and of Python. */
const CODE = /^(?:Enter|Escape|Tab|Home|End|True|False|None|Python|Comment|ArgList|Function|KB|MB)$/;

/** What these are given is read, be it one word in small letters. */
const READ_KEYS = /^"?(?:aria-label|aria-description|aria-valuetext|title|placeholder|label|alt|content)"?$/;
const READ_CALLS = /(?:^|\.)(?:make|button|append|prepend|replaceChildren|unseen|note|say|warn|tell|said)$/;
const READ_FIELDS = /\.(?:textContent|innerText|innerHTML|title|ariaLabel|placeholder|alt|label)$/;

const api = new API({ cwd: root });
try {
  const snapshot = api.updateSnapshot({ openProject: path.join(other ?? root, "tsconfig.json") });
  const [project] = snapshot.getProjects();
  /** @type {Record<string, [number, string][]>} */
  const found = {};
  for (const name of readdirSync(client, { recursive: true, encoding: "utf8" }).sort()) {
    if (!name.endsWith(".ts") || name.endsWith(".d.ts")) continue;
    const source = project.program.getSourceFile(path.join(client, name));
    if (!source) throw new Error(`${name} is no part of the project`);
    const { text } = source;
    const lines = [];
    const note = (node, words, isRead = false) => {
      const plain = words.replace(/\s+/g, " ");
      if ((isRead ? /\p{L}{2}/u : PROSE).test(plain) && !CODE.test(plain.trim()))
        lines.push([text.slice(0, node.end).split("\n").length, plain]);
    };
    const code = (node) => text.slice(node.pos, node.end).trim();
    /** Whether a string in this place is shown or heard. */
    const isSink = (node) => {
      const { parent } = node;
      if (parent.kind === Kind.PropertyAssignment) return node !== parent.name && READ_KEYS.test(code(parent.name));
      if (parent.kind === Kind.BinaryExpression) return node === parent.right && READ_FIELDS.test(code(parent.left));
      if (parent.kind !== Kind.CallExpression || !READ_CALLS.test(code(parent.expression))) return false;
      // The first thing that make() is given names an element.
      return /make$/.test(code(parent.expression)) ? node !== parent.arguments[0] : node !== parent.expression;
    };
    const visit = (node) => {
      if (SKIPPED.has(node.kind)) return;
      if (node.kind === Kind.PropertyAssignment && UNREAD_KEYS.test(code(node.name))) return;
      if (node.kind === Kind.CallExpression && UNREAD_CALLS.test(code(node.expression))) {
        visit(node.expression);
        for (const argument of node.arguments) if (argument.kind !== Kind.StringLiteral) visit(argument);
        return;
      }
      if (node.kind === Kind.NewExpression && UNREAD_ERRORS.test(code(node.expression))) return;
      if (node.kind === Kind.StringLiteral || node.kind === Kind.NoSubstitutionTemplateLiteral)
        note(node, node.text, isSink(node));
      if (node.kind === Kind.TemplateExpression) {
        const words = [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join("x");
        note(node, words, isSink(node) && /\p{L}{2}/u.test(words.replaceAll("x", "")));
      }
      node.forEachChild(visit);
    };
    visit(source);
    if (lines.length) found[name.split(path.sep).join("/")] = lines;
  }
  process.stdout.write(JSON.stringify(found));
} finally {
  api.close();
}
