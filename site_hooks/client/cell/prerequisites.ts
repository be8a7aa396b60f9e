// The cells that a cell needs: they are run before it, and its output is old when they have changed since.
import { LastSurvey, type Made, type Member, runOrder, surveyed } from "./needs";
import { deeper } from "../shared/depth";
import type { Depth, Survey, SurveyedCell } from "../shared/protocol";
import { type Run, session } from "../session/session";

/** Why a cell is run before another one, which needs it. */
export interface Ahead {
  before: Run;
  survey: Survey;
  ended(cell: RunnableCell, ok: boolean): void;
}

/** A cell of the page, as far as one that needs it has to do with it. */
export interface RunnableCell extends Member {
  readonly prerequisites: Prerequisites;
  /** Its run, as long as the session has it. */
  readonly ownRun: Run | null;
  run(ahead: Ahead): Promise<boolean>;
  /** A link that goes to it. */
  link(words: string): HTMLElement;
}

const lastSurvey = new LastSurvey();

/** Runs of all cells so far. */
let runs = 0;

export class Prerequisites {
  /** The cell that was needed and that did not end well. */
  blocker: RunnableCell | null = null;
  /** The cells of its session, in the page's order, when it was run; and what they need. */
  #members: RunnableCell[] = [];
  #survey: Survey = {};
  #ahead: Ahead | null = null;

  constructor(
    private readonly cell: RunnableCell,
    private readonly say: (words: string, links: HTMLElement[]) => void,
  ) {}

  /** A run of the cell begins; `members` are null when its page was left. */
  begin(members: RunnableCell[] | null, ahead: Ahead | null): void {
    this.#ahead = ahead;
    if (ahead) this.#survey = ahead.survey;
    if (members) this.#members = members;
    this.blocker = null;
  }

  /** It is the run's turn: the cells to survey first, or null when what they need is known. */
  turn(own: Run): SurveyedCell[] | null {
    const known = lastSurvey.known(this.#members);
    if (!known) return surveyed(this.#members);
    this.goAfter(own, known);
    return null;
  }

  /** Puts the runs of the cells that it needs before its own. */
  goAfter(own: Run, survey: Survey): void {
    lastSurvey.keep(this.#members, survey);
    this.#survey = survey;
    own.depth = this.#depth(own, survey);
    const order = runOrder(this.cell, this.#members, survey, session.life);
    const links = order.map((cell) => cell.link(cell.caption));
    this.say(WORDS.remark.first, links);
    const waiting = new Set(order);
    const runs = [own];
    const ahead: Ahead = {
      before: own,
      survey,
      ended: (cell, ok) => {
        waiting.delete(cell);
        if (!waiting.size) this.say(WORDS.remark.ran, links);
        if (ok || this.blocker) return;
        for (const blocked of [this.cell, ...waiting]) blocked.prerequisites.blocker = cell;
        session.withdraw(runs, "blocked");
      },
    };
    for (const cell of order) {
      void cell.run(ahead);
      if (!cell.ownRun) continue;
      cell.ownRun.depth = cell.prerequisites.#depth(cell.ownRun, survey);
      runs.push(cell.ownRun);
    }
  }

  /** What its code needs, and its check, which the build has looked at. */
  #depth({ request }: Run, survey: Survey): Depth {
    const own = survey[this.cell.id]?.depth ?? "all";
    return request.check === null ? own : deeper(own, this.cell.built.depth);
  }

  /** What a run that begins now is made with. */
  madeNow(code: string): Made {
    const { needs = [], makes = [] } = this.#survey[this.cell.id] ?? {};
    const from = this.#members.filter(({ id }) => needs.includes(id));
    return {
      life: session.life,
      at: ++runs,
      code,
      from: new Map(from.map((cell) => [cell, cell.made?.code ?? cell.text])),
      makes: makes.length > 0,
    };
  }

  /** The run is over: the cell that it was put before may go on. */
  over(ok: boolean): void {
    const ahead = this.#ahead;
    this.#ahead = null;
    ahead?.ended(this.cell, ok);
  }
}
