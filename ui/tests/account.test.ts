import { fireEvent, screen, within } from "@testing-library/svelte";
import { beforeEach, expect, test, vi } from "vitest";

import type { Chart } from "../src/generated/Chart";
import type { Range } from "../src/generated/Range";
import { chart, nothing } from "./charts";
import { card, view, wallet } from "./fixtures";
import { appears, called, click, none, open, part, words } from "./open";

/** Records what is drawn and where the cursor is; jsdom has no canvas. */
const drawn: { shown: Chart[]; pointed: number[]; hover: (dot: number) => void } = { shown: [], pointed: [], hover: () => undefined };
vi.mock("../src/plot", () => ({
  draw: (_: HTMLElement, tell: (dot: number) => void) => {
    drawn.hover = tell;
    return { show: (one: Chart) => drawn.shown.push(one), point: (dot: number) => drawn.pointed.push(dot), end: () => undefined };
  },
}));

const details = { label: "Details", does: { kind: "open_account", account: "a1" } } as const;
const home = view({ cards: [card({ actions: [details] }), wallet] });

beforeEach(() => {
  drawn.shown = [];
  drawn.pointed = [];
});

async function opened(prepare?: Parameters<typeof open>[1]): Promise<ReturnType<typeof open>> {
  const bridge = open(home, prepare);
  await bridge;
  await fireEvent.click(screen.getAllByTestId("card-more")[0] as HTMLElement);
  await click("action-open_account");
  return bridge;
}

test("a card opens its account, and escape leads back to that card", async () => {
  const bridge = await opened();
  expect(words(await appears("account"))).toContain("Default Team");
  expect(document.activeElement).toBe(part("account"));
  await fireEvent.keyDown(window, { key: "Escape" });
  expect(none("account")).toBe(true);
  expect((document.activeElement as HTMLElement).dataset["account"]).toBe("a1");
  expect(called(bridge, "closeWindow")).toEqual([]);
});

test("an account that is removed meanwhile leads back to the overview", async () => {
  const bridge = await opened();
  bridge.send(view({ cards: [wallet] }));
  expect(await appears("check-now")).toBeTruthy();
  expect(none("account")).toBe(true);
});

test("the range and the window are chosen, and the chart is asked for anew", async () => {
  const bridge = await opened();
  await appears("chart");
  expect(called(bridge, "chart")).toEqual([["a1", null, null, null]]);
  await click("history-range-week");
  await screen.findByText("7 d");
  await fireEvent.click(await screen.findByLabelText("Week"));
  expect(called(bridge, "chart").slice(1)).toEqual([
    ["a1", null, null, "week"],
    ["a1", null, "weekly", "week"],
  ]);
});

test("whatever is read while the chart is seen is drawn at once", async () => {
  const bridge = await opened();
  await appears("chart");
  bridge.send(view({ cards: [card({ figure: "56 %", answers: 8 }), wallet] }));
  await vi.waitFor(() => expect(called(bridge, "chart")).toHaveLength(2));
});

test("a chart that takes longer than the next reading is still shown, and asked for once more", async () => {
  const late: ((chart: Chart) => void)[] = [];
  const bridge = await opened((b) => {
    b.answer.chart = () => new Promise((answer) => late.push(answer));
  });
  for (const [n, figure] of ["56 %", "55 %", "54 %"].entries()) {
    bridge.send(view({ cards: [card({ figure, answers: 8 + n }), wallet] }));
    await screen.findByText(figure);
  }
  expect(late).toHaveLength(1);
  late[0]?.({ ...chart(), summary: "the first one" });
  await screen.findByText("the first one");
  await vi.waitFor(() => expect(late).toHaveLength(2));
});

test("an answer that comes late does not replace a younger one", async () => {
  const late: ((chart: Chart) => void)[] = [];
  await opened((bridge) => {
    bridge.answer.chart = () => new Promise((answer) => late.push(answer));
  });
  await click("history-range-week");
  late[1]?.({ ...chart(), summary: "the young one" });
  await screen.findByText("the young one");
  late[0]?.({ ...chart(), summary: "the old one" });
  await Promise.resolve();
  expect(screen.queryByText("the old one")).toBeNull();
});

test("arrow keys go from reading to reading, and each is said", async () => {
  await opened();
  const slider = await appears("chart");
  await vi.waitFor(() => expect(drawn.shown).toHaveLength(1));
  const dots = drawn.shown[0]?.dots ?? [];
  await fireEvent.keyDown(slider, { key: "ArrowLeft" });
  expect(slider.getAttribute("aria-valuetext")).toBe(dots.at(-1)?.words);
  await fireEvent.keyDown(slider, { key: "ArrowLeft" });
  expect(slider.getAttribute("aria-valuetext")).toBe(dots.at(-2)?.words);
  expect(words(part("chart-summary"))).toBe(dots.at(-2)?.words);
  await fireEvent.keyDown(slider, { key: "Home" });
  expect(slider.getAttribute("aria-valuenow")).toBe("0");
  expect(drawn.pointed).toEqual([dots.length - 1, dots.length - 2, 0]);
  await fireEvent.blur(slider);
  expect(words(part("chart-summary"))).toContain("left now");
});

test("the pointer says the reading it is on", async () => {
  await opened();
  await vi.waitFor(() => expect(drawn.shown).toHaveLength(1));
  drawn.hover(3);
  await screen.findByText(drawn.shown[0]?.dots[3]?.words ?? "none");
});

test("the same is there as a table with heads and a caption", async () => {
  await opened();
  await appears("chart");
  await click("history-form-table");
  const table = within(part("chart-table"));
  expect(table.getAllByRole("columnheader").map(words)).toEqual(["Time", "Quota", "Note"]);
  expect(table.getAllByRole("rowheader").length).toBeGreaterThan(20);
  expect(words(part("chart-table"))).toContain("nothing was read for 3 h");
  expect(words(part("chart-table").querySelector("caption"))).toContain("left now");
});

test("without a reading it says what comes instead of showing an empty frame", async () => {
  await opened((bridge) => {
    bridge.answer.chart = () => Promise.resolve(nothing("The history begins with the next reading."));
  });
  expect(words(await appears("chart-empty"))).toBe("The history begins with the next reading.");
  expect(none("chart")).toBe(true);
});

test("a balance has its days beside it, newest first", async () => {
  const bridge = await open(view({ cards: [{ ...wallet, actions: [{ label: "Details", does: { kind: "open_account", account: "a7" } }] }] }));
  await click("card-more");
  await click("action-open_account");
  const rows = within(await appears("days-spent")).getAllByRole("row");
  expect(words(rows[0] ?? null)).toBe("Fri 27 Nov$1.15");
  expect(called(bridge, "chart")[0]?.[0]).toBe("a7");
});

test("a countdown that moves does not ask for the chart again; an answer does", async () => {
  const bridge = await opened();
  await appears("chart");
  for (let second = 0; second < 60; second += 1) {
    bridge.send(view({ checked: `${second} s ago`, cards: [card({ sentence: `Resets in ${60 - second} s.` }), wallet] }));
    await screen.findByText(`Resets in ${60 - second} s.`);
  }
  expect(called(bridge, "chart")).toHaveLength(1);
  bridge.send(view({ cards: [card({ answers: 8 }), wallet] }));
  await vi.waitFor(() => expect(called(bridge, "chart")).toHaveLength(2));
});

test("the range is the one of the last time until another is chosen", async () => {
  await opened((bridge) => {
    bridge.answer.chart = (_id: string, _row: null, _window: null, range: Range | null) => Promise.resolve(chart({ range: range ?? "week" }));
  });
  await appears("chart");
  expect((part("history-range-week") as HTMLInputElement).checked).toBe(true);
  await click("history-range-month");
  await vi.waitFor(() => expect((part("history-range-month") as HTMLInputElement).checked).toBe(true));
});

test("a history that cannot be read says so in its place, and is read when asked again", async () => {
  let broken = false;
  const bridge = await opened((b) => {
    b.answer.chart = (_id: string, _row: null, _window: null, range: Range | null) =>
      broken ? Promise.reject({ code: "other", message: "The history cannot be read now." }) : Promise.resolve(chart({ range: range ?? "day" }));
  });
  await appears("chart");
  broken = true;
  await click("history-range-week");
  expect(words(await appears("history-error"))).toContain("The history cannot be read now.");
  expect(none("chart")).toBe(true);
  broken = false;
  await click("history-retry");
  await appears("chart");
  expect(none("history-error")).toBe(true);
  expect(called(bridge, "chart").map(([, , , range]) => range)).toEqual([null, "week", "week"]);
});

test("what was drawn of the same stretch stays while it cannot be read anew", async () => {
  let broken = false;
  const bridge = await opened((b) => {
    b.answer.chart = () => (broken ? Promise.reject({ code: "other", message: "Not now." }) : Promise.resolve(chart()));
  });
  await appears("chart");
  broken = true;
  bridge.send(view({ cards: [card({ answers: 8 }), wallet] }));
  await appears("history-error");
  expect(none("chart")).toBe(false);
});

test("nobody asks for a chart after the user has left, whatever was still on its way", async () => {
  const late: ((chart: Chart) => void)[] = [];
  const bridge = await opened((b) => {
    b.answer.chart = () => new Promise((answer) => late.push(answer));
  });
  bridge.send(view({ cards: [card({ answers: 8, figure: "56 %" }), wallet] }));
  await screen.findByText("56 %");
  await fireEvent.keyDown(window, { key: "Escape" });
  expect(none("account")).toBe(true);
  late[0]?.(chart());
  await new Promise((done) => setTimeout(done));
  expect(called(bridge, "chart")).toHaveLength(1);
});

test("escape leaves the reading first, and the screen the next time", async () => {
  await opened();
  const slider = await appears("chart");
  await vi.waitFor(() => expect(drawn.shown).toHaveLength(1));
  await fireEvent.keyDown(slider, { key: "End" });
  await fireEvent.keyDown(slider, { key: "Escape" });
  expect(none("account")).toBe(false);
  expect(words(part("chart-summary"))).toContain("left now");
  await fireEvent.keyDown(slider, { key: "Escape" });
  expect(none("account")).toBe(true);
});

test("a reading that is gone to is said once: by the chart itself, and by no live region", async () => {
  await opened();
  const slider = await appears("chart");
  await vi.waitFor(() => expect(drawn.shown).toHaveLength(1));
  await fireEvent.keyDown(slider, { key: "End" });
  const said = drawn.shown[0]?.dots.at(-1)?.words ?? "none";
  expect(slider.getAttribute("aria-valuetext")).toBe(said);
  const live = [...document.querySelectorAll("[aria-live], [role=status], [role=alert], [role=log]")];
  expect(live.filter((region) => words(region).includes(said))).toEqual([]);
});

test("many windows, and one with an endless name, are chosen from a list, and the name can still be read", async () => {
  const endless = "video-".repeat(900);
  const choices = Array.from({ length: 50 }, (_, n) => ({ row: `Row ${n}`, window: "interval" as const, label: n === 3 ? endless : `Row ${n}: 24 hours`, chosen: n === 0 }));
  const bridge = await opened((b) => {
    b.answer.chart = (_id: string, row: string | null) => Promise.resolve({ ...chart(), choices: choices.map((choice) => ({ ...choice, chosen: choice.row === (row ?? "Row 0") })) });
  });
  const list = (await appears("history-windows")) as HTMLSelectElement;
  expect(list.options).toHaveLength(50);
  expect(Math.max(...[...list.options].map(({ label }) => label.length))).toBeLessThan(60);
  await fireEvent.change(list, { target: { value: "3" } });
  expect(called(bridge, "chart").at(-1)).toEqual(["a1", "Row 3", "interval", null]);
  expect(words(await appears("history-window-name"))).toBe(endless);
  expect(list.value).toBe("3");
});

test("the marks of a chart are explained, and only those that are on it", async () => {
  await opened((bridge) => {
    bridge.answer.chart = (_id: string, _row: null, _window: null, range: Range | null) => Promise.resolve(chart({ range: range ?? "day", gap: true }));
  });
  const marks = (): string[] => within(part("chart-legend")).getAllByRole("listitem").map(words);
  await appears("chart-legend");
  expect(marks()).toEqual(["Reset", "Forecast", "Your warnings", "Nothing read"]);
  await click("history-range-month");
  await vi.waitFor(() => expect(marks()).toEqual(["The tightest moment of each day", "Your warnings"]));
});

test("in another language the chart is asked for anew", async () => {
  const bridge = await opened();
  await appears("chart");
  bridge.send({ ...home, language: "zh-CN" });
  await vi.waitFor(() => expect(called(bridge, "chart")).toHaveLength(2));
  await screen.findByText("本周");
});
