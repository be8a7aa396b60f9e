// How fast the learner's line is, as the first pack of a start tells when it comes over it. From then on the browser has
// that pack, which would come as if over any fast line; so the rate is remembered for as long as the pack is the same.
import { keys } from "../shared/site";
import { local } from "../shared/stores";

/** What is remembered: the file that told the rate. */
interface Line {
  file: string;
  /** Bits per millisecond. */
  rate: number;
}

let rate: Promise<number> = Promise.resolve(0);

/** Bits per millisecond of the last pack that was timed, from asking to its last byte, beside what else is on the line. */
export function lineRate(): Promise<number> {
  return rate;
}

/** Times a download from now on; returns what ends it, told how many bytes came: 0 if they are not whole. */
export function timed(url: URL): (bytes: number) => void {
  const begun = performance.now();
  let end!: (bytes: number) => void;
  const measured = new Promise<number>((resolve) => {
    end = (bytes) => resolve((8 * bytes) / (performance.now() - begun));
  });
  rate = told(url, measured);
  return end;
}

/** 0 where nothing tells: the download failed, or the service worker has the file, and with it all that Python needs. */
async function told(url: URL, measured: Promise<number>): Promise<number> {
  const known = recall(url.href);
  if (known !== undefined) return known;
  if (await saved(url)) return 0;
  const found = await measured;
  if (found) remember({ file: url.href, rate: found });
  return found;
}

/** The service worker's copy of a file. */
export async function saved(url: URL): Promise<Response | undefined> {
  try {
    return await caches.match(url, { ignoreVary: true });
  } catch {
    return undefined; // Blocked, it throws when it is touched.
  }
}

function recall(file: string): number | undefined {
  try {
    const line = JSON.parse(local().getItem(keys.line) ?? "{}") as Partial<Line>;
    return line.file === file ? line.rate : undefined;
  } catch {
    return undefined;
  }
}

function remember(line: Line): void {
  try {
    local().setItem(keys.line, JSON.stringify(line));
  } catch {
    // Without storage every start asks the line anew.
  }
}
