// Use without a network: whether this browser can, saving all of the site, keeping what was used, removing both.
import { savesData } from "../page/data-saver";
import { all, ofPython, Saved, SaveError, total } from "./site-cache";
import { packaged, version } from "../page/site-version";
import { refusal } from "./refusal";
import { keys, root } from "../shared/site";
import { local } from "../shared/stores";

export type State =
  /** The reason is for learners; "" where there is nothing to say. */
  | { kind: "unavailable"; reason: string }
  | { kind: "off" }
  | { kind: "saving"; bytes: number; of: number }
  | { kind: "saved"; bytes: number }
  | { kind: "failed"; reason: string };

/** Kept once Python has been used, this long after the first run: the runs that follow at once come first. */
const QUIET_MS = 4000;
/** What is kept without being asked for leaves the browser's storage this much room. */
const ROOM_BYTES = 200 << 20;

class Offline {
  readonly #saved = new Saved(root, version);
  readonly #watchers = new Set<(state: State) => void>();
  #state: State | undefined;
  #stop: AbortController | undefined;

  /** Tells the state now and after each change, until the returned function is called. */
  watch(watcher: (state: State) => void): () => void {
    this.#watchers.add(watcher);
    if (this.#state) watcher(this.#state);
    else void this.#look();
    return () => this.#watchers.delete(watcher);
  }

  /** How many bytes saving all takes. */
  async size(): Promise<number> {
    return total(await this.#saved.manifest());
  }

  /** How many bytes lie in the caches. */
  bytes(): Promise<number> {
    return unavailable() === undefined ? this.#saved.bytes() : Promise.resolve(0);
  }

  /** Saves every page, and all of Python. */
  async save(): Promise<void> {
    if (unavailable() !== undefined || this.#state?.kind === "saving") return;
    const stop = new AbortController();
    this.#stop = stop;
    this.#set({ kind: "saving", bytes: 0, of: 0 });
    try {
      refuse(false);
      const registration = await this.#register();
      await navigator.storage?.persist?.();
      const manifest = await this.#saved.manifest();
      const of = total(manifest);
      await this.#saved.fill(all(manifest), (bytes) => this.#set({ kind: "saving", bytes, of }), stop.signal);
      await this.#saved.markWhole();
      await active(registration);
      await this.#look();
    } catch (error) {
      this.#set(stop.signal.aborted ? { kind: "off" } : { kind: "failed", reason: explain(error) });
    }
  }

  /** Stops saving; what has arrived stays for the next attempt. */
  cancel(): void {
    this.#stop?.abort();
  }

  /** After the first run: what this visit used comes from this browser at the next one. */
  keepUsed(): void {
    document.addEventListener("py-cell:done", () => setTimeout(() => void this.#keepUsed().catch(leave), QUIET_MS), {
      once: true,
    });
  }

  async #keepUsed(): Promise<void> {
    if (unavailable() !== undefined || refused() || savesData() || navigator.serviceWorker.controller) return;
    const { quota = 0, usage = 0 } = await navigator.storage.estimate();
    if (quota - usage < ROOM_BYTES) return;
    const manifest = await this.#saved.manifest();
    // What was asked for its headers only has no body.
    const resources = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
    const loaded = resources
      .filter((entry) => entry.decodedBodySize)
      .map(({ name }) => this.#saved.address(name) ?? "");
    const page = this.#saved.address(location.href) ?? "";
    const stop = new AbortController();
    this.#stop = stop;
    await this.#saved.fill([page, ...loaded, ...ofPython(manifest, loaded)], undefined, stop.signal);
    if (stop.signal.aborted) return;
    await this.#register();
  }

  /** Removes everything that was saved, and the service worker, which does not come back by itself. */
  async remove(): Promise<void> {
    if (unavailable() !== undefined) return;
    this.cancel();
    refuse(true);
    for (const registration of await navigator.serviceWorker.getRegistrations()) {
      if (registration.scope === root.href) await registration.unregister();
    }
    await this.#saved.forget();
    this.#set({ kind: "off" });
  }

  async #register(): Promise<ServiceWorkerRegistration> {
    const script = new URL("service-worker.js", root);
    const registration: ServiceWorkerRegistration | undefined = await navigator.serviceWorker
      .register(script, { updateViaCache: "none" })
      .catch(() => undefined);
    if (registration) return registration;
    throw new SaveError(WORDS.offline.noWorkers);
  }

  async #look(): Promise<void> {
    const reason = unavailable();
    if (reason !== undefined) return this.#set({ kind: "unavailable", reason });
    const registered = await navigator.serviceWorker.getRegistration(root).catch(() => undefined);
    const whole = registered && (await this.#saved.whole().catch(() => undefined));
    this.#set(whole ? { kind: "saved", bytes: await this.#saved.bytes() } : { kind: "off" });
  }

  #set(state: State): void {
    this.#state = state;
    for (const watcher of this.#watchers) watcher(state);
  }
}

/** Why this browser, at this address, cannot work offline; undefined if it can. */
function unavailable(): string | undefined {
  if (!version || packaged) return "";
  if (!isSecureContext) return WORDS.offline.https;
  try {
    if (navigator.serviceWorker && caches) return undefined;
  } catch {
    // Blocked, they throw when they are touched.
  }
  return WORDS.offline.private;
}

/** Until the service worker answers for the site's pages. */
async function active(registration: ServiceWorkerRegistration): Promise<void> {
  const worker = registration.active ?? registration.waiting ?? registration.installing;
  while (worker?.state !== "activated") {
    if (!worker || worker.state === "redundant") throw new SaveError(WORDS.offline.refused);
    await new Promise((resolve) => worker.addEventListener("statechange", resolve, { once: true }));
  }
}

/** Why the site could not be saved, and what to do. */
export function explain(error: unknown): string {
  if (error instanceof SaveError) return error.message;
  if (error instanceof DOMException && refusal(error) === "full") return WORDS.offline.full;
  if (error instanceof DOMException && error.name === "SecurityError") return WORDS.offline.blocked;
  if (!navigator.onLine) return WORDS.offline.noNetwork;
  return WORDS.offline.missing;
}

/** Whether a learner removed the service worker. */
function refused(): boolean {
  try {
    return local().getItem(keys.refused) === "off";
  } catch {
    return false;
  }
}

function refuse(on: boolean): void {
  try {
    if (on) local().setItem(keys.refused, "off");
    else local().removeItem(keys.refused);
  } catch {
    // Without storage nothing is remembered.
  }
}

function leave(error: unknown): void {
  console.warn("Kept nothing for the next visit:", error);
}

/** The one of this tab; it outlives page changes. */
export const offline = new Offline();
