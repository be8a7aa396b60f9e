// Writes FILE.gz and FILE.br beside every file of a folder that compresses well, the same bytes each time.
// Hosts with gzip_static or the like send these as they are. Called by finish.py with the folder as its argument.
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import zlib from "node:zlib";

const gzip = promisify(zlib.gzip);
const brotli = promisify(zlib.brotliCompress);
const { BROTLI_PARAM_QUALITY: QUALITY, BROTLI_PARAM_SIZE_HINT: SIZE } = zlib.constants;

const COMPRESSIBLE = /\.(css|html|ipynb|js|json|svg|wasm|xml)$/;
const LEAST_BYTES = 1024;

const site = process.argv[2];

async function compress(file) {
  const content = await readFile(file);
  if (content.length < LEAST_BYTES) return;
  // Pages change with every build; what lies in assets/ is fetched more often and is worth the time.
  const quality = path.relative(site, file).startsWith("assets") ? 11 : 9;
  const [gz, br] = await Promise.all([
    gzip(content, { level: 9 }),
    brotli(content, { params: { [QUALITY]: quality, [SIZE]: content.length } }),
  ]);
  gz[9] = 255; // the operating system: unknown
  await Promise.all([writeFile(`${file}.gz`, gz), writeFile(`${file}.br`, br)]);
}

const entries = await readdir(site, { recursive: true, withFileTypes: true });
const files = entries
  .filter((entry) => entry.isFile())
  .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
// Pyodide's come with it.
const there = new Set(files);
const wanted = files.filter((file) => COMPRESSIBLE.test(file) && !there.has(`${file}.br`));
await Promise.all(wanted.map(compress));
