import { expect, test } from "vitest";

import { translator } from "../src/texts";
import { sources } from "./fake";
import { view } from "./fixtures";
import { longer, pseudo, pseudoView } from "./pseudo";

const source = sources["en"] ?? "";
const ids = [...source.matchAll(/^([a-z][\w-]*) =/gm)].map(([, id]) => id ?? "");
const args = Object.fromEntries([...source.matchAll(/\$(\w+)/g)].map(([, name]) => [name ?? "", name === "number" ? 2 : "4f2a"]));

test("every label grows by about a third and keeps its values", () => {
  const [plain, long] = [translator({ language: "en", source }), translator({ language: "en", source: pseudo(source) })];
  for (const id of ids) {
    const [before, after] = [plain(id, args), long(id, args)];
    const [short, grown] = [before, after].map((text) => [...text.replaceAll("4f2a", "")].length);
    expect(grown, id).toBeGreaterThanOrEqual(Math.floor((short ?? 0) * 1.2));
    expect(after, id).not.toMatch(/[{}]/);
    if (before.includes("4f2a")) expect(after, id).toContain("4f2a");
  }
});

test("a sentence of the core grows, a name and a key's end do not", () => {
  const before = view();
  const after = pseudoView(before);
  const [card, grown] = [before.cards[0], after.cards[0]];
  expect(grown?.sentence).toBe(longer(card?.sentence ?? ""));
  expect(grown?.name).toBe(card?.name);
  expect(grown?.lastFour).toBe(card?.lastFour);
  expect(grown?.meters.map(({ bar }) => bar)).toEqual(card?.meters.map(({ bar }) => bar));
});
