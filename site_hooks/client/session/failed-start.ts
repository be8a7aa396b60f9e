// Why Python did not start, where the browser does not say: the server tells whether it still has this version.
import { wasUpdated } from "../page/site-version";
import type { Failure } from "../shared/protocol";

/** What is known of a worker whose script did not come. */
export const NOTHING: Failure = { kind: "offline", message: WORDS.python.noWorker };

const UPDATED: Failure = { kind: "gone", message: WORDS.all.updated };

/** The same failure, or what was behind it. */
export async function explain(failure: Failure): Promise<Failure> {
  return (await wasUpdated()) ? UPDATED : failure;
}
