// What arrives may be changed or cut on the way, and the browser keeps it as it came: for a year, where a host says so.

/** Takes an answer. One that is of no use is asked for once more, past what the browser keeps; that replaces it, too. */
export async function healed<T>(
  take: (cache: RequestCache) => Promise<T>,
  first: RequestCache = "default",
): Promise<T> {
  return take(first).catch(() => take("reload"));
}
