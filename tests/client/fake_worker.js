// Stands in for Python in tests of the page: speaks protocol.ts and understands one call or assignment per line.
const names = new Map(); // session -> Map of names
const STEPS = [
  ["Starting Python", 0.5],
  ["Loading NumPy", 0.8],
];
let settings = { delay: 20 };
let booted = null;
let served = 0;

const post = (message) => self.postMessage(message);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

let interrupt = null;
const drawn = new Set(); // ids of cells with a figure

self.onmessage = async ({ data }) => {
  booted ??= boot();
  if (data.type === "load") interrupt = data.interrupt ?? null;
  if (!(await booted)) return;
  if (data.type === "survey") post({ type: "survey", id: data.id, survey: survey(data.cells) });
  if (data.type === "draw") post({ type: "drawn", id: data.id, svg: drawn.has(data.request.cell) ? "<svg/>" : null });
  if (data.type === "names") post({ type: "names", id: data.id, names: known(data.request) });
  if (data.type === "run") await run(data.request);
};

/** As pylib.kernel.names, for the little that is understood here: variables, and the one member that each has. */
function known({ session, path }) {
  const scope = names.get(session) ?? new Map();
  if (!path) return [...scope].map(([name, value]) => ({ name, kind: "variable", detail: `str ${value}` }));
  return scope.has(path) ? [{ name: "shout", kind: "function", detail: "(times=1)", doc: "Says it aloud." }] : null;
}

/** As pylib.kernel.needs, for the little that is understood here. */
function survey(cells) {
  const known = cells.map(({ id, source }) => {
    const lines = source.split("\n").map((line) => line.trim());
    const makes = lines.flatMap((line) => /^(\w+) = /.exec(line)?.[1] ?? []);
    const taken = lines.flatMap((line) => /^\w+\(([a-z]\w*)\)$/.exec(line)?.[1] ?? []);
    return { id, makes, taken: taken.filter((name) => !makes.includes(name)) };
  });
  const maker = (name, at) => {
    const makers = known.filter((cell, place) => place !== at && cell.makes.includes(name));
    return makers.filter((cell) => known.indexOf(cell) < at).at(-1) ?? makers[0];
  };
  return Object.fromEntries(
    known.map(({ id, makes, taken }, at) => {
      const needed = taken.map((name) => maker(name, at));
      return [
        id,
        { makes, depth: "python", needs: known.filter((cell) => needed.includes(cell)).map((cell) => cell.id) },
      ];
    }),
  );
}

async function boot() {
  try {
    post({ type: "loading", step: "Downloading Python", fraction: 0.1 });
    const response = await fetch(new URL("../runtime/boot.json", import.meta.url), { cache: "no-store" });
    if (!response.ok) throw new Error(String(response.status));
    settings = await response.json();
    if (settings.failed) {
      post({ type: "failed", failure: settings.failed });
      return false;
    }
    for (const [step, fraction] of settings.steps ?? STEPS) {
      post({ type: "loading", step, fraction, amount: { bytes: 3_100_000, of: 10_400_000, seconds: 4 } });
      await sleep(settings.delay);
    }
    post({ type: "ready", depth: "all" });
    return true;
  } catch {
    post({ type: "failed", failure: { kind: "offline", message: "boot.json could not be downloaded." } });
    return false;
  }
}

/** As pylib.kernel checks: lines of the form `want NAME VALUE: words`, of which the first that fails is told. */
function checked(check, source, scope, failed) {
  const blank = source.split("\n").findIndex((line) => line.includes("___"));
  if (blank >= 0)
    return { ok: false, message: `Line ${blank + 1} still has a blank ___.`, line: blank + 1, ran: false };
  if (failed) return { ok: false, message: "Your code ends with an error before the check.", line: failed, ran: true };
  for (const line of check.split("\n")) {
    const [, name, value, words] = /^want (\w+) (\S+): (.*)$/.exec(line) ?? [];
    const at = source.split("\n").findIndex((own) => own.startsWith(`${name} = `));
    if (name && scope.get(name) !== value)
      return { ok: false, message: words, line: at < 0 ? null : at + 1, ran: true };
  }
  return { ok: true, message: "", line: null, ran: true };
}

async function run({ id, source, session, cell, theme, live, check }) {
  served += 1;
  const start = performance.now();
  const emit = (event) => post({ type: "event", id, event });
  if (check !== null && source.includes("___")) {
    emit({ kind: "check", ...checked(check, source) });
    emit({ kind: "done", ok: true, ms: performance.now() - start });
    post({ type: "free", id });
    return;
  }
  if (source.includes("pylib")) {
    // What CPython says to the request, where a test answers for it.
    const body = JSON.stringify({ source, session, cell, theme, live });
    const answer = await fetch(new URL("../runtime/python.json", import.meta.url), { method: "POST", body });
    for (const event of await answer.json()) emit(event);
    post({ type: "free", id });
    return;
  }
  const scope = names.get(session) ?? names.set(session, new Map()).get(session);
  const later = [];
  let ok = true;
  let failed = 0;
  for (const [index, line] of source.split("\n").entries()) {
    try {
      await step(line.replace(/\s*#.*/, "").trim(), scope, emit, { theme, live }, later, cell);
    } catch (error) {
      ok = false;
      failed = index + 1;
      emit({
        kind: "error",
        type: error.type ?? "RuntimeError",
        message: error.words ?? `The line stopped with: ${error.message}.`,
        detail: error.message,
        line: index + 1,
        frames: [{ cell, line: index + 1, source: line, function: "<module>" }],
        traceback: `Traceback (most recent call last):\n  File "<cell ${cell}>", line ${index + 1}\n${error.type}: ${error.message}`,
        name: error.missing ?? null,
      });
      break;
    }
  }
  if (check !== null) emit({ kind: "check", ...checked(check, source, scope, failed) });
  emit({ kind: "done", ok, ms: performance.now() - start });
  post({ type: "free", id });
  await sleep(50);
  for (const event of later) emit(event);
}

function problem(type, message, missing = null) {
  const words = missing
    ? `There is no variable named ${missing} yet.`
    : "The shapes do not fit together: one has 3 values, the other 4.";
  return Object.assign(new Error(message), { type, missing, words });
}

const calls = {
  print: (emit, text) => emit({ kind: "stdout", text: `${text.replaceAll("\\n", "\n").replaceAll("\\r", "\r")}\n` }),
  write: (emit, text) => emit({ kind: "stdout", text: text.replaceAll("\\r", "\r") }),
  warn: (emit, text) => emit({ kind: "stderr", text: `${text}\n` }),
  value: (emit, text) => emit({ kind: "result", text }),
  /** Rows of words, so many and so wide: "3x2"; as many of them as pylib.kernel.tables hands on. */
  table(emit, text) {
    const [length, width] = text.split("x").map(Number);
    const columns = Array.from({ length: Math.min(width, 30) }, (_, at) => `c${at}`);
    const rows = Array.from({ length: Math.min(length, 200) }, (_, row) =>
      columns.map((name) => `<i>${row}${name}</i>`),
    );
    emit({ kind: "result", text: "rows", table: { columns, rows, of: [length, width] } });
  },
  /** A row of each kind of entry. */
  kinds(emit) {
    const rows = [
      ["0.5", "Adam", "None"],
      ["-1e-12", "", ""],
      ["nan", "3", "2"],
    ];
    emit({ kind: "result", text: "rows", table: { columns: ["lr", "name", "n"], rows, of: [3, 3] } });
  },
  async train(emit, steps) {
    for (let done = 1; done <= Number(steps); done += 1) {
      emit({ kind: "progress", what: "fit", done, total: Number(steps) });
      await sleep(60);
    }
  },
  nap: (_emit, ms) => sleep(Number(ms)),
  /** Frame n has n + 1 marks in its first row, and says n below; every fourth stands for itself. */
  animate(emit, text) {
    const frames = Number(text);
    for (let frame = 0; frame < frames; frame += 1) {
      for (const [theme, paper] of [
        ["light", 250],
        ["dark", 20],
      ]) {
        const isWhole = frame % 4 === 0;
        const rgba = new Uint8ClampedArray(isWhole ? 4 * 40 * 20 : 8)
          .fill(paper)
          .map((part, at) => (at % 4 === 3 ? 255 : part));
        for (let x = 0; isWhole && x <= frame; x += 1) rgba.set([100, 0, 0, 255], 4 * x);
        if (!isWhole) rgba.set([100, 0, 0, 255]);
        rgba.set([frame, 0, 0, 255], isWhole ? 4 * 40 : 4);
        const rectangles = isWhole ? [[0, 0, 40, 20]] : [frame, 0].map((left, top) => [left, top, 1, 1]);
        const size = { width: 40, height: 20, columns: 40, rows: 20, isWhole, rectangles, rgba };
        const plan = { frame, frames, interval: 20, repeats: false, alt: "Animation. A race." };
        emit({ kind: "animation", figure: 1, theme, ...plan, ...size });
      }
    }
  },
  /** Asks for a line, and goes on. */
  ask: (emit, prompt) => emit({ kind: "input", prompt }),
  /** How many runs there were, and which this one is. */
  count: (emit, text) => emit({ kind: "stdout", text: `run ${served} of ${text}\n` }),
  loop: () => {
    while (!interrupt?.[0]);
    interrupt[0] = 0;
    throw problem("KeyboardInterrupt", "");
  },
  deaf: () => {
    for (;;);
  },
  crash: () => {
    setTimeout(() => {
      throw new Error("memory access out of bounds");
    });
    return sleep(60_000);
  },
  breakDown(_emit, kind) {
    post({ type: "broke", breakdown: { kind, detail: "" } });
    return sleep(60_000);
  },
  async flood(emit, lines) {
    for (let line = 0; line < Number(lines); line += 200) {
      const last = Math.min(line + 200, Number(lines));
      emit({ kind: "stdout", text: Array.from({ length: last - line }, (_, index) => `${line + index}\n`).join("") });
    }
  },
  fail(_emit, text) {
    const [type, detail] = text.split(": ");
    throw problem(type, detail);
  },
};

async function step(line, scope, emit, look, later, cell) {
  if (!line || line.startsWith("#") || line.startsWith("import")) return;
  const assignment = /^(\w+) = (.*)$/.exec(line);
  if (assignment) {
    scope.set(assignment[1], assignment[2]);
    return;
  }
  const call = /^(\w+)\((?:"(.*)"|(.*))\)$/.exec(line);
  if (!call) throw problem("SyntaxError", "invalid syntax");
  const [, name, text, bare] = call;
  if (name === "plot") drawn.add(cell);
  if (name === "plot") return plot(text ?? scope.get(bare), emit, look, later);
  if (name === "small" && scope.get(bare) > 0.5) throw problem("ValueError", "too large");
  if (name === "small") return;
  const known = calls[name];
  if (!known) throw problem("NameError", `name '${name}' is not defined`, name);
  if (text !== undefined || !bare || /^\d/.test(bare)) return known(emit, text ?? bare);
  if (!scope.has(bare)) throw problem("NameError", `name '${bare}' is not defined`, bare);
  return known(emit, scope.get(bare));
}

async function plot(title, emit, { theme, live }, later) {
  if (live) return frame(title, emit, theme);
  const other = theme === "dark" ? "light" : "dark";
  const event = { kind: "figure", figure: 1, width: 640, height: 480, alt: `${title}: loss against step` };
  emit({ ...event, theme, png: await drawing(theme) });
  later.push({ ...event, theme: other, png: await drawing(other) });
}

function frame(title, emit, theme) {
  const canvas = paint(theme);
  const rgba = canvas.getContext("2d").getImageData(0, 0, 1280, 960).data;
  const size = { width: 640, height: 480, columns: 1280, rows: 960 };
  emit({ kind: "frame", figure: 1, theme, ...size, alt: `${title}: loss against step`, rgba });
}

async function drawing(theme) {
  return new Uint8Array(await (await paint(theme).convertToBlob()).arrayBuffer());
}

function paint(theme) {
  const canvas = new OffscreenCanvas(1280, 960);
  const pen = canvas.getContext("2d");
  pen.fillStyle = theme === "dark" ? "#14171f" : "#ffffff";
  pen.fillRect(0, 0, 1280, 960);
  pen.strokeStyle = theme === "dark" ? "#e6e8ee" : "#1f2430";
  pen.strokeRect(160, 60, 1040, 780);
  pen.strokeStyle = "#3b7dd8";
  pen.lineWidth = 5;
  for (let x = 0; x <= 1040; x += 4) pen.lineTo(160 + x, 820 - 740 * Math.exp(-x / 200));
  pen.stroke();
  return canvas;
}
