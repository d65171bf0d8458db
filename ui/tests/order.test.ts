import { fireEvent, waitFor } from "@testing-library/svelte";
import { beforeEach, expect, test } from "vitest";

import { card, empty, named, view } from "./fixtures";
import type { Fake } from "./fake";
import { appears, called, click, none, open, part, parts, refuse, words } from "./open";
import { resized } from "./setup";

const three = [card(), card({ id: "a2", name: "Studio" }), card({ id: "a3", name: "Wallet" })];
const order = (): (string | undefined)[] => parts("key-row").map(({ dataset }) => dataset["account"]);
const row = (id: string): HTMLElement => parts("key-row").find(({ dataset }) => dataset["account"] === id) as HTMLElement;
const control = (id: string, which: string): HTMLElement => row(id).querySelector(`[data-testid="${which}"]`) as HTMLElement;
const press = (key: string): Promise<unknown> => fireEvent.keyDown(document.activeElement ?? window, { key, altKey: true });

let bridge: Fake;
beforeEach(async () => {
  bridge = await open(view({ cards: three }));
  await click("open-keys");
});

test("a button moves an account one place, keeps the focus, and says once where it is now", async () => {
  control("a1", "move-down").focus();
  await fireEvent.click(control("a1", "move-down"));
  expect(order()).toEqual(["a2", "a1", "a3"]);
  expect(document.activeElement).toBe(control("a1", "move-down"));
  expect(called(bridge, "moveAccount")).toEqual([["a1", "a3"]]);
  await waitFor(() => expect(words(part("place-said"))).toBe("Default Team, now 2 of 3"));
  const said = part("place-said").firstChild;
  bridge.send(view({ cards: [three[1], three[0], three[2]].map((one) => one ?? card()) }));
  await waitFor(() => expect(order()).toEqual(["a2", "a1", "a3"]));
  expect(part("place-said").firstChild, "a new view says nothing again").toBe(said);
  expect(document.activeElement).toBe(control("a1", "move-down"));
});

test("Alt with the arrow keys moves the account whose row has the focus, as often as it is pressed", async () => {
  control("a3", "rename").focus();
  await press("ArrowUp");
  await press("ArrowUp");
  expect(order()).toEqual(["a3", "a1", "a2"]);
  expect(document.activeElement).toBe(control("a3", "rename"));
  await waitFor(() => expect(called(bridge, "moveAccount")).toEqual([["a3", "a2"], ["a3", "a1"]]));
  await press("ArrowUp");
  expect(called(bridge, "moveAccount"), "at the top it stays").toHaveLength(2);
  await press("ArrowDown");
  expect(order()).toEqual(["a1", "a3", "a2"]);
});

test("at either end the way on is said to be none, and stays where it was", () => {
  expect(control("a1", "move-up").getAttribute("aria-disabled")).toBe("true");
  expect(control("a1", "move-down").getAttribute("aria-disabled")).toBe("false");
  expect(control("a3", "move-down").getAttribute("aria-disabled")).toBe("true");
  expect(control("a2", "move-up").getAttribute("aria-label")).toBe("Move Studio up");
});

test("a move that is refused is told on the row, and the order is what it was", async () => {
  bridge.answer.moveAccount = refuse("files");
  control("a2", "move-up").focus();
  await fireEvent.click(control("a2", "move-up"));
  const refused = await appears("move-refused");
  expect(row("a2").contains(refused) && words(refused)).toBe("the words of files");
  expect(order()).toEqual(["a1", "a2", "a3"]);
  expect(words(part("place-said"))).toBe("");
  expect(document.activeElement).toBe(control("a2", "move-up"));
  delete bridge.answer.moveAccount;
  await fireEvent.click(control("a2", "move-up"));
  expect(none("move-refused")).toBe(true);
});

test("a view that comes before the move is done does not turn it back", async () => {
  let done: () => void = () => undefined;
  bridge.answer.moveAccount = () => new Promise<void>((resolve) => (done = resolve));
  await fireEvent.click(control("a1", "move-down"));
  bridge.send(view({ cards: three, checked: "Checked just now" }));
  await waitFor(() => expect(document.body.textContent).toContain("Checked just now"));
  expect(order()).toEqual(["a2", "a1", "a3"]);
  done();
  await waitFor(() => expect(words(part("place-said"))).toBe("Default Team, now 2 of 3"));
  bridge.send(view({ cards: [three[2] ?? card(), ...three.slice(0, 2)] }));
  await waitFor(() => expect(order(), "the backend has the last word").toEqual(["a3", "a1", "a2"]));
});

test("the arrow keys stay with the name that is being typed", async () => {
  await fireEvent.click(control("a2", "rename"));
  part("rename-input").focus();
  await press("ArrowUp");
  expect(called(bridge, "moveAccount")).toEqual([]);
});

test("after renaming, the focus is back where it began", async () => {
  await fireEvent.click(control("a2", "rename"));
  await click("rename-cancel");
  await waitFor(() => expect(document.activeElement).toBe(control("a2", "rename")));
});

test("a single account has nowhere to go", async () => {
  bridge.send(view());
  await waitFor(() => expect(none("move-up")).toBe(true));
});

test("when an account is removed the focus goes to the next, and after the last to what can be done now", async () => {
  bridge.answer.removeAccount = (id: string) => {
    const left = parts("key-row").map(({ dataset }) => dataset["account"]).filter((one) => one !== id);
    bridge.send(view({ cards: three.filter((one) => left.includes(one.id)) }));
    return Promise.resolve();
  };
  for (const [id, next] of [["a2", "a3"], ["a3", "a1"], ["a1", null]] as const) {
    await fireEvent.click(control(id, "remove"));
    part("remove-confirm").focus();
    await click("remove-confirm");
    if (next !== null) await waitFor(() => expect(row(next).contains(document.activeElement)).toBe(true));
  }
  expect(words(await appears("keys-empty"))).toContain("No account yet");
  expect(words(document.activeElement)).toBe("No account yet");
  await click("add-key");
  await appears("key-input");
});

test("without an account the simulated one can be looked at from here too", async () => {
  bridge.send(empty);
  await appears("keys-empty");
  await click("look-around");
  expect(called(bridge, "startDemo")).toHaveLength(1);
});

test("a name that is cut can be read whole", async () => {
  bridge.send(named);
  await waitFor(() => expect(parts("key-row")).toHaveLength(12));
  expect(none("name-whole")).toBe(true);
  const cut = parts("key-name")[2] as HTMLElement;
  Object.defineProperty(cut, "scrollHeight", { value: 60 });
  Object.defineProperty(cut, "clientHeight", { value: 40 });
  resized();
  await appears("name-whole");
  expect(cut.title).toBe(words(cut));
  await click("name-whole");
  expect(part("name-whole").getAttribute("aria-expanded")).toBe("true");
  await click("name-whole");
  expect(part("name-whole").getAttribute("aria-expanded")).toBe("false");
});
