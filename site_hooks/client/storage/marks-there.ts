// Whether this browser has marks of what the learner has done: asked on every page, without the script that reads them.
import { keys } from "../shared/site";
import { local } from "../shared/stores";

export function hasMarks(): boolean {
  try {
    return Object.keys(local()).some((key) => key.startsWith(keys.progress));
  } catch {
    return false;
  }
}
