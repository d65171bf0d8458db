// Converts the core's chart to uPlot's data: gaps become nulls, the forecast a separate line. Also determines which
// dots the cursor can go to. Computes no figures.
import type { Chart } from "./generated/Chart";

/** What is drawn; all lists have the length of `times`. uPlot skips `undefined` and ends the line at `null`. */
export type Series = {
  times: number[];
  values: (number | null | undefined)[];
  ahead: (number | null | undefined)[];
};

/** Merges readings, gaps and forecast into lists with common times. */
export function series(chart: Pick<Chart, "dots" | "gaps" | "ahead">): Series {
  const places = new Map<number, { value?: number | null; ahead?: number }>();
  for (const { at, value } of chart.dots) places.set(at, { value });
  for (const { from, to } of chart.gaps) places.set((from + to) / 2, { value: null });
  for (const { at, value } of chart.ahead) places.set(at, { ...places.get(at), ahead: value });
  const times = [...places.keys()].sort((one, other) => one - other);
  const of = times.map((at) => places.get(at));
  return { times, values: of.map((place) => place?.value), ahead: of.map((place) => place?.ahead) };
}

/** Readings without a line to a neighbour; they need a mark. */
export function alone({ times, values }: Series): number[] {
  const drawn = times.filter((_, i) => values[i] !== undefined);
  const known = values.filter((value) => value !== undefined);
  return drawn.filter((_, i) => known[i] !== null && (known[i - 1] ?? null) === null && (known[i + 1] ?? null) === null);
}

/** Index of the reading nearest to a time; -1 if there is none. */
export function nearest(dots: Chart["dots"], at: number): number {
  let best = -1;
  dots.forEach((dot, i) => {
    const other = dots[best];
    if (dot.words !== "" && (other === undefined || Math.abs(dot.at - at) < Math.abs(other.at - at))) best = i;
  });
  return best;
}

/**
 * The dot that a key moves to; `null` for other keys. Without a current dot every key but Home moves to the last one.
 */
export function step(dots: Chart["dots"], from: number, key: string): number | null {
  const read = dots.flatMap((dot, i) => (dot.words === "" ? [] : [i]));
  const at = read.indexOf(from);
  const last = read.length - 1;
  const to = {
    ArrowLeft: at - 1,
    ArrowDown: at - 1,
    ArrowRight: at + 1,
    ArrowUp: at + 1,
    PageUp: at - 10,
    PageDown: at + 10,
    Home: 0,
    End: last,
  }[key];
  if (to === undefined || last < 0) return null;
  return read[at < 0 && key !== "Home" ? last : Math.min(last, Math.max(0, to))] ?? null;
}
