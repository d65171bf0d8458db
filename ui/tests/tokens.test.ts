// What `tokens.css` has to guarantee: contrast in both themes, more contrast on request, and the system's colours if
// they are forced. Reads the file itself; a colour that is added there and not listed here fails.
import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

const source = readFileSync("src/styles/tokens.css", "utf8");

/** The values of one block of the file, by name. */
function block(selector: string): Record<string, string> {
  const from = source.indexOf(selector);
  if (from < 0) throw new Error(`no ${selector}`);
  const body = source.slice(source.indexOf("--", from), source.indexOf("}", from));
  return Object.fromEntries([...body.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name ?? "", value ?? ""]));
}

const values = block(":root {");
const colours = Object.keys(values).filter((name) => /^light-dark\(#[0-9a-f]{6},/.test(values[name] ?? ""));

/** A colour in a theme. */
function of(name: string, theme: "light" | "dark"): string {
  const found = /^light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)$/.exec(values[name] ?? "");
  const colour = found?.[theme === "light" ? 1 : 2];
  if (colour === undefined) throw new Error(`${name} is no pair of colours: ${values[name]}`);
  return colour;
}

/** The relative luminance, by WCAG 2.2. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const surfaces = ["ground", "card", "raised"];
const tints = ["tint-info", "tint-warning", "tint-trouble"];
const levels = ["good", "near", "critical", "spent", "quiet", "refused"];

/** Text colours, and the backgrounds that each is used on. */
const text: [string, string[]][] = [
  ["ink", [...surfaces, ...tints, "hover", "well"]],
  ["soft", [...surfaces, ...tints, "hover"]],
  ["act", [...surfaces, ...tints, "hover"]],
  ["on-act", ["act-fill", "act-fill-hover"]],
  ...levels.map((level): [string, string[]] => [level, ["card", "ground"]]),
];

/** Graphics that are not text: bars, rings, marks, control borders, the focus outline. */
const marks: [string, string[]][] = [
  ...levels.map((level): [string, string[]] => [level, ["card", "well"]]),
  ["pace", ["card", "well"]],
  ["edge", ["card", "ground"]],
  ["focus", [...surfaces, ...tints]],
  ["act-fill", ["card", "ground"]],
  ["good", ["tint-info"]],
  ["near", ["tint-warning"]],
  ["spent", ["tint-trouble"]],
];

/** Backgrounds and hairlines, which carry no information themselves. */
const grounds = [...surfaces, ...tints, "well", "hover", "line", "act-fill-hover"];

const pairs = (list: [string, string[]][]): [string, string][] => list.flatMap(([front, backs]) => backs.map((back): [string, string] => [front, back]));

test.each(["light", "dark"] as const)("what is read stands out 4.5 to 1, what is seen 3 to 1, in the %s theme", (theme) => {
  const faint = (list: [string, string[]][], least: number): string[] =>
    pairs(list)
      .map(([front, back]): [string, number] => [`${front} on ${back}`, contrast(of(front, theme), of(back, theme))])
      .filter(([, found]) => found < least)
      .map(([name, found]) => `${name}: ${found.toFixed(2)}`);
  expect(faint(text, 4.5)).toEqual([]);
  expect(faint(marks, 3)).toEqual([]);
});

test("every colour is looked at here", () => {
  const known = new Set([...pairs(text), ...pairs(marks)].flat().concat(grounds));
  expect(colours.length).toBeGreaterThan(20);
  expect(colours.filter((name) => !known.has(name))).toEqual([]);
});

test("where colours are forced, each is one of the system's", () => {
  const forced = block("(forced-colors: active)");
  const system = /^(Canvas|CanvasText|ButtonFace|ButtonText|ButtonBorder|GrayText|Highlight|HighlightText|LinkText|Field|FieldText)$/;
  expect(colours.filter((name) => !system.test(forced[name] ?? ""))).toEqual([]);
});

test("where more contrast is asked for, nothing is soft and no edge is faint", () => {
  const strong = block("(prefers-contrast: more)");
  expect(strong["soft"]).toBe("var(--ink)");
  expect(strong["line"]).toBe("var(--edge)");
});
