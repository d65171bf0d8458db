import { screen, waitFor } from "@testing-library/svelte";
import { expect, test } from "vitest";

import { card, demoBanner, near, view } from "./fixtures";
import { appears, called, click, none, open, part, parts, refuse, testKey, type, words } from "./open";

test("the keys show kind, region and no more than the last four characters", async () => {
  await open(view({ cards: [card(), near] }));
  await click("open-keys");
  const [first] = parts("key-row");
  expect(first?.dataset["account"]).toBe("a1");
  expect(words(first ?? null)).toContain("•••• 4f2a");
});

test("each key says its team and how it stands", async () => {
  await open(view({ cards: [card({ team: "Tools" }), card({ id: "a2", name: "Client", keyWord: "Refused", keyTone: "trouble" })] }));
  await click("open-keys");
  expect(words(parts("key-row")[0] ?? null)).toContain("Tools");
  expect(parts("key-state").map(words)).toEqual(["Accepted", "Refused"]);
  expect(parts("key-state")[1]?.dataset["tone"]).toBe("trouble");
});

test("an account is renamed in its place, and a refusal is told there", async () => {
  const bridge = await open(view(), (b) => {
    b.answer.renameAccount = refuse("name");
  });
  await click("open-keys");
  await click("rename");
  await type("rename-input", "Other");
  await click("rename-save");
  expect(words(await appears("form-error"))).toBe("the words of name");
  delete bridge.answer.renameAccount;
  await click("rename-save");
  await waitFor(() => expect(none("rename-input")).toBe(true));
  expect(called(bridge, "renameAccount").at(-1)).toEqual(["a1", "Other"]);
});

test("an account is removed only after it was confirmed", async () => {
  const bridge = await open(view());
  await click("open-keys");
  await click("remove");
  expect(called(bridge, "removeAccount")).toEqual([]);
  await click("remove-keep");
  await click("remove");
  await click("remove-confirm");
  expect(called(bridge, "removeAccount")).toEqual([["a1", false]]);
});

test("an account's history goes with it only when that was ticked, each time anew", async () => {
  const bridge = await open(view());
  await click("open-keys");
  await click("remove");
  await click("remove-history");
  await click("remove-keep");
  await click("remove");
  expect((part("remove-history") as HTMLInputElement).checked).toBe(false);
  await click("remove-history");
  await click("remove-confirm");
  expect(called(bridge, "removeAccount")).toEqual([["a1", true]]);
});

test("replacing a key keeps the account's name and kind out of it", async () => {
  const bridge = await open(view());
  await click("open-keys");
  await click("replace");
  await type("key-input", testKey);
  await click("add-submit");
  expect(words(await appears("form-result"))).toContain("is added.");
  expect(called(bridge, "checkKey")).toMatchObject([[{ key: testKey, kind: null, replaces: "a1" }]]);
});

test("a simulation has no keys to manage", async () => {
  await open(view({ demo: true, banners: [demoBanner] }));
  await click("open-keys");
  expect(none("add-key") && none("key-row")).toBe(true);
  expect(screen.getByText("Leave")).toBeTruthy();
});
