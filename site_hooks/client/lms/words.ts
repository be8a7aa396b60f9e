// What the line below the lesson says of reports.
import type { Told } from "./reporter";

export function words({ state, done, of, need }: Told): string {
  const passed = done >= need ? "passed" : `passed with ${need}`;
  const standing = `${done} of ${of} done, ${passed}.`;
  switch (state.kind) {
    case "opening":
      return "Asking the course …";
    case "kept":
      return `${standing} Reported to the course.`;
    case "failed":
      return `${standing} The course did not take the last report: it is sent again. Leave this page open.`;
    case "silent":
      return "The course shows this lesson to look at it: nothing that you do here is reported.";
    case "refused":
      return state.reason;
  }
}
