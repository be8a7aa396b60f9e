// The keys for the page before and the one after. Material 9.8.1 has them only where <head> names those pages; Firefox
// would fetch them ahead.
const WAYS: Record<string, string> = { p: "prev", ",": "prev", n: "next", ".": "next" };

export function turnPagesByKey(): void {
  addEventListener("keydown", ({ key, target, ctrlKey, metaKey, altKey }) => {
    const way = WAYS[key];
    const types = target instanceof Element && target.closest("input, textarea, select, [contenteditable=true]");
    if (!way || types || ctrlKey || metaKey || altKey) return;
    document.querySelector<HTMLElement>(`.pager a[rel=${way}]`)?.click();
  });
}
