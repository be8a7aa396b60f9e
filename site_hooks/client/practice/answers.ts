// <details class="answer" data-for="cell">: the paragraph that tells what a cell shows stays folded until the cell has
// run, or until it is asked for. Without script and in print it is open.

const READY = "data-ready";

export function foldAnswers(): void {
  for (const answer of document.querySelectorAll<HTMLDetailsElement>(`details.answer:not([${READY}])`)) {
    const cell = document.getElementById(answer.dataset["for"] ?? "");
    // Output of an earlier visit counts too. A live figure has some from the start.
    answer.open = cell?.matches('[data-state="done"], [data-live]:not([live])') ?? false;
    answer.setAttribute(READY, "");
  }
}

export function openAnswers({ target }: Event): void {
  if (!(target instanceof Element)) return;
  for (const answer of document.querySelectorAll<HTMLDetailsElement>(`details.answer[${READY}]`))
    if (answer.dataset["for"] === target.id) answer.open = true;
}

/** Paper has no clicks. Called once. */
export function printAnswers(): void {
  let opened: HTMLDetailsElement[] = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll<HTMLDetailsElement>("details.answer:not([open])")];
    for (const answer of opened) answer.open = true;
  });
  addEventListener("afterprint", () => {
    for (const answer of opened) answer.open = false;
  });
}
