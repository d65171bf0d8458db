import { fireEvent, waitFor } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { card, paired, rolling, spent, view, wallet } from "./fixtures";
import { appears, called, click, none, open, part, parts, words } from "./open";

beforeEach(() => vi.useFakeTimers({ shouldAdvanceTime: true }));
afterEach(() => vi.useRealTimers());

test("measuring says what it costs before it asks for anything", async () => {
  const bridge = await open(view());
  await click("card-more");
  await click("action-measure_speed");
  await appears("measure-speed");
  expect(words(part("card-task"))).toContain("about 300 output tokens");
  expect(called(bridge, "measureSpeed")).toEqual([]);
  await click("measure-speed");
  expect(words(await appears("speed-result"))).toContain("62 tokens a second");
  expect(called(bridge, "measureSpeed")).toEqual([["a1"]]);
  await click("task-close");
  expect(none("card-task")).toBe(true);
  expect(document.activeElement).toBe(part("card"));
});

test("measuring goes on while the user looks elsewhere, and is begun once", async () => {
  let answer: (said: { sentence: string }) => void = () => undefined;
  const bridge = await open(view(), (b) => {
    b.answer.measureSpeed = () => new Promise((done) => (answer = done));
  });
  await click("card-more");
  await click("action-measure_speed");
  await appears("measure-speed");
  await click("measure-speed");
  expect(words(part("card-task"))).toContain("Measuring…");
  expect(none("measure-speed") && none("task-close")).toBe(true);
  await click("card-more");
  await click("action-measure_speed");
  await click("open-keys");
  answer({ sentence: "61 tokens a second." });
  await fireEvent.keyDown(window, { key: "Escape" });
  expect(words(await appears("speed-result"))).toBe("61 tokens a second.");
  expect(called(bridge, "measureSpeed")).toHaveLength(1);
});

test("why nothing can be measured is told in the backend's words", async () => {
  await open(view(), (b) => {
    b.answer.speedCost = () => Promise.reject({ code: "spent", message: "The quota is used up." });
  });
  await click("card-more");
  await click("action-measure_speed");
  const result = await appears("speed-result");
  expect(words(result)).toBe("The quota is used up.");
  expect(result.dataset["outcome"]).toBe("refused");
});

test("a copied key is said to be copied for as long as it stays on the clipboard", async () => {
  const bridge = await open(view({ cards: [paired, wallet] }));
  await click("copy-key");
  const said = await appears("form-result");
  expect(words(said)).toBe("Copied. It is cleared in 45 seconds.");
  expect(said.getAttribute("role")).toBe("status");
  expect(called(bridge, "copyKey")).toEqual([["a7"]]);
  await vi.advanceTimersByTimeAsync(44_000);
  expect(none("form-result")).toBe(false);
  await vi.advanceTimersByTimeAsync(1_500);
  expect(none("form-result")).toBe(true);
});

test("a key that cannot be copied is not said to be", async () => {
  await open(view({ cards: [paired, wallet] }), (b) => {
    b.answer.copyKey = () => Promise.reject({ code: "keyring", message: "The keyring is locked." });
  });
  await click("copy-key");
  expect(words(await appears("form-error"))).toContain("The keyring is locked.");
  expect(none("form-result")).toBe(true);
});

test("Credits are said to be there or not from the way on", async () => {
  const bridge = await open(view({ cards: [spent] }));
  await click("way-credits-toggle");
  bridge.send(view({ cards: [paired] }));
  await waitFor(() => expect(words(part("way-credits-toggle"))).toBe("I have no Credits"));
  await click("way-credits-toggle");
  expect(called(bridge, "setAccount")).toEqual([["a4", "credits", "on"], ["a8", "credits", "off"]]);
});

test("a plan is paired with one of the pay-as-you-go accounts, or with none", async () => {
  const bridge = await open(view({ cards: [spent, wallet, card({ id: "p2", name: "Other plan" })] }));
  await click("way-pair");
  const choice = part("setting-pair") as HTMLSelectElement;
  expect([...choice.options].map(({ value }) => value)).toEqual(["", "a7"]);
  await fireEvent.change(choice, { target: { value: "a7" } });
  bridge.send(view({ cards: [{ ...spent, pair: "a7" }, wallet] }));
  await waitFor(() => expect((part("setting-pair") as HTMLSelectElement).value).toBe("a7"));
  await fireEvent.change(part("setting-pair"), { target: { value: "" } });
  expect(called(bridge, "pairAccount")).toEqual([["a4", "a7"], ["a4", null]]);
});

test("without a pay-as-you-go account the way to one is offered", async () => {
  await open(view({ cards: [spent] }));
  await click("way-pair");
  expect(none("setting-pair")).toBe(true);
  await click("pair-add");
  expect(part("key-input")).toBeTruthy();
});

test("a paired balance stands beside the button that copies its key", async () => {
  await open(view({ cards: [paired] }));
  expect(words(parts("way").at(-1) ?? null)).toBe("Pay-as-you-go Use the key of Wallet; it is billed by tokens $12.34 Copy key");
});

/** The outlook lines of a window, in order. */
function coming(meter: Element | undefined): (string | undefined)[] {
  return [...(meter?.querySelectorAll("[data-testid=meter-coming]") ?? [])].map((element) => element.textContent?.trim());
}

test("a window that gives back bit by bit says so in one small line, and names no single reset", async () => {
  await open(view({ cards: [rolling] }));
  const [first, second] = parts("meter");
  expect(words(first?.querySelector("[data-testid=meter-reset]") ?? null)).toBe("frees up gradually");
  expect(coming(first)).toEqual(["lasts", "+12 % by 14:30", "+8 % by 15:10"]);
  expect(words(second?.querySelector("[data-testid=meter-note]") ?? null)).toBe("17 of 20 used");
  expect(coming(second)).toEqual(["runs out about 20:00", "+4 by 21:00"]);
  for (const element of parts("meter")) expect(element.querySelectorAll(".below").length).toBeLessThanOrEqual(1);
});

test("thresholds stand on the bar where the core puts them", async () => {
  await open(view({ cards: [card()] }));
  const marks = [...(parts("meter")[0]?.querySelectorAll<HTMLElement>(".mark") ?? [])].map((mark) => mark.style.left);
  expect(marks).toEqual(["20%", "5%"]);
});

test("a card asked for more of what is not there has no menu", async () => {
  await open(view({ cards: [card({ actions: [] }), card({ id: "x" })] }));
  expect(parts("card-more")).toHaveLength(1);
  await click("card-more");
  expect(parts("action-set_credits")).toHaveLength(1);
});
