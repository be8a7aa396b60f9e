// Why a browser did not keep something: its storage is full, or blocked for this site.

export type Refusal = "full" | "blocked";

/** Told from what was thrown; the second name is Firefox's. */
export function refusal(error: unknown): Refusal {
  const { name } = (error ?? {}) as { name?: unknown };
  return name === "QuotaExceededError" || name === "NS_ERROR_DOM_QUOTA_REACHED" ? "full" : "blocked";
}
