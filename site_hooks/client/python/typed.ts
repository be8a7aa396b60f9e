// Waits for the line that a learner types for input(), in memory that the page shares.
//
// Code in cells shares this realm; nothing is looked up here that it could have changed.
import type { Typed } from "../shared/protocol";

const { load, store, wait } = Atomics;
const decoder = new TextDecoder();
const decode = decoder.decode.bind(decoder);
const Bytes = Uint8Array;

/** So often is it looked whether the run is stopped. */
const LOOK_MS = 100;

/** The line; undefined if the run was stopped meanwhile: then the interrupt is taken back, as it has been heard. */
export function typedLine(typed: Typed, interrupt: Uint8Array<SharedArrayBuffer>): string | undefined {
  store(typed, 0, -1);
  for (;;) {
    wait(typed, 0, -1, LOOK_MS);
    const length = load(typed, 0);
    // Shared memory cannot be decoded.
    if (length >= 0) return decode(new Bytes(new Bytes(typed.buffer, 4, length)));
    if (load(interrupt, 0)) {
      store(interrupt, 0, 0);
      return undefined;
    }
  }
}
