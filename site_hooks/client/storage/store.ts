// Local storage as this site's modules see it: it throws, or is not there, where it is blocked.

export type Store = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

/** What the action gives; null where storage is blocked, or refuses. */
export function attempt<T>(find: () => Store | null, action: (store: Store) => T): T | null {
  try {
    const store = find();
    return store && action(store);
  } catch {
    return null;
  }
}
