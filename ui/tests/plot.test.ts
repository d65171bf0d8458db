// What is drawn on the canvas: the lines passed to uPlot, the strokes around them, and both again when the theme
// changes.
import type uPlot from "uplot";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Chart } from "../src/generated/Chart";
import { draw, type Drawing } from "../src/plot";
import { balance, chart, now } from "./charts";

type Stroke = { path: number[][]; dash: number[]; colour: string };
type Made = { options: uPlot.Options; data: (number | null | undefined)[][]; ended: boolean; paint: () => Paint };
type Paint = { strokes: Stroke[]; fills: { x: number; width: number; colour: string }[] };

const made: Made[] = [];

/** Replaces uPlot: one second is one pixel, and the drawing context records what it draws. */
vi.mock("uplot", () => ({
  default: class {
    static readonly paths = { bars: () => "bars", stepped: () => "stepped", linear: () => "linear" };
    readonly #made: Made;
    constructor(options: uPlot.Options, data: (number | null | undefined)[][]) {
      const range = options.scales?.["x"]?.range as () => [number, number];
      const start = range()[0];
      const paint = (): Paint => {
        const done: Paint = { strokes: [], fills: [] };
        let path: number[][] = [];
        let dash: number[] = [];
        const ctx = {
          strokeStyle: "", fillStyle: "", lineWidth: 1, globalAlpha: 1,
          save: () => undefined, restore: () => (dash = []), clip: () => undefined, rect: () => undefined, arc: () => undefined, fill: () => undefined,
          beginPath: () => (path = []), moveTo: (x: number, y: number) => path.push([x, y]), lineTo: (x: number, y: number) => path.push([x, y]),
          setLineDash: (dashes: number[]) => (dash = dashes),
          stroke: () => done.strokes.push({ path, dash, colour: ctx.strokeStyle }),
          fillRect: (x: number, _: number, width: number) => done.fills.push({ x, width, colour: ctx.fillStyle }),
        };
        const u = { ctx, bbox: { left: 0, top: 0, width: 10_000_000, height: 100 }, valToPos: (value: number, axis: string) => (axis === "x" ? value - start : 100 - value) };
        options.hooks?.drawClear?.forEach((hook) => hook?.(u as unknown as uPlot));
        options.hooks?.draw?.forEach((hook) => hook?.(u as unknown as uPlot));
        return done;
      };
      this.#made = { options, data, ended: false, paint };
      made.push(this.#made);
    }
    destroy(): void {
      this.#made.ended = true;
    }
  },
}));

const queries = new Map<string, Set<() => void>>();
const change = (query: string): void => queries.get(query)?.forEach((hear) => hear());
let drawing: Drawing;
let host: HTMLElement;

beforeEach(() => {
  made.length = 0;
  queries.clear();
  vi.stubGlobal("matchMedia", (query: string) => ({
    matches: false,
    addEventListener: (_: string, hear: () => void) => queries.set(query, (queries.get(query) ?? new Set()).add(hear)),
    removeEventListener: (_: string, hear: () => void) => queries.get(query)?.delete(hear),
  }));
  host = document.body.appendChild(document.createElement("div"));
  drawing = draw(host, () => undefined);
});
afterEach(() => {
  drawing.end();
  host.remove();
  document.documentElement.removeAttribute("style");
  vi.unstubAllGlobals();
});

function shown(one: Chart): Made & { from: number } {
  drawing.show(one);
  const last = made.at(-1);
  if (last === undefined) throw new Error("nothing was drawn");
  return { ...last, from: one.from };
}

const upright = ({ strokes }: Paint): number[] =>
  strokes.filter(({ path }) => path.length === 2 && path[0]?.[0] === path[1]?.[0]).map(({ path }) => Math.floor(path[0]?.[0] ?? 0));
const level = ({ strokes }: Paint): Stroke[] => strokes.filter(({ path }) => path.length === 2 && path[0]?.[1] === path[1]?.[1]);

test("nothing is drawn through a hole: the line ends at a null within it, and gaps are not bridged", () => {
  const one = chart({ gap: true });
  const { data, options } = shown(one);
  const [hole] = one.gaps;
  if (hole === undefined) throw new Error("no hole");
  const [times = [], values = []] = data;
  const within = times.flatMap((at, i) => (at !== null && at !== undefined && at > hole.from && at < hole.to ? [values[i]] : []));
  expect(within).toEqual([null]);
  expect(options.series.some((line) => line.spanGaps === true)).toBe(false);
});

test("the forecast is dashed, begins at the last reading, and is the only line that leads beyond now", () => {
  const one = chart();
  const { data, options } = shown(one);
  const [times = [], values = [], ahead = []] = data;
  expect(options.series[2]?.dash?.length).toBeGreaterThan(0);
  expect(options.series[1]?.dash).toBeUndefined();
  const first = ahead.findIndex((value) => value !== undefined);
  expect(times[first]).toBe(one.dots.at(-1)?.at);
  expect(ahead[first]).toBe(values[first]);
  expect(times.filter((at, i) => (at ?? 0) > now && values[i] !== undefined)).toEqual([]);
});

test("windows are shaded where they are, and a line stands at each reset and at now", () => {
  const one = chart({ range: "day" });
  const { paint } = shown(one);
  const done = paint();
  const shades = done.fills.map(({ x, width }) => ({ from: Math.round(x + one.from), to: Math.round(x + width + one.from) }));
  expect(shades).toEqual(one.bands.map(({ from, to }) => ({ from: Math.round(from), to: Math.round(to) })));
  expect(one.resets.length).toBeGreaterThan(3);
  expect(upright(done)).toEqual([...one.resets, one.now].map((at) => Math.round(at - one.from)));
});

test("each threshold is a dotted line at its value, whichever way values are told", () => {
  for (const used of [false, true]) {
    const lines = level(shown(chart({ used })).paint());
    expect(lines.map(({ path }) => 100 - Math.floor(path[0]?.[1] ?? 0))).toEqual(used ? [80, 95] : [20, 5]);
    expect(lines.every(({ dash }) => dash.length > 0)).toBe(true);
  }
});

test("a balance is drawn in steps over its own scale, from the lowest sum to the highest", () => {
  const one = balance();
  const { options } = shown(one);
  expect(options.series[1]?.paths).toBe("stepped");
  expect((options.scales?.["y"]?.range as unknown as () => number[])()).toEqual([0, 30]);
  const axis = options.axes?.[1];
  expect((axis?.values as () => string[])()).toEqual(["$0", "$10", "$20", "$30"]);
});

test("the names on the axes follow the language of the chart that is shown", () => {
  const names = (made: Made): string[] => (made.options.axes?.[0]?.values as () => string[])();
  expect(names(shown(chart({ range: "week" })))).toContain("Mon");
  expect(names(shown(chart({ range: "week", language: "zh-CN" })))).toContain("周一");
  expect(made.map(({ ended }) => ended)).toEqual([true, false]);
});

test.each(["(prefers-color-scheme: dark)", "(forced-colors: active)", "(prefers-contrast: more)"])("when %s changes the open chart is drawn anew in the colours of then", (query) => {
  const root = document.documentElement.style;
  root.setProperty("--good", "rgb(1, 2, 3)");
  const probe = vi.spyOn(window, "getComputedStyle").mockImplementation((element) => {
    const colour = (element as HTMLElement).style.color.replace(/var\((--[\w-]+)\)/, (_, token: string) => root.getPropertyValue(token) || "rgb(9, 9, 9)");
    return { color: colour, fontFamily: "any", fontSize: "12px" } as CSSStyleDeclaration;
  });
  Object.defineProperty(CSSStyleDeclaration.prototype, "color", { configurable: true, writable: true, value: "" });
  shown(chart());
  expect(made.at(-1)?.options.series[1]?.stroke).toBe("rgb(1, 2, 3)");
  root.setProperty("--good", "rgb(200, 201, 202)");
  change(query);
  expect(made).toHaveLength(2);
  expect(made[0]?.ended).toBe(true);
  expect(made[1]?.options.series[1]?.stroke).toBe("rgb(200, 201, 202)");
  probe.mockRestore();
  drawing.end();
  change(query);
  expect(made).toHaveLength(2);
});
