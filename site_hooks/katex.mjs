// Formulas -> HTML with MathML, by KaTeX: reads [{tex, display}, ...] from stdin, writes [{html} or {error}, ...].
import katex from "katex";

// The lesson's own names; everything else is plain LaTeX.
const macros = {
  "\\argmin": "\\operatorname*{arg\\,min}",
  "\\sign": "\\operatorname{sign}",
  "\\softmax": "\\operatorname{softmax}",
};

let input = "";
for await (const chunk of process.stdin) input += chunk;

const answers = JSON.parse(input).map(({ tex, display }) => {
  try {
    const options = { displayMode: display, output: "htmlAndMathml", strict: "error", macros: { ...macros } };
    return { html: katex.renderToString(tex, options) };
  } catch (error) {
    return { error: error.message };
  }
});
process.stdout.write(JSON.stringify(answers));
