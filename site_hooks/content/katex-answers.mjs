// Formulas -> HTML with MathML, by KaTeX: [{tex, display}, ...] -> [{html} or {error}, ...], both as JSON. As a function of
// the global object, which Node.js and Python's V8 both find.
import katex from "katex";

// The lesson's own names; everything else is plain LaTeX.
const macros = {
  "\\argmin": "\\operatorname*{arg\\,min}",
  "\\sign": "\\operatorname{sign}",
  "\\softmax": "\\operatorname{softmax}",
};

// KaTeX sets aligned rows so close that fractions below each other touch: such a row gets a deeper strut.
const STRUT = String.raw`\rule[-1.25em]{0em}{0em}`;
const spaced = (tex) =>
  tex.includes("\\begin{aligned}") ? tex.replace(/(\\frac.*?)(\\\\\s*\n)/g, `$1${STRUT}$2`) : tex;

/** @param {string} request */
const answers = (request) =>
  JSON.stringify(
    JSON.parse(request).map(({ tex, display }) => {
      try {
        /** @type {import("katex").KatexOptions} */
        const options = { displayMode: display, output: "htmlAndMathml", strict: "error", macros: { ...macros } };
        return { html: katex.renderToString(spaced(tex), options) };
      } catch (error) {
        return { error: error.message };
      }
    }),
  );

Object.assign(globalThis, { answers });
