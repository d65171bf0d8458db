// What is under way on one card: measuring the output speed, or choosing its pair. Owns the order of measuring: first what
// it costs, then the user's word, then MiniMax. Refuses to measure twice at once.
import { asRefusal, type Said } from "./contract";

/** What a card may do with its task. */
export type Tasks = {
  of(account: string): Task | null;
  measure(account: string): void;
  end(account: string): void;
  pair(account: string, other: string | null): Promise<void>;
  addKey(): void;
};

/** One card's task. */
export class Task {
  stage = $state<"asking" | "offered" | "measuring" | "measured" | "refused">("asking");
  /** The price, the result, or why there is none; empty where the backend had no words. */
  sentence = $state("");

  /** Whether the user was taken to it; coming back to its screen does not do so again. */
  seen = false;

  readonly kind: "speed" | "pair";

  constructor(kind: "speed" | "pair") {
    this.kind = kind;
  }

  /** Asks what measuring costs. */
  async price(cost: () => Promise<Said>): Promise<void> {
    this.stage = "asking";
    this.sentence = "";
    await this.#hear(cost(), "offered");
  }

  /** Measures. */
  async measure(measuring: () => Promise<Said>): Promise<void> {
    if (this.stage === "measuring") return;
    this.stage = "measuring";
    await this.#hear(measuring(), "measured");
  }

  async #hear(answer: Promise<Said>, next: "offered" | "measured"): Promise<void> {
    try {
      this.sentence = (await answer).sentence;
      this.stage = next;
    } catch (thrown) {
      this.sentence = asRefusal(thrown).message;
      this.stage = "refused";
    }
  }
}

/** What is under way on cards; it outlasts a look at another screen. */
export class UnderWay {
  #tasks = $state<Record<string, Task>>({});
  readonly #cost: (account: string) => Promise<Said>;

  /** `cost` asks what measuring an account's speed costs. */
  constructor(cost: (account: string) => Promise<Said>) {
    this.#cost = cost;
  }

  /** Gives what is under way on a card. */
  of(account: string): Task | null {
    return this.#tasks[account] ?? null;
  }

  /** Begins something on a card; measuring that is under way goes on. */
  begin(account: string, kind: Task["kind"]): void {
    if (this.of(account)?.stage === "measuring") return;
    const task = new Task(kind);
    this.#tasks = { ...this.#tasks, [account]: task };
    if (kind === "speed") void task.price(() => this.#cost(account));
  }

  /** Ends what is under way on a card. */
  end(account: string): void {
    this.#tasks = Object.fromEntries(Object.entries(this.#tasks).filter(([of]) => of !== account));
  }
}
