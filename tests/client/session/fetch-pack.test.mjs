// How packs and Pyodide are fetched: hashes, forms, what a host that compresses changes, why something failed.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { gzipSync } from "node:zlib";
import { lineRate } from "../../../site_hooks/client/session/bandwidth";
import { downloads } from "../../../site_hooks/client/session/download-server";
import { fetchPack, fetchWasm } from "../../../site_hooks/client/session/fetch-pack";
import { askAnew, form } from "../../../site_hooks/client/session/pack-form";
import { BASE } from "../../../site_hooks/client/shared/packs";

const WASM = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
const TYPE = { "content-type": "application/wasm" };
const ZIPPED = { "content-encoding": "gzip" };
const HEAD = "HEAD pyodide.1.wasm";
let asked, answers, compiled, streamed;

const { compile } = WebAssembly;
WebAssembly.compile = (bytes) => {
  compiled.push(bytes.byteLength);
  return compile(bytes);
};
WebAssembly.compileStreaming = async (answer) => {
  streamed.push(answer.headers.get("content-type"));
  return compile(await answer.arrayBuffer());
};

beforeEach(() => {
  [asked, compiled, streamed] = [[], [], []];
  BASE.hostname = "a.test";
  askAnew();
  answers = { "core.1.pack": gzipSync("the core"), "wasm.1.pack": gzipSync(WASM), "pyodide.1.wasm": WASM };
  globalThis.localStorage = { getItem: () => null, setItem() {} };
  delete globalThis.caches;
  globalThis.fetch = async (url, { method = "GET", integrity, cache } = {}) => {
    const file = url.pathname.replace("/lesson/assets/runtime/", "");
    asked.push([method, file, integrity, cache].filter((word) => word && word !== "default").join(" "));
    const found = typeof answers[file] === "function" ? await answers[file](method, cache) : answers[file];
    if (found === undefined) throw new TypeError("Failed to fetch");
    return found instanceof Response ? found : new Response(method === "HEAD" ? null : found, { headers: TYPE });
  };
});

const text = async (name) => new TextDecoder().decode(await fetchPack(name));
const failure = (promise) => promise.then(assert.fail, ({ kind, message }) => ({ kind, message }));

test("a pack comes unzipped, and under the hash that it must have", async () => {
  assert.equal(await text("core"), "the core");
  assert.deepEqual(asked, [HEAD, "GET core.1.pack sha256-core.1.pack"]);
});

for (const encoding of ["br", "gzip"]) {
  test(`from a host that compresses (${encoding}) a pack comes as it is, where the site has it so`, async () => {
    answers["pyodide.1.wasm"] = () => new Response(null, { headers: { "content-encoding": encoding } });
    answers["core.1.wasm"] = "the core";
    answers["first.1.pack"] = gzipSync("the first");
    assert.deepEqual([await text("core"), await text("first")], ["the core", "the first"]);
    assert.deepEqual(asked, [HEAD, "GET core.1.wasm sha256-core.1.wasm", "GET first.1.pack sha256-first.1.pack"]);
    assert.equal(await form(), encoding);
  });
}

test("packs that were saved for use without a network are taken, whatever the host does", async () => {
  answers["pyodide.1.wasm"] = () => new Response(null, { headers: { "content-encoding": "br" } });
  saved("core.1.pack");
  assert.equal(await form(), "packed");
  assert.equal(await text("core"), "the core");
});

test("without a network packs come in the form in which Python was saved", async () => {
  answers["pyodide.1.wasm"] = undefined;
  saved("pyodide.1.wasm", "core.1.wasm");
  assert.equal(await form(), "gzip");
  askAnew();
  saved("wasm.1.pack");
  assert.equal(await form(), "packed");
});

test("the rate is that of the bytes on the line, where the host tells them", async () => {
  const { now } = performance;
  let clock = 0;
  performance.now = () => (clock += 100);
  try {
    answers["pyodide.1.wasm"] = () => new Response(null, { headers: { "content-encoding": "br" } });
    answers["core.1.wasm"] = () => new Response("the core", { headers: { "content-length": "500" } });
    await text("core");
    assert.equal(await lineRate(), 40); // 500 bytes in 100 ms
    answers["core.1.wasm"] = () => new Response("the core");
    await text("core");
    assert.equal(await lineRate(), 56); // 700 bytes in 100 ms
  } finally {
    performance.now = now;
  }
});

test("the first pack tells the rate of the line, others do not", async () => {
  await text("core");
  const rate = await lineRate();
  assert.ok(rate > 0);
  answers["first.1.pack"] = gzipSync("first");
  await text("first");
  assert.equal(await lineRate(), rate);
});

test("a first pack that fails tells no rate", async () => {
  answers["core.1.pack"] = () => Promise.reject(new TypeError("Failed to fetch"));
  await failure(fetchPack("core"));
  assert.equal(await lineRate(), 0);
});

for (const [status, kind, words] of [
  [undefined, "offline", /could not be downloaded\.$/],
  [200, "changed", /did not arrive as it was published/],
  [404, "gone", /has no part of Python \(core\)/],
  [503, "server", /answered 503/],
]) {
  test(`a pack that fails, where the server says ${status}`, async () => {
    const answer = (method) => {
      if (method === "HEAD" && status) return new Response(null, { status });
      throw new TypeError("the hash is wrong, or there is no line");
    };
    answers["core.1.pack"] = answer;
    const failed = await failure(fetchPack("core"));
    assert.equal(failed.kind, kind);
    assert.match(failed.message, words);
    assert.match(failed.message, /\(core\)/);
    assert.deepEqual(asked.slice(2), ["GET core.1.pack sha256-core.1.pack reload", "HEAD core.1.pack no-store"]);
  });
}

/** What browsers do with a body that has another hash. */
const refuse = () => {
  throw new TypeError("Failed to fetch");
};

/** A bad answer lies in the browser's cache; the server has been mended. */
const bad = {
  "has another hash": (good) => (_method, cache) => (cache === "reload" ? good : refuse()),
  "breaks off": (good) => (_method, cache) =>
    cache === "reload" ? good : new Response(new ReadableStream({ pull: (body) => body.error(new TypeError("cut")) })),
  "is no gzip": (good) => (_method, cache) => (cache === "reload" ? good : new Response("<!doctype html>")),
};
for (const [what, answer] of Object.entries(bad)) {
  for (const name of ["core", "first", "memory"]) {
    test(`${name} that ${what} is fetched once more past the cache`, async () => {
      const file = `${name}.1.pack`;
      answers[file] = answer(gzipSync("the pack"));
      assert.equal(await text(name), "the pack");
      const twice = [`GET ${file} sha256-${file}`, `GET ${file} sha256-${file} reload`];
      assert.deepEqual(asked, name === "core" ? [HEAD, ...twice] : twice);
      assert.ok(name !== "core" || (await lineRate()) > 0);
    });
  }
  test(`Pyodide's pack that ${what} is fetched once more past the cache`, async () => {
    answers["wasm.1.pack"] = answer(gzipSync(WASM));
    assert.ok((await fetchWasm()) instanceof WebAssembly.Module);
    assert.equal(asked.at(-1), "GET wasm.1.pack sha256-wasm.1.pack reload");
  });
}

for (const [what, answer] of Object.entries({
  ...bad,
  "is cut": (good) => (_method, cache) => new Response(cache === "reload" ? good : good.slice(0, 5), { headers: TYPE }),
})) {
  test(`Pyodide as it is that ${what} is fetched once more past the cache`, async () => {
    BASE.hostname = "localhost";
    answers["pyodide.1.wasm"] = answer(WASM);
    assert.ok((await fetchWasm()) instanceof WebAssembly.Module);
    assert.deepEqual(asked, [
      "GET pyodide.1.wasm sha256-pyodide.1.wasm force-cache",
      "GET pyodide.1.wasm sha256-pyodide.1.wasm reload",
    ]);
  });
}

test("Pyodide that comes bad from the server too says so", async () => {
  BASE.hostname = "localhost";
  answers["pyodide.1.wasm"] = (method) => (method === "HEAD" ? new Response(null) : refuse());
  const { kind, message } = await failure(fetchWasm());
  assert.equal(kind, "changed");
  assert.match(message, /\(pyodide\) did not arrive as it was published/);
});

test("Pyodide that comes as it was published, and is not compiled here, is not the line's fault", async () => {
  BASE.hostname = "localhost";
  answers["pyodide.1.wasm"] = () => new Response(WASM.slice(0, 5), { headers: TYPE });
  await assert.rejects(fetchWasm(), WebAssembly.CompileError);
});

test("a later pack that fails says why too", async () => {
  assert.equal((await failure(fetchPack("first"))).kind, "offline");
});

test("a pack that the site was built without", async () => {
  assert.deepEqual(await failure(fetchPack("none")), { kind: "gone", message: "This site was built without none." });
  assert.deepEqual(asked, []);
});

test("a host that compresses sends Pyodide as it is, which the browser compiles as it comes", async () => {
  answers["pyodide.1.wasm"] = (method) =>
    method === "HEAD" ? new Response(null, { headers: ZIPPED }) : new Response(WASM, { headers: TYPE });
  assert.ok((await fetchWasm()) instanceof WebAssembly.Module);
  assert.deepEqual(asked, ["HEAD pyodide.1.wasm", "GET pyodide.1.wasm sha256-pyodide.1.wasm force-cache"]);
  assert.deepEqual([streamed, compiled], [["application/wasm"], []]);
});

test("a host that does not compress sends the pack", async () => {
  assert.ok((await fetchWasm()) instanceof WebAssembly.Module);
  assert.deepEqual(asked, ["HEAD pyodide.1.wasm", "GET wasm.1.pack sha256-wasm.1.pack"]);
  assert.deepEqual([streamed, compiled], [[], [8]]);
});

for (const name of ["localhost", "127.0.0.1", "127.10.20.30", "[::1]"]) {
  test(`on this machine (${name}) nobody asks whether it compresses`, async () => {
    BASE.hostname = name;
    await fetchWasm();
    assert.deepEqual(asked, ["GET pyodide.1.wasm sha256-pyodide.1.wasm force-cache"]);
  });
}

for (const name of ["localhost.test", "my-localhost", "127.0.0.1.test", "a127.0.0.1.test"]) {
  test(`another machine is another machine (${name})`, async () => {
    BASE.hostname = name;
    await fetchWasm();
    assert.equal(asked[0], "HEAD pyodide.1.wasm");
  });
}

test("under another type the browser would not compile it as it comes", async () => {
  BASE.hostname = "localhost";
  answers["pyodide.1.wasm"] = () => new Response(WASM, { headers: { "content-type": "text/plain" } });
  assert.ok((await fetchWasm()) instanceof WebAssembly.Module);
  assert.deepEqual([streamed, compiled], [[], [8]]);
});

/** Files that the service worker saved. */
function saved(...files) {
  globalThis.caches = {
    match: async ({ pathname }) =>
      files.some((file) => pathname.endsWith(`/${file}`)) ? new Response(WASM, { headers: TYPE }) : undefined,
  };
}

test("without a network Pyodide comes in the form that was saved", async () => {
  answers["pyodide.1.wasm"] = undefined;
  saved("wasm.1.pack");
  await fetchWasm();
  assert.deepEqual(asked, ["HEAD pyodide.1.wasm", "GET wasm.1.pack sha256-wasm.1.pack"]);
  asked = [];
  askAnew();
  saved("pyodide.1.wasm");
  assert.ok((await fetchWasm()) instanceof WebAssembly.Module);
  assert.deepEqual(asked, [
    "HEAD pyodide.1.wasm",
    "GET pyodide.1.wasm sha256-pyodide.1.wasm force-cache",
    "GET pyodide.1.wasm sha256-pyodide.1.wasm reload",
  ]);
});

test("Pyodide that does not come, and was not saved, says why", async () => {
  BASE.hostname = "localhost";
  answers["pyodide.1.wasm"] = undefined;
  const { kind, message } = await failure(fetchWasm());
  assert.equal(kind, "offline");
  assert.match(message, /\(pyodide\)/);
});

test("the rate waits for the first pack, which waits for the form", async () => {
  const line = JSON.stringify({ file: new URL("core.1.pack", BASE).href, rate: 5 });
  globalThis.localStorage = { getItem: () => line, setItem() {} };
  globalThis.caches = { match: () => new Promise((resolve) => setTimeout(resolve, 20)) };
  const [server, told] = [downloads.open(), []];
  server.onmessage = ({ data }) => told.push(data.part);
  server.postMessage({ id: 1, name: "core", after: [] });
  server.postMessage({ id: 2, name: "rate", after: [] });
  while (told.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  server.close();
  assert.equal(
    told.find((part) => typeof part === "number"),
    5,
  );
});
