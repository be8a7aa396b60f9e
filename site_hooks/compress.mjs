// Compresses files, the same bytes each time. Called by compressed.py with [{from, to, form}...] as JSON on standard input:
// two files, and "gz", "br9" or "br11". With "versions" as its argument it says what it compresses with.
import { readFile, writeFile } from "node:fs/promises";
import process from "node:process";
import { promisify } from "node:util";
import zlib from "node:zlib";

const gzip = promisify(zlib.gzip);
const brotli = promisify(zlib.brotliCompress);
const { BROTLI_PARAM_QUALITY: QUALITY, BROTLI_PARAM_SIZE_HINT: SIZE } = zlib.constants;

async function compress(content, form) {
  if (form !== "gz") {
    return await brotli(content, { params: { [QUALITY]: Number(form.slice(2)), [SIZE]: content.length } });
  }
  const packed = await gzip(content, { level: 9 });
  packed[9] = 255; // the operating system: unknown
  return packed;
}

if (process.argv[2] === "versions") {
  console.log(process.versions.zlib, process.versions.brotli);
  process.exit();
}
let input = "";
for await (const chunk of process.stdin) input += chunk;
await Promise.all(
  JSON.parse(input).map(async ({ from, to, form }) => writeFile(to, await compress(await readFile(from), form))),
);
