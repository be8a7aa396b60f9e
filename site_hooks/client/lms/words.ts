// What the line below the lesson says of reports.
import type { Told } from "./reporter";
import { fill } from "../shared/words";

export function words({ state, done, of, need }: Told): string {
  const passed = done >= need ? WORDS.lms.passed : fill(WORDS.lms.passedWith, { need });
  const standing = fill(WORDS.lms.standing, { done, of, passed });
  switch (state.kind) {
    case "opening":
      return WORDS.lms.opening;
    case "kept":
      return fill(WORDS.lms.reported, { standing });
    case "failed":
      return fill(WORDS.lms.failed, { standing });
    case "silent":
      return WORDS.lms.silent;
    case "refused":
      return state.reason;
  }
}
