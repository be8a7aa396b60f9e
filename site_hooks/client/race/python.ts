// Asks Python about a race, in the session of the page's cell: one question after the other, each of which can be stopped.
import { fill } from "../shared/words";
import type { Run, RunObserver, Session } from "../session/session";

/** Seconds that a question may take. */
const LIMIT = 240;

export class StoppedError extends Error {}

export class Asker {
  #run: Run | null = null;
  /** Milliseconds that Python computed the last answer. */
  took = Number.POSITIVE_INFINITY;

  /** `name`: of the cell's session; `told`: how far the start of Python or the question is. */
  constructor(
    private readonly session: Session,
    private readonly name: string,
    private readonly told: (words: string) => void,
  ) {}

  /** What a function of pylib.race.page answers, as JSON. Throws why there is no answer, in words. */
  ask(what: "race" | "trials" | "own", asked?: unknown): Promise<string> {
    // JSON of a string is Python's too.
    const given = asked === undefined ? "" : `${JSON.stringify(JSON.stringify(asked))}, `;
    const source = `__import__("pylib.race.page", fromlist=["page"]).${what}(${given}globals())`;
    const request = {
      source,
      session: this.name,
      cell: "race",
      caption: WORDS.race.player,
      check: null,
      theme: "light" as const,
      width: null,
      live: true, // an optimizer that asks with input() is told that nobody answers
      ratio: 1,
    };
    return new Promise((resolve, reject) => {
      let answer: string | null = null;
      let began = Number.NEGATIVE_INFINITY;
      let problem = WORDS.race.noAnswer;
      const observer: RunObserver = {
        turn: (own) => {
          own.depth = "numpy";
          return null;
        },
        state: (state) => {
          if (state === "queued") this.told(WORDS.cell.waitPython);
          if (state === "loading") this.told(WORDS.race.starts);
          if (state !== "running") return;
          began = performance.now();
          this.told(WORDS.race.computes);
        },
        progress: ({ step, fraction }) =>
          this.told(fill(WORDS.race.progress, { step, percent: Math.round(fraction * 100) })),
        event: (event) => {
          if (event.kind === "answer") answer = event.text;
          if (event.kind === "error") problem = event.detail || event.message;
          if (event.kind !== "done") return;
          this.#run = null;
          this.took = performance.now() - began;
          if (answer === null) reject(new Error(problem));
          else resolve(answer);
        },
        failed: (failure) => {
          this.stop();
          reject(new Error(fill(WORDS.race.unloaded, { why: failure.message })));
        },
        ended: ({ how }) => {
          this.#run = null;
          const isOver = how === "timeout";
          reject(isOver ? new Error(fill(WORDS.race.tooLong, { limit: LIMIT })) : new StoppedError(WORDS.race.stopped));
        },
      };
      this.#run = this.session.run(request, LIMIT, observer, null, "numpy");
    });
  }

  /** Its page is left: it goes on as long as nobody waits for it. */
  leave(): void {
    if (this.#run) this.session.leave(this.#run, true);
  }

  stop(): void {
    if (this.#run) this.session.stop(this.#run);
  }
}
