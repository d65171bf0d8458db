// The chosen window and range, and the chart for them. A late answer never replaces the answer to a later request, and
// none is used after the user has left. A chart stays until the next one arrives or is refused.
import { asRefusal } from "./contract";
import type { Chart } from "./generated/Chart";
import type { Range } from "./generated/Range";
import type { Span } from "./generated/Span";
import type { WindowChoice } from "./generated/WindowChoice";

export type Ask = (row: string | null, window: Span | null, range: Range | null) => Promise<Chart>;

/** The ranges, shortest first. */
export const ranges: Range[] = ["hours", "day", "week", "month"];

/** The history of one account. */
export class Look {
  /** `null` until the user chooses; the backend then uses the last chosen range. */
  reached = $state<Range | null>(null);
  chart = $state.raw<Chart | null>(null);
  /** Why there is no chart: the core's text, or empty. */
  refused = $state<string | null>(null);
  /** `null` until the user chooses; the tightest window is shown then. */
  chosen = $state.raw<Pick<WindowChoice, "row" | "window"> | null>(null);

  readonly #ask: Ask;
  #asked = 0;
  /** The request in progress, and whether to repeat it because a new reading arrived meanwhile. */
  #awaited: string | null = null;
  #again = false;
  #left = false;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /** The range of the chart; `null` before the first answer. */
  get range(): Range | null {
    return this.reached ?? this.chart?.range ?? null;
  }

  /**
   * Requests the chosen chart. If the same request is in progress, repeats it afterwards, so that no reading is missed.
   */
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
      // The old chart is of another window or range and would be taken for the requested one.
      if (!this.#is(this.chart)) this.chart = null;
    }
    if (asked !== this.#asked) return;
    this.#awaited = null;
    if (this.#again) void this.load();
  }

  reach(range: Range): void {
    this.reached = range;
    void this.load();
  }

  choose(choice: WindowChoice): void {
    this.chosen = { row: choice.row, window: choice.window };
    void this.load();
  }

  /** Stops: answers that are still on their way are ignored, and nothing more is requested. */
  leave(): void {
    this.#left = true;
    this.#asked += 1;
  }

  /** Whether the chart shows the chosen window and range. */
  #is(chart: Chart | null): boolean {
    const shown = chart?.choices.find(({ chosen }) => chosen);
    const chosen = this.chosen;
    return chart?.range === this.range && (chosen === null || (shown?.row === chosen.row && shown.window === chosen.window));
  }
}
