// The browser's storage, of this site and of this tab: all scripts come to it here. It throws where it is blocked. There
// the page has put a stand-in in its place, for Material's scripts (theme/partials/early.html), which keeps nothing.

export const local = (): Storage => real(localStorage);
export const tab = (): Storage => real(sessionStorage);

function real(store: Storage): Storage {
  if ("standIn" in store) throw new Error("blocked");
  return store;
}
