// The number that shuffles this learner's quizzes: made once, so that a quiz looks the same at each visit.
import { keys } from "../shared/site";
import { local } from "../shared/stores";

let seed: number | null = null;

export function shuffleSeed(): number {
  seed ??= kept() ?? made();
  return seed;
}

function kept(): number | null {
  try {
    const text = local().getItem(keys.shuffle);
    return text && /^\d{1,10}$/.test(text) ? Number(text) : null;
  } catch {
    return null;
  }
}

/** Where storage refuses it, it holds as long as the page does. */
function made(): number {
  const [number] = crypto.getRandomValues(new Uint32Array(1));
  try {
    local().setItem(keys.shuffle, String(number));
  } catch {
    // blocked or full
  }
  return number!;
}
