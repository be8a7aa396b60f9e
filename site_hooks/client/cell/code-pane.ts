// The code of a cell: static at first, an editor once it is seen, with drafts kept, Reset, and the notes about them.
import type { EditorState } from "@codemirror/state";
import { drafts } from "../storage/drafts";
import type { Editor, EditorOptions } from "./editor";
import type { Lesson } from "./lesson-names";
import { loadEditor, loadHelp } from "./load-editor";
import { button, make } from "../page/dom";
import { movedByKey } from "../page/keyboard";
import { wasUpdated } from "../page/site-version";
import { KEYS, type Parts } from "./template";
import { fill } from "../shared/words";

export interface CodeOptions {
  id: string;
  page: string;
  title: string;
  /** The lesson's code. */
  source: string;
  /** The `<pre>` that holds it until the editor comes. */
  block: HTMLElement;
  parts: Parts;
  /** Gets the focus when the note that has it goes away. */
  button: HTMLElement;
  onRun(andMove: boolean): void;
  /** What the editor may know of the page and of Python. */
  lesson: Lesson;
  /** The code is another now. */
  onChange(): void;
}

type Action = [label: string, action: () => void];

const SAVE_MS = 400;

let blockedStorageTold = false;

export class CodePane {
  #text: string;
  #editor: Editor | null = null;
  #editing: Promise<void> | null = null;
  /** What an editor that was closed leaves to the next one. */
  #kept: EditorState | null = null;
  #closed = true;
  #marked: number | null = null;
  #saving: ReturnType<typeof setTimeout> | undefined;
  /** The code that the browser's storage held when this tab last looked. */
  #stored: string;
  /** The note that stands asks which of two versions is to stay. */
  #asking = false;
  /** The note that stands is about what was pasted into this very editor. */
  #pasteTold = false;
  #fullStorageTold = false;
  /** What storage refused: it stands until it is closed, whatever else is said or runs. */
  #warning: Element[] = [];
  #updateTold = false;
  #leaving = new AbortController();
  /** The learner's own code, while a link's stands in its place: until they choose, nothing is kept. */
  #own: string | null = null;

  constructor(private readonly options: CodeOptions) {
    this.#text = options.source;
    // Material would give it one more button at every visit of the page.
    options.block.classList.add("no-copy");
    options.parts.source.append(options.block);
    this.#stored = this.#read();
    this.#restore();
  }

  /** The code as it stands. */
  get text(): string {
    return this.#text;
  }

  open(): void {
    this.#closed = false;
    this.#leaving = new AbortController();
    const { signal } = this.#leaving;
    addEventListener("pagehide", () => this.save(), { signal });
    // Another tab may have kept a draft just now, or while this page was away.
    addEventListener("storage", () => this.#compare(), { signal });
    addEventListener("pageshow", () => this.#compare(), { signal });
    this.#compare();
  }

  /** The page is left: the code, its history and the cursor stay, the editor goes. */
  close(): void {
    this.save();
    this.#leaving.abort(null); // an AbortError would hold the stack, and so the element
    this.#closed = true;
    this.#editing = null;
    this.options.block.removeAttribute("id"); // Material makes a longer one of it
    if (this.#pasteTold) this.note("");
    if (!this.#editor) return;
    this.#kept = this.#editor.state;
    this.#editor.destroy();
    this.#editor = null;
    this.#set(this.#text);
    this.options.parts.source.append(this.options.block);
  }

  /** Puts the editor in place of the static code. */
  edit(): Promise<void> {
    this.#editing ??= this.#createEditor().catch(() => {
      this.#editing = null; // The static code can be run too; the next look at the cell tries again.
      void this.#tellOfUpdate();
    });
    return this.#editing;
  }

  async focus(): Promise<void> {
    await this.edit();
    this.#editor?.focus();
    // An editor that was made just now may not tell of its first focus.
    if (this.#editor) this.#hintKeys(movedByKey());
  }

  async search(): Promise<void> {
    await this.edit();
    this.#editor?.search();
  }

  async showLine(line: number): Promise<void> {
    await this.edit();
    this.#editor?.showLine(line);
  }

  /** Marks the line that failed; null takes the mark away. */
  mark(line: number | null): void {
    if (line === this.#marked) return;
    this.#marked = line;
    this.#editor?.markLine(line);
  }

  /** Brings the lesson's code back, and offers to undo that. */
  reset(): void {
    const before = this.#own ?? this.#text;
    this.#own = null;
    this.#replace(this.options.source);
    this.mark(null);
    if (before === this.options.source) this.note("");
    else this.note(WORDS.code.lessons, [WORDS.all.undo, () => this.#replace(before)]);
  }

  /** Puts another code in the place of the learner's, and offers to undo that. */
  take(code: string, words: string): void {
    const before = this.#text;
    this.#replace(code);
    this.note(words, [WORDS.all.undo, () => this.#replace(before)]);
  }

  /** A control changes a part of the code; undone in one step with all until it has rested(). */
  replace(from: number, to: number, text: string): void {
    if (this.#editor) {
      this.#editor.replace(from, to, text);
      return;
    }
    const code = this.#text.slice(0, from) + text + this.#text.slice(to);
    this.#set(code);
    this.#changed(code);
  }

  rested(): void {
    this.#editor?.rested();
  }

  /** The code runs: what was said about it is read, but a question stands until it is answered. */
  began(): void {
    this.save();
    this.mark(null);
    if (!this.#asking) this.note("");
  }

  /** Says something above the code; an empty text takes the note away, as every action in it does. */
  note(text: string, ...actions: Action[]): void {
    this.#asking = false;
    this.#pasteTold = false;
    this.#show(text ? said(text, actions, () => this.note("")) : []);
  }

  /** What stands already is not put there anew: it would be read aloud again. */
  #show(words: Element[]): void {
    const { notice } = this.options.parts;
    const shown = [...words, ...this.#warning];
    const stands = notice.children.length === shown.length + 1 && shown.every((node) => notice.contains(node));
    if (stands) return;
    if (notice.contains(document.activeElement)) this.options.button.focus();
    const close = (): void => {
      this.#warning = [];
      this.note("");
    };
    // A link's code is to be kept or not: no third way.
    if (shown.length && this.#own === null)
      shown.push(button("×", close, { "aria-label": WORDS.code.closeNote, class: "cell-close" }));
    notice.replaceChildren(...shown);
  }

  /** Says it after what is said already; an empty text takes it away. */
  #warn(text: string, ...actions: Action[]): void {
    const { notice } = this.options.parts;
    const old = this.#warning;
    this.#warning = text ? said(text, actions, () => this.#warn("")) : [];
    this.#show([...notice.children].filter((node) => !old.includes(node) && !node.matches(".cell-close")));
  }

  #ask(text: string, ...answers: Action[]): void {
    this.note(text, ...answers);
    this.#asking = true;
  }

  /** Shows code that came with a link, and lets the learner choose; `chosen` is called when they have. */
  offer(code: string, chosen: () => void): void {
    if (code === this.#text) {
      chosen();
      return;
    }
    const own = (this.#own ??= this.#text);
    const choose = (choice: string): void => {
      this.#own = null;
      this.#replace(choice);
      chosen();
    };
    this.#set(code);
    this.#ask(
      WORDS.code.fromLink,
      [
        WORDS.code.keepIt,
        () => {
          choose(this.#text);
          this.note(WORDS.code.links, [WORDS.all.undo, () => this.#replace(own)]);
        },
      ],
      [own === this.options.source ? WORDS.code.backLessons : WORDS.code.backMine, () => choose(own)],
    );
  }

  /** Keeps the draft now, if there is something new. */
  save(): void {
    if (this.#saving !== undefined && this.#own === null) this.#keep();
  }

  #keep(): void {
    clearTimeout(this.#saving);
    this.#saving = undefined;
    const { page, id, source } = this.options;
    const outcome = drafts.keep(page, id, { code: this.#text, base: source });
    if (outcome === "kept") {
      this.#stored = this.#text;
      if (this.#fullStorageTold) this.#warn("");
      this.#fullStorageTold = false;
    } else if (outcome === "full") this.#tellOfFullStorage();
    else if (!blockedStorageTold) {
      blockedStorageTold = true;
      this.#warn(WORDS.code.blocked);
    }
  }

  /** Once, until there is room again: a note at every key would be in the way. */
  #tellOfFullStorage(): void {
    if (this.#fullStorageTold) return;
    this.#fullStorageTold = true;
    this.#warn(WORDS.code.full, [
      WORDS.all.again,
      () => {
        this.#fullStorageTold = false;
        if (this.#own === null) this.#keep();
      },
    ]);
  }

  /** What the browser's storage holds: a draft, else the lesson's code. */
  #read(): string {
    const { page, id, source } = this.options;
    const restored = drafts.restore(page, id, source);
    return restored.kind === "none" ? source : restored.code;
  }

  /** Asks which version is to stay when another tab kept another; both are there until the learner says. */
  #compare(): void {
    const theirs = this.#read();
    if (theirs === this.#stored) return;
    this.#stored = theirs;
    if (theirs === this.#text) {
      this.note("");
      return;
    }
    this.#ask(
      WORDS.code.otherTab,
      [
        WORDS.code.takeThat,
        () => {
          const mine = this.#text;
          this.#replace(theirs);
          this.note(WORDS.code.isOther, [WORDS.all.undo, () => this.#replace(mine)]);
        },
      ],
      [WORDS.code.keepThis, () => this.#keep()],
    );
  }

  async #createEditor(): Promise<void> {
    const { createEditor } = await loadEditor();
    if (this.#closed || this.#editor) return;
    const { id, title, parts, block, onRun } = this.options;
    this.#editor = createEditor({
      parent: parts.source,
      code: this.#text,
      state: this.#kept,
      label: fill(WORDS.code.codeOf, { cell: title || id }),
      describedBy: parts.keys.id,
      help: async () => {
        const help = await loadHelp();
        return help && { extension: help.editorHelp(this.options.lesson), search: help.openSearchPanel };
      },
      onChange: (code) => this.#changed(code),
      onRun,
      onFocus: (has) => this.#hintKeys(has && movedByKey()),
      onTab: (leaves) => this.#hintKeys(true, leaves ? WORDS.code.tabLeaves : KEYS),
      onPaste: (cleaned) => this.#pasted(cleaned),
    });
    const isRead = block.contains(document.activeElement);
    block.remove();
    this.#editor.markLine(this.#marked);
    if (isRead) this.#editor.focus();
  }

  /** The editor's script is gone where the site was updated since the page was opened. */
  async #tellOfUpdate(): Promise<void> {
    if (this.#updateTold || !(await wasUpdated()) || this.#updateTold) return;
    this.#updateTold = true;
    this.note(WORDS.code.updated, [WORDS.all.reload, () => location.reload()]);
  }

  /** Says how to leave the editor, in sight of those who came by keyboard or press Tab in it. */
  #hintKeys(seen: boolean, words = KEYS): void {
    const { keys, shell } = this.options.parts;
    keys.textContent = words;
    shell.toggleAttribute("data-keys", seen);
  }

  #pasted(cleaned: Parameters<EditorOptions["onPaste"]>[0]): void {
    if (!cleaned) return this.note("");
    this.note(fill(WORDS.code.cleaned, { changes: cleaned.changes.join(", ") }), [
      WORDS.code.asPasted,
      cleaned.asItWas,
    ]);
    this.#pasteTold = true;
  }

  #restore(): void {
    const { page, id, source } = this.options;
    const restored = drafts.restore(page, id, source);
    if (restored.kind === "none") return;
    this.#set(restored.code);
    if (restored.kind === "draft") this.note(WORDS.code.draft);
    else {
      this.#ask(
        WORDS.code.changed,
        [WORDS.code.keepMine, () => this.#replace(restored.code)],
        [WORDS.code.takeNew, () => this.#replace(source)],
      );
    }
  }

  /** Replaces the code, as an edit that is kept at once. */
  #replace(code: string): void {
    this.#set(code);
    this.#changed(code);
    this.save();
  }

  #set(code: string): void {
    this.#text = code;
    const block = this.options.block.querySelector("code") ?? this.options.block;
    if (this.#editor) this.#editor.setCode(code);
    else if (block.textContent !== code) block.textContent = code;
  }

  #changed(code: string): void {
    this.#text = code;
    this.options.onChange();
    this.#marked = null;
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => this.save(), SAVE_MS);
  }
}

/** Words, and buttons each of which takes them away. */
function said(text: string, actions: Action[], away: () => void): Element[] {
  const buttons = actions.map(([label, action]) => {
    const act = (): void => {
      away();
      action();
    };
    return button(label, act, { class: "cell-link" });
  });
  return [make("span", {}, text), ...buttons];
}
