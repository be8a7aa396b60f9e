// cmi5 (Quartz, 2016): the address that opens the page says where reports go, as xAPI statements, and who takes a token.
import { NotOpened } from "./not-opened";
import type { Begun, Lms, Standing } from "./report";
import { iso } from "./time";

const ADL = "http://adlnet.gov/expapi/verbs/";
const CMI5 = "https://w3id.org/xapi/cmi5/";
const CATEGORY = { cmi5: `${CMI5}context/categories/cmi5`, moveOn: `${CMI5}context/categories/moveon` };
const PROGRESS = `${CMI5}result/extensions/progress`;
const MASTERY = `${CMI5}context/extensions/masteryscore`;

/** The documents of a registration: the system's, and this lesson's own. */
const LAUNCH_DATA = "LMS.LaunchData";
const OWN = "lesson";

type Verb = "initialized" | "progressed" | "completed" | "passed" | "terminated";
type Json = Record<string, unknown>;

interface Activity {
  id: string;
}

interface Context extends Json {
  contextActivities?: Record<string, Activity[]>;
  extensions?: Json;
}

interface LaunchData {
  contextTemplate?: Context;
  launchMode?: string;
  masteryScore?: number;
  returnURL?: string;
}

interface Own {
  done: string;
  at: string;
  /** It was reported that the lesson was passed: once in a registration. */
  passed: boolean;
}

const NONE = WORDS.lms.none;
const OVER = WORDS.lms.over;

export class Cmi5 implements Lms {
  #token = "";
  #launch: LaunchData = {};
  #own: Own = { done: "", at: "", passed: false };
  #begun = 0;
  /** Hundredths that were reported last. */
  #percent = -1;
  /** What was not taken yet. Sent again a statement is the same: its id tells. */
  #waiting: Json[] = [];
  /** What the system has of the own document. */
  #stored = "";

  /** @param query of the address that opened the page */
  constructor(
    private readonly query: URLSearchParams,
    private readonly fetch: typeof globalThis.fetch = globalThis.fetch.bind(globalThis),
    private readonly now: () => number = Date.now,
  ) {}

  async begin(): Promise<Begun> {
    const wanted = ["endpoint", "fetch", "actor", "registration", "activityId"];
    if (wanted.some((name) => !this.query.get(name)) || !this.#actor()) throw new NotOpened(NONE);
    await this.#takeToken();
    this.#launch = ((await this.#read(this.#state(LAUNCH_DATA))) ?? {}) as LaunchData;
    // Who opens a lesson has to ask for it; there is nothing in it that the lesson could follow.
    await this.#read(this.#address("agents/profile", { profileId: "cmi5LearnerPreferences" })).catch(() => undefined);
    const own = (await this.#read(this.#state(OWN))) as Partial<Own> | undefined;
    this.#own = { done: text(own?.done), at: text(own?.at), passed: own?.passed === true };
    this.#begun = this.now();
    this.#say("initialized");
    await this.#deliver();
    const { masteryScore: mark, returnURL = "" } = this.#launch;
    return {
      ...this.#own,
      silent: this.#isSilent(),
      mark: typeof mark === "number" && mark > 0 && mark <= 1 ? mark : null,
      back: /^https?:\/\//.test(returnURL) ? returnURL : null,
    };
  }

  async keep(standing: Standing): Promise<void> {
    this.#note(standing);
    await this.#deliver();
    await this.#store();
  }

  /** The browser sends what is asked for here after the page has gone. */
  async end(standing: Standing | null): Promise<void> {
    if (standing) this.#note(standing);
    this.#say("terminated", { duration: this.#duration() });
    await Promise.all([this.#deliver(true), standing && this.#store(true)]);
  }

  #isSilent(): boolean {
    return /^(browse|review)$/i.test(this.#launch.launchMode ?? "");
  }

  #note({ done, at, share, passed }: Standing): void {
    const percent = Math.floor(share * 100);
    if (passed && !this.#own.passed) {
      const scaled = Math.floor(share * 10_000) / 10_000;
      const duration = this.#duration();
      this.#say("completed", { completion: true, duration });
      this.#say("passed", { success: true, score: { scaled, raw: percent, min: 0, max: 100 }, duration });
    } else if (!this.#own.passed && percent !== this.#percent) {
      // Once a lesson is completed there is no progress of it any more.
      this.#say("progressed", { extensions: { [PROGRESS]: percent } });
    }
    this.#percent = percent;
    this.#own = { done, at, passed: passed || this.#own.passed };
  }

  #duration(): string {
    return iso(this.now() - this.#begun);
  }

  #say(verb: Verb, result?: Json): void {
    const isDefined = verb !== "progressed";
    const isMoveOn = verb === "completed" || verb === "passed";
    const categories = [...(isDefined ? [CATEGORY.cmi5] : []), ...(isMoveOn ? [CATEGORY.moveOn] : [])];
    const template = this.#launch.contextTemplate ?? {};
    const activities = template.contextActivities ?? {};
    const mark = this.#launch.masteryScore;
    const context = {
      ...template,
      registration: this.query.get("registration"),
      contextActivities: {
        ...activities,
        category: [...(activities["category"] ?? []), ...categories.map((id) => ({ id }))],
      },
      extensions: { ...template.extensions, ...(verb === "passed" && mark !== undefined && { [MASTERY]: mark }) },
    };
    this.#waiting.push({
      id: uuid(),
      timestamp: new Date(this.now()).toISOString(),
      actor: this.#actor(),
      verb: { id: ADL + verb, display: { en: verb } },
      object: { objectType: "Activity", id: this.query.get("activityId") },
      context,
      ...(result && { result }),
    });
  }

  #actor(): Json | undefined {
    try {
      return JSON.parse(this.query.get("actor") ?? "") as Json;
    } catch {
      return undefined;
    }
  }

  async #takeToken(): Promise<void> {
    const answer = await this.fetch(this.query.get("fetch")!, { method: "POST" });
    const told = (await answer.json().catch(() => ({}))) as Json;
    if (!answer.ok || typeof told["auth-token"] !== "string") throw new NotOpened(OVER);
    this.#token = told["auth-token"];
  }

  /** What was said so far, in its order. */
  async #deliver(isLast = false): Promise<void> {
    const sent = this.#waiting;
    if (!sent.length) return;
    const answer = await this.#ask(this.#address("statements"), "POST", sent, isLast);
    // 409: it is there already.
    if (!answer.ok && answer.status !== 409) throw new Error(`statements: ${answer.status}`);
    this.#waiting = this.#waiting.filter((one) => !sent.includes(one));
  }

  async #store(isLast = false): Promise<void> {
    const own = JSON.stringify(this.#own);
    if (own === this.#stored) return;
    const answer = await this.#ask(this.#state(OWN), "PUT", this.#own, isLast);
    if (!answer.ok) throw new Error(`activities/state: ${answer.status}`);
    this.#stored = own;
  }

  async #read(address: string): Promise<unknown> {
    const answer = await this.#ask(address, "GET");
    if (answer.status === 404 || answer.status === 204) return undefined;
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    return answer.json();
  }

  #ask(address: string, method: string, body?: unknown, isLast = false): Promise<Response> {
    return this.fetch(address, {
      method,
      headers: {
        Authorization: `Basic ${this.#token}`,
        "X-Experience-API-Version": "1.0.3",
        ...(body !== undefined && { "Content-Type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      keepalive: isLast,
    });
  }

  #state(stateId: string): string {
    const { query } = this;
    return this.#address("activities/state", {
      activityId: query.get("activityId")!,
      registration: query.get("registration")!,
      stateId,
    });
  }

  #address(resource: string, parameters?: Record<string, string>): string {
    const place = `${this.query.get("endpoint")!.replace(/\/?$/, "/")}${resource}`;
    return parameters ? `${place}?${new URLSearchParams({ agent: this.query.get("actor")!, ...parameters })}` : place;
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** On plain http there is no crypto.randomUUID. */
function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
