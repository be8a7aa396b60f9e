// Between the site's pages and the network: files with a hash in their names come from what was saved, pages from the
// network, and from what was saved where there is none.
//
// A version is saved beside the one before it, takes its place when the last page of that one is closed, and only if
// all of it arrived. Where anything here fails the request goes to the network, as it would without a service worker.
// Whatever is saved is compared, each time that it is read, with the hashes of the version that this script belongs to.
import { hash, isLasting, Saved } from "./site-cache";
import { fill } from "../shared/words";

/** Put in by the bundler: the version, and the hash of its manifest, which has the hashes of all others. */
declare const RUNTIME: { version: string; manifest: string };

/** TypeScript's types of a page do not know these: only service workers have them. */
interface WaitingEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchEvent extends WaitingEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface Scope {
  readonly clients: { claim(): Promise<void> };
  addEventListener(type: "install" | "activate", listener: (event: WaitingEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
}
const scope = globalThis as unknown as Scope;

/** A line that says nothing for this long is taken for no line, where there is something to show instead. */
const PATIENCE_MS = 4000;

const saved = new Saved(new URL("./", location.href), RUNTIME.version, RUNTIME.manifest);

scope.addEventListener("install", (event) => event.waitUntil(saved.renew()));

scope.addEventListener("activate", (event) => event.waitUntil(activate()));

async function activate(): Promise<void> {
  await saved.forgetOthers();
  await scope.clients.claim();
}

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = saved.address(request.url);
  // Saved.fill asks with "force-cache", and saves what comes itself.
  if (address === undefined || request.method !== "GET" || request.headers.has("range")) return;
  if (request.cache === "force-cache") return;
  if (isLasting(address)) event.respondWith(lasting(event, address, isAskedAgain(request)));
  else event.respondWith(current(event, address));
});

/** What came before was of no use: see shared/past-cache.ts. Imports and modules have no cache mode, but a query. */
function isAskedAgain({ cache, url }: Request): boolean {
  return cache === "reload" || new URL(url).search !== "";
}

/** What is kept under its hash is as good as new. */
async function lasting(event: FetchEvent, address: string, anew: boolean): Promise<Response> {
  const kept = anew ? undefined : await saved.trusted(address).catch(() => undefined);
  if (kept) return kept;
  const response = await fetch(event.request);
  const copy = response.clone();
  event.waitUntil(keep(address, copy).catch(leave));
  return response;
}

/** Only what belongs to this version, and only as long as the learner has not removed what was saved. */
async function keep(address: string, response: Response): Promise<void> {
  if (!response.ok || !(await caches.has(saved.name))) return;
  const body = await response.arrayBuffer();
  if ((await hash(body)) !== (await saved.integrity(address))) return;
  // Isolation and the security policy come with the host's headers. Those of the line are of other bytes.
  const headers = new Headers(response.headers);
  for (const name of ["content-encoding", "content-length"]) headers.delete(name);
  await (await caches.open(saved.name)).put(saved.url(address), new Response(body, { headers }));
}

/** Pages come from the network as long as there is one, so that a corrected lesson shows at once. */
async function current(event: FetchEvent, address: string): Promise<Response> {
  const answer = network(event, address);
  const [first, kept] = await Promise.all([
    Promise.race([answer.catch(() => undefined), patience()]),
    keptPage(address).catch(() => undefined),
  ]);
  if (first && (first.status < 500 || !kept)) return first;
  if (kept) return kept;
  return answer.catch(() => notSaved());
}

async function network(event: FetchEvent, address: string): Promise<Response> {
  // The browser's own cache is asked only whether it is still right: some hosts let it keep pages for minutes.
  const response = await fetch(event.request, { cache: "no-cache" });
  const copy = response.clone();
  event.waitUntil(keep(address, copy).catch(leave));
  return response;
}

function patience(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
}

/** From one version: from one that is saved whole where there is one. */
async function keptPage(address: string): Promise<Response | undefined> {
  const cache = (await saved.whole()) ?? (await caches.open(saved.name));
  const kept = await saved.trusted(address, cache);
  if (kept || address.endsWith("/")) return kept;
  const folder = `${address}/`;
  return (await saved.trusted(folder, cache)) && Response.redirect(saved.url(folder));
}

function notSaved(): Response {
  const link = `<a href="${saved.root.pathname}">${WORDS.offline.noPageLink}</a>`;
  const text = `<!doctype html><html lang="${WORDS.all.locale}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${WORDS.offline.noPageTitle}</title><style>:root{color-scheme:light dark}body{font:1.125rem/1.6 system-ui;margin:18vh auto;max-width:34rem;padding:0 1.2rem}</style>
<h1>${WORDS.offline.noPage}</h1>
<p>${fill(WORDS.offline.noPageWhy, { link })}</p>`;
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
  };
  return new Response(text, { status: 503, headers });
}

function leave(error: unknown): void {
  console.warn("Not saved:", error);
}
