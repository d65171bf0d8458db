// Draws the core's chart with uPlot. All colours come from the page's tokens, all texts from the core. Nothing is
// animated, so `prefers-reduced-motion` needs no handling.
import "./language";

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

import type { Chart } from "./generated/Chart";
import { palette, type Palette } from "./palette";
import { nearest, series, type Series } from "./series";
import { ground, marks, width } from "./strokes";

/** A chart on the page. */
export type Drawing = {
  show: (chart: Chart) => void;
  /** Moves the cursor to a dot; -1 hides it. */
  point: (dot: number) => void;
  /** Removes the drawing. */
  end: () => void;
};

const hairline = 1;
const pen = 1.75;
/** In CSS pixels; the canvas counts device pixels. */
const dash = [5, 4];

/** Prepares an element for charts. `tell` is called with the dot under the pointer, -1 for none. */
export function draw(host: HTMLElement, tell: (dot: number) => void): Drawing {
  let chart: Chart | null = null;
  let plot: uPlot | null = null;
  const again = (): void => {
    if (chart !== null) show(chart);
  };
  const size = new ResizeObserver(() => {
    if (plot !== null && plot.width !== host.clientWidth && host.clientWidth > 0) {
      plot.setSize({ width: host.clientWidth, height: host.clientHeight });
    }
  });
  const looks = ["(prefers-color-scheme: dark)", "(forced-colors: active)", "(prefers-contrast: more)"].map((query) =>
    matchMedia(query),
  );
  size.observe(host);
  looks.forEach((look) => look.addEventListener("change", again));

  function show(next: Chart): void {
    chart = next;
    plot?.destroy();
    plot = null;
    if (next.dots.length === 0) return;
    const drawn = series(next);
    plot = new uPlot(options(next, drawn, palette(host), host, tell), data(drawn), host);
  }

  return {
    show,
    point: (dot) => {
      const at = chart?.dots[dot]?.at;
      if (plot === null) return;
      const left = at === undefined ? -10 : plot.valToPos(at, "x");
      plot.setCursor({ left, top: at === undefined ? -10 : 0 }, false);
    },
    end: () => {
      size.disconnect();
      looks.forEach((look) => look.removeEventListener("change", again));
      plot?.destroy();
    },
  };
}

function data({ times, values, ahead }: Series): uPlot.AlignedData {
  return [times, values, ahead] as uPlot.AlignedData;
}

function options(chart: Chart, drawn: Series, ink: Palette, host: HTMLElement, tell: (dot: number) => void): uPlot.Options {
  const { bars, stepped, linear } = uPlot.paths;
  const columns = chart.form === "columns";
  const paths = columns ? bars?.({ size: [0.62, 14], radius: 0.25 }) : chart.form === "steps" ? stepped?.({ align: 1 }) : linear?.();
  const low = chart.scale[0]?.at ?? 0;
  const high = chart.scale.at(-1)?.at ?? 100;
  const font = `${ink.size}px ${ink.font}`;
  const axis = { stroke: ink.soft, font, ticks: { show: false }, gap: 4 };
  return {
    width: host.clientWidth,
    height: host.clientHeight,
    ms: 1,
    legend: { show: false },
    padding: [6, 8, 0, 0],
    scales: { x: { time: false, range: () => [chart.from, chart.to] }, y: { range: () => [low, high] } },
    axes: [
      { ...axis, size: ink.size + 10, grid: { show: false }, splits: () => chart.times.map(({ at }) => at), values: () => chart.times.map(({ words }) => words) },
      { ...axis, size: width(chart, font) + 8, grid: { stroke: ink.line, width: hairline }, splits: () => chart.scale.map(({ at }) => at), values: () => chart.scale.map(({ words }) => words) },
    ],
    series: [
      {},
      { stroke: columns ? ink.faint : ink.pen, fill: columns ? ink.faint : ink.area, width: columns ? 0 : pen, points: { show: false }, ...(paths === undefined ? {} : { paths }) },
      { stroke: ink.pen, width: pen, dash: dash.map((length) => length * devicePixelRatio), points: { show: false } },
    ],
    cursor: {
      y: false,
      drag: { x: false, y: false, setScale: false },
      points: { size: 8, fill: ink.pen, stroke: ink.card, width: 2, show: true },
      // The cursor moves from reading to reading, never between them.
      move: (u, left, top) => {
        const dot = left < 0 ? undefined : chart.dots[nearest(chart.dots, u.posToVal(left, "x"))];
        return dot === undefined ? [left, top] : [u.valToPos(dot.at, "x"), top];
      },
      dataIdx: (u, line) => {
        const dot = chart.dots[nearest(chart.dots, u.posToVal(u.cursor.left ?? 0, "x"))];
        return line === 2 || dot === undefined ? -1 : drawn.times.indexOf(dot.at);
      },
    },
    hooks: {
      drawClear: [(u) => ground(u, chart, ink)],
      draw: [(u) => marks(u, chart, drawn, ink)],
      setCursor: [
        (u) => {
          const left = u.cursor.left ?? -1;
          tell(left < 0 ? -1 : nearest(chart.dots, u.posToVal(left, "x")));
        },
      ],
    },
  };
}
