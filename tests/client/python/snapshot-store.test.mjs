// Python's memory in a browser's file system: what is kept, what is not believed, and what a crash leaves behind.
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Keeper } from "../../../site_hooks/client/python/snapshot-store";
import { LoadError } from "../../../site_hooks/client/shared/packs";

const FOLDER = "python %2Flesson%2F";
const OWN = { memory: bytes(5_000_000, 7), held: { hiwireKeys: ["a"], immortalKeys: ["b"] } };
const SITE = { core: bytes(64, 1), data: bytes(12, 3) };
let files, locks, room, keeper;

function bytes(length, seed) {
  return Uint8Array.from({ length }, (_, index) => (index * seed) % 251);
}

/** A file of the private file system; one handle at a time may read and write it. */
class File {
  content = new Uint8Array();
  open = false;
  /** Writes that fail from this one on. */
  writes = Infinity;

  async createSyncAccessHandle() {
    if (this.open) throw new Error("NoModificationAllowedError");
    this.open = true;
    return {
      read: (into, { at }) => {
        const found = this.content.subarray(at, at + into.length);
        into.set(found);
        return found.length;
      },
      write: (from, { at }) => {
        if (--this.writes < 0) throw new Error("QuotaExceededError");
        const longer = new Uint8Array(Math.max(this.content.length, at + from.length));
        longer.set(this.content);
        longer.set(from, at);
        this.content = longer;
        return from.length;
      },
      flush: () => {},
      close: () => (this.open = false),
    };
  }
}

const folder = {
  getFileHandle: async (name, { create = false } = {}) => {
    if (!files.has(name) && !create) throw new Error("NotFoundError");
    return files.get(name) ?? files.set(name, new File()).get(name);
  },
  removeEntry: async (name) => {
    if (files.get(name)?.open) throw new Error("NoModificationAllowedError");
    if (!files.delete(name)) throw new Error("NotFoundError");
  },
  async *keys() {
    yield* [...files.keys()];
  },
};

function browser(changes = {}) {
  const storage = {
    getDirectory: async () => ({
      getDirectoryHandle: async (name, { create }) => {
        assert.deepEqual([name, create], [FOLDER, true]);
        return folder;
      },
    }),
    estimate: async () => room,
    ...changes.storage,
  };
  const navigator = {
    userAgent: "Desktop",
    storage,
    locks: {
      request: (name, work) => {
        locks.push(name);
        return work();
      },
    },
    ...changes.navigator,
  };
  for (const name of changes.without ?? []) delete navigator[name];
  Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
  globalThis.isSecureContext = changes.isSecureContext ?? true;
  globalThis.FileSystemFileHandle = changes.handle ?? File;
}

beforeEach(() => {
  files = new Map();
  locks = [];
  room = { quota: 2e9, usage: 0 };
  browser();
  mock.method(console, "warn", () => {});
  keeper = new Keeper("v1");
});

const warned = () => String(console.warn.mock.calls.at(-1)?.arguments[1]);
const start = async (kept) => ({ core: kept.part("core"), names: kept.names, memory: kept.memory });

test("nothing is kept at first", async () => {
  assert.equal(await keeper.use(assert.fail), undefined);
  assert.equal(await keeper.wanted(), true);
  assert.equal(console.warn.mock.callCount(), 0);
});

test("what was kept comes back, and there is no need to keep it again", async () => {
  await keeper.keep(SITE, OWN);
  assert.equal(await keeper.wanted(), false);
  const found = await keeper.use(async (kept) => {
    assert.deepEqual([...files.keys()], ["v1", "v1.mark1"]);
    const memory = new Uint8Array(OWN.memory.length + 8);
    kept.memory.fill(memory);
    assert.deepEqual(memory.subarray(0, OWN.memory.length), OWN.memory);
    assert.deepEqual(memory.subarray(OWN.memory.length), new Uint8Array(8));
    return { ...(await start(kept)), data: kept.part("data") };
  });
  assert.deepEqual(found.names, ["core", "data", "memory"]);
  assert.deepEqual([found.core, found.data], [SITE.core, SITE.data]);
  assert.equal(found.memory.bytes, OWN.memory.length);
  assert.deepEqual(found.memory.held, OWN.held);
  await new Promise(setImmediate);
  assert.deepEqual([...files.keys()], ["v1"]);
  assert.equal(files.get("v1").open, false);
  assert.deepEqual(locks, [FOLDER]);
});

test("the site's own memory is a part, which says itself what it held", async () => {
  await keeper.keep({ ...SITE, memory: bytes(400, 5) });
  const found = await keeper.use(async (kept) => [kept.memory, kept.part("memory")]);
  assert.deepEqual(found, [undefined, bytes(400, 5)]);
});

test("what another version kept goes", async () => {
  await new Keeper("v0").keep(SITE, OWN);
  files.set("v0.mark1", new File());
  assert.equal(await keeper.use(assert.fail), undefined);
  await keeper.keep(SITE, OWN);
  assert.deepEqual([...files.keys()], ["v1"]);
});

test("a file that was not written to its end is removed, without a word", async () => {
  await keeper.keep(SITE, OWN);
  files.get("v1").content.fill(0, 0, 8192);
  assert.equal(await keeper.use(assert.fail), undefined);
  assert.equal(files.size, 0);
  files.set("v1", new File());
  assert.equal(await keeper.use(assert.fail), undefined);
  assert.equal(files.size, 0);
  assert.equal(console.warn.mock.callCount(), 0);
});

test("the head is written last", async () => {
  const kept = keeper.keep(SITE, OWN);
  await new Promise((resolve) => setTimeout(resolve, 2));
  assert.equal(files.get("v1").content[0] ?? 0, 0);
  await kept;
  assert.equal(new TextDecoder().decode(files.get("v1").content.subarray(0, 1)), "{");
});

test("a full disk leaves nothing behind", async () => {
  for (const writes of [0, 1, 4]) {
    const file = new File();
    file.writes = writes;
    const { getFileHandle } = folder;
    folder.getFileHandle = async (name) => files.set(name, file).get(name);
    await assert.rejects(keeper.keep(SITE, OWN), /QuotaExceeded/).finally(() => (folder.getFileHandle = getFileHandle));
    assert.equal(files.size, 0);
    assert.equal(file.open, false);
  }
});

test("a head that does not fit is refused", async () => {
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`part${index}`, bytes(4, 1)]));
  await assert.rejects(keeper.keep(many, OWN), /head is too long/);
  assert.equal(files.size, 0);
});

for (const [what, spoil, why] of [
  ["changed", (file) => file.content.fill(9, 8196, 8204), /its core was changed/],
  ["cut", (file) => (file.content = file.content.slice(0, 8200)), /its core was cut off/],
]) {
  test(`a part that was ${what} is not believed, and its memory not kept again`, async () => {
    await keeper.keep(SITE, OWN);
    spoil(files.get("v1"));
    assert.equal(await keeper.use(start), undefined);
    assert.match(warned(), why);
    assert.deepEqual([...files.keys()].sort(), ["v1.mark1", "v1.mark2"]);
    assert.equal(await keeper.wanted(), false);
    assert.equal(await new Keeper("v2").wanted(), true);
  });
}

test("a memory that was changed or cut is not believed", async () => {
  const fill = async (kept) => kept.memory.fill(new Uint8Array(OWN.memory.length));
  await keeper.keep(SITE, OWN);
  files.get("v1").content[4_000_000] ^= 1;
  assert.equal(await keeper.use(fill), undefined);
  assert.match(warned(), /its memory was changed/);
  await keeper.keep(SITE, OWN);
  files.get("v1").content = files.get("v1").content.slice(0, 4_000_000);
  assert.equal(await keeper.use(fill), undefined);
  assert.match(warned(), /its memory was cut off/);
});

test("a part that is not there", async () => {
  await keeper.keep(SITE, OWN);
  assert.equal(await keeper.use(async (kept) => kept.part("libraries")), undefined);
  assert.match(warned(), /it holds no libraries/);
});

test("a download that failed says nothing against the memory", async () => {
  await keeper.keep(SITE, OWN);
  const failed = keeper.use(() => Promise.reject(new LoadError("offline", "no line")));
  await assert.rejects(failed, LoadError);
  assert.deepEqual([...files.keys()], ["v1"]);
  assert.deepEqual((await keeper.use(start)).core, SITE.core);
});

test("a crash leaves a mark: after one it is tried again, after two it is thrown away", async () => {
  await keeper.keep(SITE, OWN);
  files.set("v1.mark1", new File());
  await keeper.use(async () => assert.deepEqual([...files.keys()], ["v1", "v1.mark1", "v1.mark2"]));
  await new Promise(setImmediate);
  assert.deepEqual([...files.keys()], ["v1"]);
  for (const mark of ["v1.mark1", "v1.mark2"]) files.set(mark, new File());
  assert.equal(await keeper.use(assert.fail), undefined);
  assert.match(warned(), /twice it was in use/);
  assert.deepEqual([...files.keys()], ["v1.mark1", "v1.mark2"]);
  assert.equal(await keeper.wanted(), false);
});

test("where a memory was thrown away nothing is looked for any more", async () => {
  for (const mark of ["v1.mark1", "v1.mark2"]) files.set(mark, new File());
  assert.equal(await keeper.use(assert.fail), undefined);
  assert.equal(console.warn.mock.callCount(), 0);
});

test("one mark is no reason not to keep", async () => {
  files.set("v1.mark1", new File());
  assert.equal(await keeper.wanted(), true);
});

test("what another tab holds is left alone", async () => {
  await keeper.keep(SITE, OWN);
  files.get("v1").open = true;
  assert.equal(await keeper.use(assert.fail), undefined);
  assert.deepEqual([...files.keys()], ["v1"]);
  files.get("v1").open = false;
  assert.ok(await keeper.use(start));
});

test("it is kept where there is room for it", async () => {
  room = { quota: 1000 << 20, usage: 399 << 20 };
  assert.equal(await keeper.wanted(), true);
  room = { quota: 1000 << 20, usage: 400 << 20 };
  assert.equal(await keeper.wanted(), false);
  room = {};
  assert.equal(await keeper.wanted(), false);
});

for (const [what, navigator, wanted] of [
  ["a phone, by its hints", { userAgentData: { mobile: true } }, false],
  ["a desktop, by its hints", { userAgentData: { mobile: false } }, true],
  ["Android", { userAgent: "X (Android 16)" }, false],
  ["an iPhone", { userAgent: "X (iPhone; CPU)" }, false],
  ["an iPad", { userAgent: "X (iPad; CPU)" }, false],
  ["another phone", { userAgent: "X Mobile" }, false],
  ["little memory", { deviceMemory: 2 }, false],
  ["enough memory", { deviceMemory: 4 }, true],
]) {
  test(`on ${what}: ${wanted ? "kept" : "not kept"}`, async () => {
    browser({ navigator });
    assert.equal(await keeper.wanted(), wanted);
  });
}

for (const [what, changes] of [
  ["no secure context", { isSecureContext: false }],
  ["no locks", { without: ["locks"] }],
  ["no storage", { without: ["storage"] }],
  ["no file system", { storage: { getDirectory: undefined } }],
  ["no files of its own for workers", { handle: class {} }],
]) {
  test(`with ${what} nothing is kept, and nothing asked`, async () => {
    await keeper.keep(SITE, OWN);
    browser(changes);
    if (what === "no file system") delete navigator.storage.getDirectory;
    assert.equal(await keeper.use(assert.fail), undefined);
    assert.equal(await keeper.wanted(), false);
    assert.deepEqual(locks, []);
    assert.equal(console.warn.mock.callCount(), 0);
  });
}

test("storage that is refused costs the memory, nothing else", async () => {
  browser({ storage: { getDirectory: () => Promise.reject(new Error("refused")) } });
  assert.equal(await keeper.wanted(), false);
  assert.equal(await keeper.use(assert.fail), undefined);
  assert.match(warned(), /refused/);
});
