// Takes from the worker what code in cells has no use for, once Python is up and before any cell runs: storage, network,
// other workers, messages to the page, and every way to make JavaScript out of text.
//
// Code in cells reaches JavaScript's objects by `js`. What is not named here goes, from the global object and from the
// prototypes that it inherits from, so that what browsers add later goes as well. Our own modules keep what they need
// in their own scope: see worker.ts and import-request.ts.

/** The language's own, and what Python or a lesson may use of the browser's. */
const GLOBALS = new Set(
  `AggregateError Array ArrayBuffer AsyncDisposableStack Atomics BigInt BigInt64Array BigUint64Array Boolean DataView Date
  DisposableStack Error EvalError FinalizationRegistry Float16Array Float32Array Float64Array Infinity Int16Array
  Int32Array Int8Array InternalError Intl Iterator JSON Map Math NaN Number Object Promise Proxy RangeError
  ReferenceError Reflect RegExp Set SharedArrayBuffer String SuppressedError Symbol SyntaxError Temporal TypeError
  URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet WebAssembly decodeURI
  decodeURIComponent encodeURI encodeURIComponent escape globalThis isFinite isNaN parseFloat parseInt undefined unescape
  AbortController AbortSignal DOMException TextDecoder TextEncoder URL URLSearchParams atob btoa clearInterval clearTimeout
  console crossOriginIsolated crypto isSecureContext location name navigator performance queueMicrotask self
  structuredClone`.split(/\s+/),
);
const NAVIGATOR = new Set("hardwareConcurrency language languages onLine platform userAgent".split(" "));

/** What people try is answered in words; the rest is not there. */
const NO_NETWORK = "Cells cannot reach the network: Python runs here by itself. Put small data into the code.";
const NO_STORAGE = "Cells cannot reach the browser's storage: what they keep is what their variables hold.";
const NO_SCRIPT = "Cells run Python only: JavaScript cannot be made out of text here.";
const NO_WORKER = "Cells cannot start workers, or send messages to other pages.";
const CALLS: Record<string, string> = {
  fetch: NO_NETWORK,
  Request: NO_NETWORK,
  XMLHttpRequest: NO_NETWORK,
  WebSocket: NO_NETWORK,
  EventSource: NO_NETWORK,
  importScripts: NO_NETWORK,
  Worker: NO_WORKER,
  SharedWorker: NO_WORKER,
  BroadcastChannel: NO_WORKER,
  postMessage: NO_WORKER,
  eval: NO_SCRIPT,
  Function: NO_SCRIPT,
};
const OBJECTS: Record<string, string> = { caches: NO_STORAGE, indexedDB: NO_STORAGE };

/** Fails where something stays that should have gone: then no cell may run. */
export function confine(): void {
  const { setTimeout, setInterval } = globalThis;
  const functions = [() => {}, async () => {}, function* () {}, async function* () {}];
  for (const one of functions) fix(Object.getPrototypeOf(one) as object, "constructor", refusal("Function"));
  for (let at: object = globalThis; at !== Object.prototype; at = Object.getPrototypeOf(at) as object)
    keepOnly(GLOBALS, at);
  keepOnly(NAVIGATOR, Object.getPrototypeOf(navigator) as object);
  keepOnly(new Set(), navigator);
  for (const name of ["createObjectURL", "revokeObjectURL"]) remove(URL, name);
  for (const name of ["compileStreaming", "instantiateStreaming"]) remove(WebAssembly, name);
  for (const name of Object.keys(CALLS)) fix(globalThis, name, refusal(name));
  for (const [name, words] of Object.entries(OBJECTS)) {
    Object.defineProperty(globalThis, name, {
      get() {
        throw new Error(words);
      },
    });
  }
  // Browsers would run a text.
  fix(globalThis, "setTimeout", timer(setTimeout));
  fix(globalThis, "setInterval", timer(setInterval));
}

/** Stands where a function was: whoever calls it, or makes one with it, is told why that fails. */
function refusal(name: string): unknown {
  function refuse(): never {
    throw new Error(CALLS[name]);
  }
  Object.defineProperty(refuse, "name", { value: name });
  // `instanceof Function` goes on to work.
  if (name === "Function") refuse.prototype = Object.getPrototypeOf(confine);
  return refuse;
}

function timer(plain: typeof setTimeout): unknown {
  return (work: unknown, ms?: number, ...rest: unknown[]) => {
    if (typeof work !== "function") throw new TypeError(NO_SCRIPT);
    return plain(work as () => void, ms, ...rest);
  };
}

function keepOnly(names: Set<string>, inside: object): void {
  for (const name of Object.getOwnPropertyNames(inside)) if (!names.has(name)) remove(inside, name);
}

/** A number or a text that has to stay does no harm. */
function remove(inside: object, name: string): void {
  if (Reflect.deleteProperty(inside, name)) return;
  const { value, get } = Object.getOwnPropertyDescriptor(inside, name)!;
  if (get || value === Object(value)) throw new Error(`this browser does not let go of ${name}`);
}

function fix(inside: object, name: string, value: unknown): void {
  Object.defineProperty(inside, name, { value, writable: false, configurable: false, enumerable: false });
}
