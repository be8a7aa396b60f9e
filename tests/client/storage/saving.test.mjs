// Saving a site, renewing it and forgetting it, with caches and a server made by hand.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Saved, SaveError } from "../../../site_hooks/client/storage/site-cache";

const ROOT = "https://a.test/course/";
const MARK = '<meta name="site-version" content="v2">';
const MANIFEST = {
  pages: { "": [10, "sha256-one"], "two/": [20, "sha256-two"] },
  files: {
    "assets/index.222222222222.js": [30, "sha256-js"],
    "assets/runtime/core.222222222222.pack": [40, "sha256-core", "start"],
    "assets/runtime/memory.222222222222.pack": [500, "sha256-memory", "memory"],
    "search/index.json": [50, "sha256-search"],
  },
};
const EVERYTHING = [
  "assets/index.222222222222.js",
  "assets/runtime/core.222222222222.pack",
  "search/index.json",
  "",
  "two/",
];
let all, asked, server, saved;

class Cache {
  entries = new Map();
  async match(url, { ignoreVary = false } = {}) {
    const found = this.entries.get(String(url));
    return found?.headers.has("vary") && !ignoreVary ? undefined : found?.clone();
  }
  async put(url, response) {
    this.entries.set(String(url), response);
  }
  async delete(url) {
    return this.entries.delete(String(url));
  }
  async keys() {
    return [...this.entries.keys()].map((url) => ({ url }));
  }
  /** Addresses, without the list that belongs to the version. */
  get addresses() {
    return [...this.entries.keys()].map((url) => url.replace(ROOT, "")).filter((name) => !/site\..*json/.test(name));
  }
}

beforeEach(() => {
  all = new Map();
  asked = [];
  globalThis.caches = {
    keys: async () => [...all.keys()],
    open: async (name) => all.get(name) ?? all.set(name, new Cache()).get(name),
    delete: async (name) => all.delete(name),
    match: async (url, options) => {
      const found = await Promise.all([...all.values()].map((cache) => cache.match(url, options)));
      return found.find(Boolean);
    },
  };
  server = { "assets/site.v2.json": JSON.stringify(MANIFEST), "": `one ${MARK}`, "two/": `two ${MARK}` };
  for (const name of Object.keys(MANIFEST.files)) server[name] = name;
  globalThis.fetch = async (url, { cache, integrity } = {}) => {
    const address = String(url).replace(ROOT, "");
    asked.push([address, cache, integrity].filter(Boolean).join(" "));
    const found = server[address];
    if (typeof found === "function") return found({ cache, integrity });
    return found === undefined ? new Response("gone", { status: 404 }) : new Response(found);
  };
  saved = new Saved(new URL(ROOT), "v2");
});

const cache = (version = "v2") => all.get(`lesson:/course/:${version}`);
const body = async (address) => (await cache().match(`${ROOT}${address}`, { ignoreVary: true })).text();

test("the list of files is fetched once, and again after a failure", async () => {
  const { "assets/site.v2.json": list } = server;
  delete server["assets/site.v2.json"];
  await assert.rejects(
    saved.manifest(),
    (error) => error instanceof SaveError && /updated meanwhile/.test(error.message),
  );
  server["assets/site.v2.json"] = list;
  assert.deepEqual(await saved.manifest(), MANIFEST);
  await saved.manifest();
  assert.deepEqual(asked, ["assets/site.v2.json default", "assets/site.v2.json reload", "assets/site.v2.json default"]);
});

for (const [what, list] of Object.entries({
  "is cut": JSON.stringify(MANIFEST).slice(0, 50),
  "is a captive portal's page": "<!doctype html>",
  "is something else": "{}",
})) {
  test(`a list of files that ${what} is fetched once more past the cache`, async () => {
    const good = server["assets/site.v2.json"];
    server["assets/site.v2.json"] = ({ cache }) => new Response(cache === "reload" ? good : list);
    assert.deepEqual(await saved.manifest(), MANIFEST);
  });

  test(`a list of files that ${what} at the server too says so`, async () => {
    server["assets/site.v2.json"] = list;
    await assert.rejects(
      saved.manifest(),
      (error) => error instanceof SaveError && /did not arrive as it was published/.test(error.message),
    );
  });

  test(`a list that was saved and ${what} is not taken`, async () => {
    await (await caches.open("any")).put(`${ROOT}assets/site.v2.json`, new Response(list));
    assert.deepEqual(await saved.manifest(), MANIFEST);
  });
}

test("a list with a hash that was changed on the way is fetched anew after the file of that hash was refused", async () => {
  const good = server["assets/site.v2.json"];
  const list = good.replace("sha256-js", "sha256-jz");
  server["assets/site.v2.json"] = ({ cache }) => new Response(cache === "reload" ? good : list);
  const { fetch } = globalThis;
  globalThis.fetch = async (url, options) => {
    if (options.integrity === "sha256-jz") throw new TypeError("integrity");
    return fetch(url, options);
  };
  const name = "assets/index.222222222222.js";
  await assert.rejects(saved.fill([name]), SaveError);
  // The next attempt, and that of another page.
  await saved.fill([name]);
  assert.deepEqual(await new Saved(new URL(ROOT), "v2").manifest(), MANIFEST);
});

test("a list that was saved needs no network, whatever the host varies its answers by", async () => {
  const answer = new Response(JSON.stringify(MANIFEST), { headers: { vary: "Accept-Encoding" } });
  await (await caches.open("any")).put(`${ROOT}assets/site.v2.json`, answer);
  assert.deepEqual(await saved.manifest(), MANIFEST);
  assert.deepEqual(asked, []);
});

test("what is asked for is saved, each once, with the list", async () => {
  await saved.fill(["", "", "search/index.json", "unknown"]);
  assert.deepEqual(cache().addresses.sort(), ["", "search/index.json"]);
  assert.equal(await body(""), `one ${MARK}`);
  assert.deepEqual(JSON.parse(await body("assets/site.v2.json")), MANIFEST);
});

test("files with a hash in their names may come from the browser, others are asked for anew", async () => {
  await saved.fill(["assets/index.222222222222.js", "search/index.json", "two/"]);
  assert.deepEqual(asked.slice(1), [
    "assets/index.222222222222.js force-cache sha256-js",
    "search/index.json no-cache sha256-search",
    "two/ no-cache sha256-two",
  ]);
});

test("a file that the browser has with another hash is fetched anew", async () => {
  const name = "assets/index.222222222222.js";
  server[name] = ({ cache }) => {
    if (cache !== "reload") throw new TypeError("integrity");
    return new Response("fresh");
  };
  await saved.fill([name]);
  assert.equal(await body(name), "fresh");
  assert.equal(asked.at(-1), `${name} reload sha256-js`);
});

test("what is there is not fetched again, and counts", async () => {
  await saved.fill(["", "two/"]);
  asked = [];
  const told = [];
  await saved.fill(["", "two/", "search/index.json"], (bytes) => told.push(bytes));
  assert.deepEqual(asked, ["search/index.json no-cache sha256-search"]);
  assert.deepEqual(told, [10, 30, 80]);
});

test("four files at a time, and no more after a stop", async () => {
  const names = Array.from({ length: 9 }, (_, index) => `assets/${index}.333333333333.js`);
  const waiting = [];
  server["assets/site.v2.json"] = JSON.stringify({
    pages: {},
    files: Object.fromEntries(names.map((name) => [name, [1, "sha256-x"]])),
  });
  for (const name of names)
    server[name] = () => new Promise((resolve) => waiting.push(() => resolve(new Response(name))));
  const stop = new AbortController();
  const told = [];
  const filled = saved.fill(names, (bytes) => told.push(bytes), stop.signal);
  while (waiting.length < 4) await new Promise(setImmediate);
  await new Promise(setImmediate);
  assert.equal(waiting.length, 4);
  waiting[0]();
  while (waiting.length < 5) await new Promise(setImmediate);
  stop.abort();
  for (const answer of waiting) answer();
  await assert.rejects(filled, { name: "AbortError" });
  assert.equal(cache().addresses.length, 5);
  assert.deepEqual(told, [1, 2, 3, 4, 5]);
});

test("half a set stays, and the failure is told when all has ended", async () => {
  delete server["search/index.json"];
  await assert.rejects(saved.fill(EVERYTHING), (error) => error instanceof SaveError && /“search/.test(error.message));
  assert.ok(cache().addresses.includes("two/"));
  server["search/index.json"] = "found";
  await saved.fill(EVERYTHING);
  assert.deepEqual(cache().addresses.sort(), [...EVERYTHING].sort());
});

/** A host that answers with something else than was published. */
const other = (text) => (options) => {
  if (options.integrity) throw new TypeError("integrity");
  return new Response(text);
};

test("a page of another version is not saved", async () => {
  server["two/"] = other('<meta name="site-version" content="v3">');
  await assert.rejects(saved.fill(["two/"]), /“two\/” is not there in this version/);
});

test("a page that the host puts something into is not saved", async () => {
  server["two/"] = other(`two ${MARK}<script>`);
  await assert.rejects(saved.fill(["two/"]), /“two\/” did not arrive as it was published/);
});

const digest = async (text) => {
  const made = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `sha256-${Buffer.from(made).toString("base64")}`;
};

test("what was put into a cache in a file's place is thrown out when it is read", async () => {
  const name = "assets/index.222222222222.js";
  const list = { pages: { "": [3, await digest("one")] }, files: { [name]: [5, await digest("right")] } };
  server["assets/site.v2.json"] = JSON.stringify(list);
  server[""] = "one";
  server[name] = "right";
  saved = new Saved(new URL(ROOT), "v2", await digest(JSON.stringify(list)));
  await saved.fill(["", name]);
  assert.equal(await (await saved.trusted(name)).text(), "right");
  assert.equal(await (await saved.trusted("", cache())).text(), "one");
  for (const address of ["", name]) {
    await cache().put(ROOT + address, new Response("evil"));
    assert.equal(await saved.trusted(address), undefined);
    assert.equal(await cache().match(ROOT + address), undefined);
  }
  await cache().put(`${ROOT}assets/new.js`, new Response("evil"));
  assert.equal(await saved.trusted("assets/new.js"), undefined);
});

test("a list that was put in the place of the version's own is not believed", async () => {
  const list = server["assets/site.v2.json"];
  saved = new Saved(new URL(ROOT), "v2", await digest(list));
  const evil = JSON.stringify({ pages: {}, files: {} });
  await (await caches.open("lesson:/course/:v2")).put(`${ROOT}assets/site.v2.json`, new Response(evil));
  assert.deepEqual(await saved.manifest(), JSON.parse(list));
  assert.match(asked.at(-1), /^assets\/site.v2.json/);
});

test("a new version brings what the old one had: files that stayed are copied, others fetched", async () => {
  const old = await caches.open("lesson:/course/:v1");
  const { files } = MANIFEST;
  files["assets/same.111111111111.css"] = [7, "sha256-same"];
  server["assets/site.v2.json"] = JSON.stringify(MANIFEST);
  const had = ["assets/same.111111111111.css", "assets/index.111111111111.js", "assets/gone.111111111111.js", "two/"];
  for (const address of had) await old.put(`${ROOT}${address}`, new Response("old", { headers: { vary: "Origin" } }));
  await saved.renew();
  assert.deepEqual(cache().addresses.sort(), ["assets/index.222222222222.js", "assets/same.111111111111.css", "two/"]);
  assert.equal(await body("assets/same.111111111111.css"), "old");
  assert.equal(await body("two/"), `two ${MARK}`);
  assert.equal(await saved.whole(), undefined);
  assert.equal(asked.filter((name) => name.startsWith("assets/same")).length, 0);
  assert.deepEqual([...all.keys()].sort(), ["lesson:/course/:v1", "lesson:/course/:v2"]);
  delete files["assets/same.111111111111.css"];
});

test("a new version is saved whole where the old one was", async () => {
  await new Saved(new URL(ROOT), "v1").markWhole();
  assert.equal(await saved.whole(), cache("v1"));
  await saved.renew();
  assert.deepEqual(cache().addresses.sort(), [...EVERYTHING, "saved-whole"].sort());
  assert.equal(await saved.whole(), cache());
});

test("this version's cache comes first, wherever it stands", async () => {
  const names = ["v1", "v2", "v3"].map((version) => `lesson:/course/:${version}`);
  for (const name of names) await caches.open(name);
  assert.deepEqual(await saved.names(), [names[1], names[0], names[2]]);
  await caches.delete(names[0]);
  await caches.open(names[0]);
  assert.deepEqual(await saved.names(), [names[1], names[2], names[0]]);
});

test("forgetting leaves what other sites and other versions keep, as was asked", async () => {
  for (const name of ["lesson:/course/:v1", "lesson:/course/:v2", "lesson:/:v9", "other"]) await caches.open(name);
  assert.deepEqual(await saved.names(), ["lesson:/course/:v2", "lesson:/course/:v1"]);
  await saved.forgetOthers();
  assert.deepEqual([...all.keys()], ["lesson:/course/:v2", "lesson:/:v9", "other"]);
  await saved.forget();
  assert.deepEqual([...all.keys()], ["lesson:/:v9", "other"]);
});

test("bytes of all versions, each by its own list; what is on no list has none", async () => {
  await saved.fill(["", "two/"]);
  await saved.markWhole();
  const old = await caches.open("lesson:/course/:v1");
  await old.put(
    `${ROOT}assets/site.v1.json`,
    new Response(JSON.stringify({ pages: { "": [1000, "sha256-one"] }, files: {} })),
  );
  await old.put(ROOT, new Response("old"));
  await (await caches.open("lesson:/course/:v0")).put(ROOT, new Response("older"));
  assert.equal(await saved.bytes(), 1030);
});
