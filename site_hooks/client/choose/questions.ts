// A nested list -> questions. An item of the outer list is a question and the list of its answers; an answer is its words,
// and either the next question with its answers, or advice and code.

export interface Question {
  words: string;
  answers: Answer[];
}

export interface Answer {
  label: string;
  /** What it asks next. */
  asks?: Question;
  /** What follows from it: paragraphs. */
  advice: Element[];
  code?: Element;
}

export function questionsOf(list: Element): Question[] {
  return [...list.children].map(question);
}

function question(item: Element): Question {
  const [words] = item.querySelectorAll(":scope > p");
  return { words: plain(words), answers: answersOf(item) };
}

function answersOf(item: Element): Answer[] {
  return [...item.querySelectorAll(":scope > ul > li")].map(answer);
}

function answer(item: Element): Answer {
  const [label, ...advice] = item.querySelectorAll(":scope > p");
  const answers = answersOf(item);
  if (answers.length) return { label: plain(label), asks: { words: plain(advice[0]), answers }, advice: [] };
  const code = item.querySelector(":scope > .highlight code") ?? undefined;
  return { label: plain(label), advice, ...(code && { code }) };
}

function plain(node: Element | undefined): string {
  return node?.textContent?.trim() ?? "";
}
