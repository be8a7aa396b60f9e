// Tells screen readers which language is spoken, on pages whose text is in another one than the interface: what is ours in
// an article says that it is in the interface's, however late it comes.

/** Ours, whose words are the interface's. */
const OURS = [
  "button",
  ".cell-status, .cell-keys, .cell-step, .cell-notice, .cell-remark, .cell-note, .cell-message",
  ".cell-output > .cell-hint, .cell-table caption, .cell-frames span",
  ":is(.picture-code, .cell-trace, .answer, .cell-hint, .cell-solution, .quiz-why, .hand-in) > summary",
  ":is(lesson-quiz details, lesson-quiz) > summary, .quiz-verdict, .quiz-number > span, .quiz-feedback > p",
  ".eyebrow__place, .exercise-mark, .exercise-stale, .exercise-question, .exercise-heads, .exercise-below, .exercise-hint-label",
  ".exercise-feedback strong, .practice-note, .practice-unseen, .guess-said, .guess-result",
  ".page-tools-status, .hand-in, lesson-progress, lesson-grading, site-storage, .embed-home, .embed-missing",
].join();

/** Within ours, what is the page's: names of pages, cells and exercises. */
const THEIRS = [
  ".cell-remark[data-kind=first] .cell-link",
  ".progress-title, lesson-progress li a, .guess-result strong",
].join();

export function start(eachPage: (action: () => void) => void): void {
  const own = document.documentElement.lang;
  let theirs = "";
  const say = (root: Element): void => {
    for (const [selector, lang] of [[OURS, own] as const, [THEIRS, theirs] as const]) {
      if (root.matches(selector)) root.setAttribute("lang", lang);
      for (const node of root.querySelectorAll(selector)) node.setAttribute("lang", lang);
    }
  };
  const watch = new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) if (node instanceof Element) say(node);
  });
  const follow = (): void => {
    watch.disconnect();
    const article = document.querySelector<HTMLElement>("article[lang]");
    if (!article) return;
    theirs = article.lang;
    for (const child of article.children) say(child);
    watch.observe(article, { childList: true, subtree: true });
  };
  follow();
  eachPage(follow);
}
