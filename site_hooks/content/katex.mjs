// Has KaTeX draw formulas under Node.js: katex-answers.mjs says what comes from stdin, and what goes to stdout.
import process from "node:process";
import "./katex-answers.mjs";

let input = "";
for await (const chunk of process.stdin) input += chunk;
process.stdout.write(globalThis["answers"](input));
