import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { arc, percent, share } from "../src/format";
import { empty } from "./fixtures";
import { called, open } from "./open";
import { resized } from "./setup";

test("a share outside of a whole draws nothing beyond it", () => {
  expect([-1, 0.5, 2, NaN, Infinity].map(share)).toEqual([0, 0.5, 1, 0, 0]);
  expect(percent(1 / 3)).toBe("33.33%");
});

test("a ring of nothing has no dot, and a whole one no gap", () => {
  expect(arc(0, 23)).toBeNull();
  expect(arc(1, 23)).toBe("144.51 0");
});

test("the wanted height is told once for each change", async () => {
  let height = 100;
  Object.defineProperty(HTMLElement.prototype, "offsetHeight", { configurable: true, get: () => height });
  const frame = (): Promise<unknown> => new Promise((done) => requestAnimationFrame(done));
  const bridge = await open(empty);
  for (const now of [100, 100, 120]) {
    height = now;
    resized();
    resized();
    await frame();
    await frame();
  }
  expect(called(bridge, "fit")).toEqual([[300], [360]]);
});

/** The contrast of two colours as WCAG defines it. */
function contrast(one: string, other: string): number {
  const light = (hex: string): number => {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const part = parseInt(hex.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [more, less] = [light(one), light(other)].sort((a, b) => b - a) as [number, number];
  return (more + 0.05) / (less + 0.05);
}

test("every text colour has a contrast of 4.5 to 1 on every ground it stands on, light and dark", () => {
  const css = readFileSync("src/styles/tokens.css", "utf8");
  const token = (name: string): [string, string] => {
    const found = new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(css);
    return [found?.[1] ?? "", found?.[2] ?? ""];
  };
  const pairs = ["card", "ground", "hover"].flatMap((ground) => ["ink", "soft", "good", "near", "critical", "spent", "quiet", "act"].map((text) => [text, ground]));
  pairs.push(["on-act", "act-fill"], ["on-act", "act-fill-hover"]);
  for (const tint of ["tint-info", "tint-warning", "tint-trouble"]) pairs.push(["ink", tint], ["act", tint]);
  const weak: string[] = [];
  for (const [text = "", ground = ""] of pairs)
    for (const dark of [0, 1] as const) {
      const found = contrast(token(text)[dark], token(ground)[dark]);
      if (!(found >= 4.5)) weak.push(`${text} on ${ground} ${dark === 0 ? "light" : "dark"}: ${found.toFixed(2)}`);
    }
  expect(weak).toEqual([]);
});
