import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { translator } from "../src/texts";
import { sources } from "./fake";

const ids = (source: string): string[] => [...source.matchAll(/^([a-z][\w-]*) =/gm)].map(([, id]) => id ?? "").sort();
const english = ids(sources["en"] ?? "");

function code(folder: string): string {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== "generated")
    .map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? code(path) : /\.(ts|svelte)$/.test(entry.name) ? readFileSync(path, "utf8") : "";
    })
    .join("\n");
}

/** Every label id in the source: literal, one of two, or ending in a value of the contract. */
function used(): Set<string> {
  const found = new Set<string>();
  const endings: Record<string, string[]> = { kind: ["token_plan", "pay_as_you_go"], as: ["token_plan", "pay_as_you_go"], region: ["global", "china"], history: ["chart", "table"], range: ["hours", "day", "week", "month"].flatMap((range) => [range, `${range}-long`]) };
  for (const [, inside] of code("src").matchAll(/\bt\??\.?\(((?:[^()]|\([^()]*\))*)\)/g)) {
    const argument = (inside ?? "").replace(/,\s*\{[\s\S]*$/, "").replace(/[!=]==\s*"[^"]*"/g, "");
    for (const [, id] of argument.matchAll(/"([a-z][\w-]*)"/g)) found.add(id ?? "");
    for (const [, start] of argument.matchAll(/`([a-z]+)-\$\{/g)) for (const end of endings[start ?? ""] ?? []) found.add(`${start}-${end}`);
  }
  return found;
}

test("both languages have the same labels", () => {
  expect(english.length).toBeGreaterThan(40);
  expect(ids(sources["zh-CN"] ?? "")).toEqual(english);
});

test("every label is used, and every label used is there", () => {
  expect([...used()].sort()).toEqual(english);
});

test.each(["en", "zh-CN"])("every label of %s can be worded with the same names in it", (language) => {
  const t = translator({ language, source: sources[language] ?? "" });
  for (const id of english) {
    const worded = t(id, { name: "N", number: 2, count: 3, four: "4f2a", sentence: "S", state: "W" });
    expect(worded, id).not.toBe(id);
    expect(worded, id).not.toMatch(/[{}]/);
  }
  const names = (source: string): string[] => [...source.matchAll(/^([\w-]+) =.*\{ \$(\w+) \}/gm)].map(([, id, name]) => `${id} ${name}`).sort();
  expect(names(sources[language] ?? "")).toEqual(names(sources["en"] ?? ""));
});
