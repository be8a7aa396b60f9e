// Python's memory in a browser's file system: what is kept, what is not believed, and what a crash leaves behind.
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { SnapshotStore } from "../../../site_hooks/client/python/snapshot-store";
import { keep } from "../../../site_hooks/client/python/snapshot-writer";
import { LoadError } from "../../../site_hooks/client/shared/packs";

const FOLDER = "python %2Flesson%2F";
const OWN = { memory: bytes(5_000_000, 7), held: { hiwireKeys: ["a"], immortalKeys: ["b"] } };
const SITE = { core: bytes(64, 1), data: bytes(12, 3) };
let files, locks, room, seal;

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
  seal = null;
});

/** What a start finds: with what the page remembers. */
const store = (name = "v1") => new SnapshotStore(seal, name);
const kept = async (packs, own, name = "v1") => (seal = await keep(packs, own, name));

const warned = () => String(console.warn.mock.calls.at(-1)?.arguments[1]);
const start = async (kept) => ({ core: await kept.part("core"), names: kept.names, memory: await kept.memory() });

test("nothing is kept at first", async () => {
  assert.equal(await store().use(assert.fail), undefined);
  assert.equal(await store().wanted(), true);
  assert.equal(console.warn.mock.callCount(), 0);
});

test("what was kept comes back, and there is no need to keep it again", async () => {
  await kept(SITE, OWN);
  assert.equal(await store().wanted(), false);
  const found = await store().use(async (kept) => {
    assert.deepEqual([...files.keys()], ["v1", "v1.mark1"]);
    const memory = new Uint8Array(OWN.memory.length + 8);
    const own = await kept.memory();
    own.fill(memory);
    assert.throws(() => own.fill(memory), /in place before/);
    assert.deepEqual(memory.subarray(0, OWN.memory.length), OWN.memory);
    assert.deepEqual(memory.subarray(OWN.memory.length), new Uint8Array(8));
    return { ...(await start(kept)), data: await kept.part("data") };
  });
  assert.deepEqual(found.names, ["core", "data", "memory"]);
  assert.deepEqual([found.core, found.data], [SITE.core, SITE.data]);
  assert.equal(found.memory.bytes, OWN.memory.length);
  assert.deepEqual(found.memory.held, OWN.held);
  await new Promise(setImmediate);
  assert.deepEqual([...files.keys()], ["v1"]);
  assert.equal(files.get("v1").open, false);
  assert.deepEqual(locks, [FOLDER, FOLDER]);
});

test("the site's own memory is a part, which says itself what it held", async () => {
  await kept({ ...SITE, memory: bytes(400, 5) });
  const found = await store().use(async (kept) => [kept.memory(), await kept.part("memory")]);
  assert.deepEqual(found, [undefined, bytes(400, 5)]);
});

test("what another version kept goes", async () => {
  await kept(SITE, OWN, "v0");
  files.set("v0.mark1", new File());
  assert.equal(await store().use(assert.fail), undefined);
  await kept(SITE, OWN);
  assert.deepEqual([...files.keys()], ["v1"]);
});

test("a file that was not written to its end is removed, without a word", async () => {
  await kept(SITE, OWN);
  files.get("v1").content.fill(0, 0, 8192);
  assert.equal(await store().use(assert.fail), undefined);
  assert.equal(files.size, 0);
  files.set("v1", new File());
  assert.equal(await store().use(assert.fail), undefined);
  assert.equal(files.size, 0);
  assert.equal(console.warn.mock.callCount(), 0);
});

test("the head is written last", async () => {
  const starts = [];
  const { createSyncAccessHandle } = File.prototype;
  mock.method(File.prototype, "createSyncAccessHandle", async function () {
    const handle = await createSyncAccessHandle.call(this);
    const { write } = handle;
    handle.write = (from, where) => {
      starts.push(where.at);
      return write(from, where);
    };
    return handle;
  });
  await kept(SITE, OWN);
  assert.deepEqual(starts, [8192, 8256, 8268, 0]);
});

test("a full disk leaves nothing behind", async () => {
  for (const writes of [0, 1, 3]) {
    const file = new File();
    file.writes = writes;
    const { getFileHandle } = folder;
    folder.getFileHandle = async (name) => files.set(name, file).get(name);
    await assert.rejects(kept(SITE, OWN), /QuotaExceeded/).finally(() => (folder.getFileHandle = getFileHandle));
    assert.equal(files.size, 0);
    assert.equal(file.open, false);
  }
});

test("a head that does not fit is refused", async () => {
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`part${index}`, bytes(4, 1)]));
  await assert.rejects(kept(many, OWN), /head is too long/);
  assert.equal(files.size, 0);
});

for (const [what, spoil, why] of [
  ["changed", (file) => file.content.fill(9, 8196, 8204), /its core was changed/],
  ["cut", (file) => (file.content = file.content.slice(0, 8200)), /its core was cut off/],
]) {
  test(`a part that was ${what} is not believed, and its memory not kept again`, async () => {
    await kept(SITE, OWN);
    spoil(files.get("v1"));
    assert.equal(await store().use(start), undefined);
    assert.match(warned(), why);
    assert.deepEqual([...files.keys()].sort(), ["v1.mark1", "v1.mark2"]);
    assert.equal(await store().wanted(), false);
    assert.equal(await store("v2").wanted(), true);
  });
}

test("a memory that was changed or cut is not believed", async () => {
  const fill = (kept) => kept.memory();
  await kept(SITE, OWN);
  files.get("v1").content[4_000_000] ^= 1;
  assert.equal(await store().use(fill), undefined);
  assert.match(warned(), /its memory was changed/);
  await kept(SITE, OWN);
  files.get("v1").content = files.get("v1").content.slice(0, 4_000_000);
  assert.equal(await store().use(fill), undefined);
  assert.match(warned(), /its memory was cut off/);
});

test("a part that is not there", async () => {
  await kept(SITE, OWN);
  assert.equal(await store().use(async (kept) => kept.part("libraries")), undefined);
  assert.match(warned(), /it holds no libraries/);
});

test("a download that failed says nothing against the memory", async () => {
  await kept(SITE, OWN);
  const failed = store().use(() => Promise.reject(new LoadError("offline", "no line")));
  await assert.rejects(failed, LoadError);
  assert.deepEqual([...files.keys()], ["v1"]);
  assert.deepEqual((await store().use(start)).core, SITE.core);
});

test("a crash leaves a mark: after one it is tried again, after two it is thrown away", async () => {
  await kept(SITE, OWN);
  files.set("v1.mark1", new File());
  await store().use(async () => assert.deepEqual([...files.keys()], ["v1", "v1.mark1", "v1.mark2"]));
  await new Promise(setImmediate);
  assert.deepEqual([...files.keys()], ["v1"]);
  for (const mark of ["v1.mark1", "v1.mark2"]) files.set(mark, new File());
  assert.equal(await store().use(assert.fail), undefined);
  assert.match(warned(), /twice it was in use/);
  assert.deepEqual([...files.keys()], ["v1.mark1", "v1.mark2"]);
  assert.equal(await store().wanted(), false);
});

test("where a memory was thrown away nothing is looked for any more", async () => {
  for (const mark of ["v1.mark1", "v1.mark2"]) files.set(mark, new File());
  assert.equal(await store().use(assert.fail), undefined);
  assert.equal(console.warn.mock.callCount(), 0);
});

test("one mark is no reason not to keep", async () => {
  files.set("v1.mark1", new File());
  assert.equal(await store().wanted(), true);
});

test("what another tab holds is left alone", async () => {
  await kept(SITE, OWN);
  files.get("v1").open = true;
  assert.equal(await store().use(assert.fail), undefined);
  assert.deepEqual([...files.keys()], ["v1"]);
  files.get("v1").open = false;
  assert.ok(await store().use(start));
});

test("it is kept where there is room for it", async () => {
  room = { quota: 1000 << 20, usage: 399 << 20 };
  assert.equal(await store().wanted(), true);
  room = { quota: 1000 << 20, usage: 400 << 20 };
  assert.equal(await store().wanted(), false);
  room = {};
  assert.equal(await store().wanted(), false);
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
    assert.equal(await store().wanted(), wanted);
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
    await kept(SITE, OWN);
    locks = [];
    browser(changes);
    if (what === "no file system") delete navigator.storage.getDirectory;
    assert.equal(await store().use(assert.fail), undefined);
    assert.equal(await store().wanted(), false);
    assert.deepEqual(locks, []);
    assert.equal(console.warn.mock.callCount(), 0);
  });
}

test("storage that is refused costs the memory, nothing else", async () => {
  browser({ storage: { getDirectory: () => Promise.reject(new Error("refused")) } });
  assert.equal(await store().wanted(), false);
  assert.equal(await store().use(assert.fail), undefined);
  assert.match(warned(), /refused/);
});

test("without the seal, or with another's, the file is not believed", async () => {
  const own = await kept(SITE, OWN);
  seal = null;
  assert.equal(await store().use(assert.fail), undefined);
  assert.equal(files.size, 0);
  await kept(SITE, OWN);
  assert.notDeepEqual(seal, own);
  seal = own;
  assert.equal(await store().use(assert.fail), undefined);
  assert.match(warned(), /its head was changed/);
});

test("a part that is put in the place of another is not believed", async () => {
  const alike = { one: bytes(64, 1), two: bytes(64, 2) };
  await kept(alike, OWN);
  const { content } = files.get("v1");
  content.copyWithin(8192, 8256, 8320);
  assert.equal(await store().use((kept) => kept.part("one")), undefined);
  assert.match(warned(), /its one was changed/);
});

test("what another tab kept meanwhile is left as it is", async () => {
  await kept(SITE, OWN);
  assert.equal(await keep(SITE, OWN, "v1"), undefined);
  assert.ok(await store().use(start));
});
