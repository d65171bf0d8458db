// Draws everything on a chart besides its lines. All positions come from the core.
import type uPlot from "uplot";

import type { Chart } from "./generated/Chart";
import type { Palette } from "./palette";
import { alone, type Series } from "./series";

/** Width of the widest label of the scale, in pixels. */
export function width(chart: Chart, font: string): number {
  const pen = document.createElement("canvas").getContext("2d");
  if (pen === null) return 0;
  pen.font = font;
  return Math.ceil(Math.max(...chart.scale.map(({ words }) => pen.measureText(words).width)));
}

/** Draws what is behind the line: windows, and where they begin. */
export function ground(u: uPlot, chart: Chart, ink: Palette): void {
  const { left, top, width, height } = u.bbox;
  const x = (at: number): number => Math.min(left + width, Math.max(left, u.valToPos(at, "x", true)));
  u.ctx.save();
  u.ctx.fillStyle = ink.band;
  for (const { from, to } of chart.bands) u.ctx.fillRect(x(from), top, x(to) - x(from), height);
  for (const { from, to } of chart.gaps) hatch(u, x(from), x(to), ink);
  for (const at of chart.resets) rule(u, x(at), ink.edge, []);
  u.ctx.restore();
}

/** Draws what is in front of the line: thresholds, the current time, and readings without a line. */
export function marks(u: uPlot, chart: Chart, drawn: Series, ink: Palette): void {
  const { left, top, width } = u.bbox;
  const { ctx } = u;
  const pxRatio = devicePixelRatio;
  ctx.save();
  ctx.lineWidth = pxRatio;
  for (const { value, level } of chart.lines) {
    const y = Math.round(u.valToPos(value, "y", true)) + 0.5;
    ctx.strokeStyle = level === "critical" ? ink.critical : ink.near;
    ctx.globalAlpha = 0.7;
    ctx.setLineDash([2 * pxRatio, 3 * pxRatio]);
    ctx.beginPath();
    ctx.moveTo(left, y);
    ctx.lineTo(left + width, y);
    ctx.stroke();
  }
  ctx.globalAlpha = 1;
  if (chart.now < chart.to) rule(u, u.valToPos(chart.now, "x", true), ink.soft, []);
  ctx.fillStyle = ink.pen;
  if (chart.form === "columns") {
    // Marks days on which nothing was left, to distinguish them from days without readings.
    const reach = Math.min(14 * pxRatio, (0.62 * width) / 31);
    ctx.fillStyle = ink.critical;
    const bottom = u.bbox.top + u.bbox.height;
    for (const { at, value } of chart.dots) {
      if (value < 1) ctx.fillRect(u.valToPos(at, "x", true) - reach / 2, bottom - 2 * pxRatio, reach, 2 * pxRatio);
    }
  } else {
    for (const at of alone(drawn)) {
      const value = drawn.values[drawn.times.indexOf(at)];
      ctx.beginPath();
      ctx.arc(u.valToPos(at, "x", true), Math.max(top, u.valToPos(value ?? 0, "y", true)), 2.5 * pxRatio, 0, 2 * Math.PI);
      ctx.fill();
    }
  }
  ctx.restore();
}

/** Draws a gap without readings as thin slanting lines. */
function hatch(u: uPlot, from: number, to: number, ink: Palette): void {
  const { top, height } = u.bbox;
  const { ctx } = u;
  ctx.save();
  ctx.beginPath();
  ctx.rect(from, top, to - from, height);
  ctx.clip();
  ctx.fillStyle = ink.card;
  ctx.fillRect(from, top, to - from, height);
  ctx.lineWidth = devicePixelRatio;
  ctx.strokeStyle = ink.line;
  ctx.beginPath();
  for (let x = from - height; x < to; x += 7 * devicePixelRatio) {
    ctx.moveTo(x, top + height);
    ctx.lineTo(x + height, top);
  }
  ctx.stroke();
  ctx.restore();
}

/** Draws a vertical line over the full height, one CSS pixel wide. */
function rule(u: uPlot, at: number, colour: string, dashes: number[]): void {
  const { top, height } = u.bbox;
  u.ctx.lineWidth = devicePixelRatio;
  u.ctx.strokeStyle = colour;
  u.ctx.setLineDash(dashes);
  u.ctx.beginPath();
  u.ctx.moveTo(Math.round(at) + 0.5, top);
  u.ctx.lineTo(Math.round(at) + 0.5, top + height);
  u.ctx.stroke();
}
