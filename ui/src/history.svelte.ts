// Which stretch of which window is looked at, and what the backend said of it. Owns the order of answers: one that comes
// late never replaces a younger one, and none is taken after the user has left. What is shown stays until the next is
// there, or until that is refused.
import { asRefusal } from "./contract";
import type { Chart } from "./generated/Chart";
import type { Range } from "./generated/Range";
import type { Span } from "./generated/Span";
import type { WindowChoice } from "./generated/WindowChoice";

/** Asks the backend for a chart. */
export type Ask = (row: string | null, window: Span | null, range: Range | null) => Promise<Chart>;

/** The ranges, the shortest first. */
export const ranges: Range[] = ["hours", "day", "week", "month"];

/** A look at the history of one account. */
export class Look {
  /** `null` until the user has chosen: then as far back as the last time, which the backend remembers. */
  reached = $state<Range | null>(null);
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
  #left = false;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /** How far back it is looked; `null` before the first answer. */
  get range(): Range | null {
    return this.reached ?? this.chart?.range ?? null;
  }

  /** Asks for what is looked at; where that is awaited already, once more afterwards, so that no answer is lost. */
  async load(): Promise<void> {
    if (this.#left) return;
    const wish = JSON.stringify([this.chosen, this.reached]);
    if (this.#awaited === wish) {
      this.#again = true;
      return;
    }
    [this.#awaited, this.#again] = [wish, false];
    const asked = ++this.#asked;
    try {
      const chart = await this.#ask(this.chosen?.row ?? null, this.chosen?.window ?? null, this.reached);
      if (asked !== this.#asked) return;
      this.chart = chart;
      this.refused = null;
    } catch (thrown) {
      if (asked !== this.#asked) return;
      this.refused = asRefusal(thrown).message;
      // Another stretch than the one that is asked for would be taken for it.
      if (!this.#is(this.chart)) this.chart = null;
    }
    if (asked !== this.#asked) return;
    this.#awaited = null;
    if (this.#again) void this.load();
  }

  /** Looks at another stretch. */
  reach(range: Range): void {
    this.reached = range;
    void this.load();
  }

  /** Looks at another window. */
  choose(choice: WindowChoice): void {
    this.chosen = { row: choice.row, window: choice.window };
    void this.load();
  }

  /** Looks away: what is still on its way is not taken, and nothing more is asked for. */
  leave(): void {
    this.#left = true;
    this.#asked += 1;
  }

  /** Tells whether a chart is of what is looked at. */
  #is(chart: Chart | null): boolean {
    const shown = chart?.choices.find(({ chosen }) => chosen);
    const chosen = this.chosen;
    return chart?.range === this.range && (chosen === null || (shown?.row === chosen.row && shown.window === chosen.window));
  }
}
