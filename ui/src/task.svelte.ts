// What a card is busy with: the speed test, or the choice of its paired account. The speed test first asks for its
// cost, then for the user's consent, then it runs. It cannot run twice at the same time.
import { asRefusal, type Said } from "./contract";

export type Tasks = {
  of(account: string): Task | null;
  measure(account: string): void;
  end(account: string): void;
  pair(account: string, other: string | null): Promise<void>;
  addKey(): void;
};

export class Task {
  stage = $state<"asking" | "offered" | "measuring" | "measured" | "refused">("asking");
  /** The cost, the result, or the refusal; empty if the backend gave no text. */
  sentence = $state("");

  /** Whether the task was already focused; returning to the screen does not focus it again. */
  seen = false;

  readonly kind: "speed" | "pair";

  constructor(kind: "speed" | "pair") {
    this.kind = kind;
  }

  /** Requests the cost of the speed test. */
  async price(cost: () => Promise<Said>): Promise<void> {
    this.stage = "asking";
    this.sentence = "";
    await this.#hear(cost(), "offered");
  }

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

/** The tasks of all cards; they continue while another screen is open. */
export class UnderWay {
  #tasks = $state<Record<string, Task>>({});
  readonly #cost: (account: string) => Promise<Said>;

  /** `cost` requests the cost of an account's speed test. */
  constructor(cost: (account: string) => Promise<Said>) {
    this.#cost = cost;
  }

  of(account: string): Task | null {
    return this.#tasks[account] ?? null;
  }

  /** Starts a task on a card; a running speed test is not replaced. */
  begin(account: string, kind: Task["kind"]): void {
    if (this.of(account)?.stage === "measuring") return;
    const task = new Task(kind);
    this.#tasks = { ...this.#tasks, [account]: task };
    if (kind === "speed") void task.price(() => this.#cost(account));
  }

  end(account: string): void {
    this.#tasks = Object.fromEntries(Object.entries(this.#tasks).filter(([of]) => of !== account));
  }
}
