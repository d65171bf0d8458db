// Which stretch of which window is looked at, and what the backend said of it. Owns the order of answers: one that comes
// late never replaces a younger one. What is shown stays until the next is there.
import { asRefusal } from "./contract";
import type { Chart } from "./generated/Chart";
import type { Range } from "./generated/Range";
import type { Span } from "./generated/Span";
import type { WindowChoice } from "./generated/WindowChoice";

/** Asks the backend for a chart. */
export type Ask = (row: string | null, window: Span | null, range: Range) => Promise<Chart>;

/** The ranges, the shortest first. */
export const ranges: Range[] = ["hours", "day", "week", "month"];

/** A look at the history of one account. */
export class Look {
  range = $state<Range>("day");
  chart = $state.raw<Chart | null>(null);
  /** Why there is none; the core's words, or none. */
  refused = $state<string | null>(null);
  /** `null` until the user has chosen: then the tightest is shown. */
  chosen = $state.raw<Pick<WindowChoice, "row" | "window"> | null>(null);

  readonly #ask: Ask;
  #asked = 0;
  /** What is awaited, and whether something was read meanwhile. */
  #awaited: string | null = null;
  #again = false;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /** Asks for what is looked at; where that is awaited already, once more afterwards, so that no answer is lost. */
  async load(): Promise<void> {
    const wish = JSON.stringify([this.chosen, this.range]);
    if (this.#awaited === wish) {
      this.#again = true;
      return;
    }
    [this.#awaited, this.#again] = [wish, false];
    const asked = ++this.#asked;
    try {
      const chart = await this.#ask(this.chosen?.row ?? null, this.chosen?.window ?? null, this.range);
      if (asked !== this.#asked) return;
      this.chart = chart;
      this.refused = null;
    } catch (thrown) {
      if (asked === this.#asked) this.refused = asRefusal(thrown).message;
    }
    if (asked !== this.#asked) return;
    this.#awaited = null;
    if (this.#again) void this.load();
  }

  /** Looks at another stretch. */
  reach(range: Range): void {
    this.range = range;
    void this.load();
  }

  /** Looks at another window. */
  choose(choice: WindowChoice): void {
    this.chosen = { row: choice.row, window: choice.window };
    void this.load();
  }
}
