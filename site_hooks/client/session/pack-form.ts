// In which form Python comes from this host: as it is, where the host compresses it for the way, with Brotli at best;
// else in packs, which are gzip files.
//
// One answer tells for all: packs without gzip are named like Pyodide's own file, so they get what that one gets.
import { packaged } from "../page/site-version";
import { saved } from "./bandwidth";
import { BASE, entry } from "../shared/packs";
import type { PackForm } from "../shared/protocol";

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** The host's answer on Pyodide's file, without the file; undefined where there is no network. */
let told: Promise<Headers | undefined> | undefined;
let chosen: Promise<PackForm> | undefined;

/** The line or the host may be another one than when they were asked. */
export function askAnew(): void {
  told = chosen = undefined;
}

/** Pyodide comes as it is: from others than hosts that compress it, it would be three times as long as its pack. */
export async function isPlain(): Promise<boolean> {
  if (packaged) return false;
  if (LOOPBACK.test(BASE.hostname)) return true;
  const headers = await answer();
  // Without a network it comes in the form that another visit saved.
  return headers ? headers.has("content-encoding") : !(await saved(new URL(entry("wasm").file, BASE)));
}

/** The form of packs, one for all of a visit. */
export function form(): Promise<PackForm> {
  chosen ??= choose();
  return chosen;
}

async function choose(): Promise<PackForm> {
  // Saved for use without a network: they are at hand.
  if (await saved(new URL(entry("core").file, BASE))) return "packed";
  if (!(await isPlain())) return "packed";
  return (await told)?.get("content-encoding") === "br" ? "br" : "gzip";
}

function answer(): Promise<Headers | undefined> {
  told ??= fetch(new URL(entry("wasm").plain!.file, BASE), { method: "HEAD" }).then(
    ({ headers }) => headers,
    () => undefined,
  );
  return told;
}
