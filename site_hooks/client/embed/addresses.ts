// The addresses of an embedded page: "?embed" shows a page, "?embed=ID" one cell of it.

/** The id of the one cell that an address asks for; empty for a page. */
export function asked({ search }: URL | Location): string {
  return new URLSearchParams(search).get("embed") ?? "";
}

/** The same page, to be shown in the frame. */
export function inFrame(address: URL): URL {
  const framed = inLesson(address);
  framed.search += framed.search ? "&embed" : "?embed";
  return framed;
}

/** The same page, to be shown by itself; what else the address asks for stays. */
export function inLesson(address: URL | Location): URL {
  const plain = new URL(address.href);
  const kept = plain.search.slice(1).split("&");
  plain.search = kept.filter((part) => !/^embed(=|$)/.test(part)).join("&");
  return plain;
}
