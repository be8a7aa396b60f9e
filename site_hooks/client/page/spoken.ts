// Tells screen readers which language is spoken, on pages whose text is in another one than the interface: what is ours in
// an article says that it is in the interface's, however late it comes.

/** Ours, whose words are the interface's. */
const OURS = [
  "button, .decision-end legend, .decision-told",
  ".cell-status, .cell-keys, .cell-step, .cell-notice, .cell-remark, .cell-note, .cell-message",
  ".cell-output > .cell-hint, .cell-table caption, .cell-frames span",
  ":is(.picture-code, .cell-trace, .answer, .cell-hint, .cell-solution, .quiz-why, .hand-in) > summary",
  ":is(lesson-quiz details, lesson-quiz) > summary, .quiz-verdict, .quiz-number > span, .quiz-feedback > p",
  ".eyebrow__place, .exercise-mark, .exercise-stale, .exercise-question, .exercise-heads, .exercise-below, .exercise-hint-label",
  ".exercise-feedback strong, .practice-note, .practice-unseen, .guess-said, .guess-result",
  ".page-tools-status, .hand-in, lesson-progress, lesson-grading, optimizer-race, site-storage, .embed-home, .embed-missing",
].join();

/** Within ours, what is the page's: names of pages, cells and exercises. */
const THEIRS = [
  ".cell-remark[data-kind=first] .cell-link",
  ".progress-title, lesson-progress li a, .guess-result strong, .decision-theirs",
].join();

let theirs = "";

/** Called for each page with such an article. */
export function speak(article: HTMLElement): void {
  theirs = article.lang;
  watch.disconnect();
  for (const child of article.children) mark(child);
  watch.observe(article, { childList: true, subtree: true });
}

const watch = new MutationObserver((changes) => {
  for (const { addedNodes } of changes) for (const node of addedNodes) if (node instanceof Element) mark(node);
});

function mark(root: Element): void {
  const marks: [selector: string, lang: string][] = [
    [OURS, document.documentElement.lang],
    [THEIRS, theirs],
  ];
  for (const [selector, lang] of marks) {
    if (root.matches(selector)) root.setAttribute("lang", lang);
    for (const node of root.querySelectorAll(selector)) node.setAttribute("lang", lang);
  }
}
