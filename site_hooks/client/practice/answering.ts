// What the kinds of questions have in common: the inputs of one, and what an answer is worth.

export interface Answering {
  readonly root: HTMLElement;
  /** What the answer is worth; words where there is none yet. */
  judge(): Verdict | string;
  /** What is said of the answers that were not given, once the right one was. */
  others(): Explained[];
  /** Takes inputs and marks back to the start. */
  reset(): void;
  /** The question is answered; no more until reset(). */
  close(): void;
}

export interface Verdict {
  ok: boolean;
  /** More than the explanations say; "" for nothing. */
  words: string;
  explanations: Explained[];
  /** More than one answer was given: each explanation names its own. */
  names: boolean;
}

/** An answer and what the lesson says of it. */
export interface Explained {
  option: Node;
  explanation: Node;
}

export interface Question {
  /** Names the question on the site: inputs and order follow from it. */
  key: string;
  /** Id of the element that asks. */
  labelledBy: string;
  /** An answer is being changed. */
  touched(): void;
}

export function explained(answer: Element): Explained {
  return { option: part(answer, "option"), explanation: part(answer, "explanation") };
}

/** The content of the part of an answer that is marked so, as a copy. */
export function part(answer: Element, kind: "option" | "explanation"): DocumentFragment {
  const content = document.createDocumentFragment();
  const found = answer.querySelector(`[data-kind="${kind}"]`);
  if (found) content.append(...found.cloneNode(true).childNodes);
  return content;
}
