// A cell's code in the fragment of a link: "#code=CELL.FORM", then the code in base64 as addresses write it.

/** Characters from which on packing pays. */
const LONG = 200;
/** More than a link can hold that anybody would send; packed, and in bytes when it is unpacked. */
const LARGEST = 100_000;
const LARGEST_CODE = 1_000_000;

export async function toFragment(cell: string, code: string): Promise<string> {
  const plain = new TextEncoder().encode(code);
  const isPacked = code.length > LONG && "CompressionStream" in globalThis;
  const bytes = isPacked ? await through(plain, new CompressionStream("deflate-raw")) : plain;
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  const text = btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  return `#code=${cell}.${isPacked ? "z" : "p"}${text}`;
}

/** Throws what is wrong with a link that was cut off, or made by something else. */
export async function fromFragment(fragment: string): Promise<{ cell: string; code: string }> {
  const [, cell, form, text] = /^#code=([\w-]+)\.([pz])([\w-]*)$/.exec(fragment) ?? [];
  if (!cell || text === undefined || text.length > LARGEST) throw new Error("This link holds no code.");
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
  const plain = form === "z" ? await unpacked(bytes) : bytes;
  return { cell, code: new TextDecoder("utf-8", { fatal: true }).decode(plain) };
}

/** A small link may unpack to more than a page can bear. */
async function unpacked(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  let size = 0;
  const limit = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      size += chunk.length;
      if (size > LARGEST_CODE) throw new Error("This link holds more than code.");
      controller.enqueue(chunk);
    },
  });
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream.pipeThrough(limit)).arrayBuffer());
}

async function through(bytes: Uint8Array<ArrayBuffer>, stream: CompressionStream): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
}
