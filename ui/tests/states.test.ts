// The states of an account, and hostile names and lists.
import { render, screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";

import App from "../src/App.svelte";
import { lengthy, standing } from "../src/fold";
import { shown } from "../src/shortcuts";
import { fake } from "./fake";
import { card, demoBanner, lockedBanner, meter, near, refused, spent, stale, view } from "./fixtures";
import { appears, called, click, none, open, part, parts, words } from "./open";
import { asking, fifty, fiftyRows, hostile, hostileNames, longRow, noPlan, states, twoHundred, unlimited } from "./states";

test("while the first figures are on their way their place stands, and no word is made up", async () => {
  const bridge = fake(view());
  let answer: (view: unknown) => void = () => undefined;
  bridge.answer.view = () => new Promise((done) => (answer = done));
  render(App, { props: { bridge } });
  const place = part("loading");
  expect(place.getAttribute("aria-busy")).toBe("true");
  expect(words(place)).toBe("");
  await waitFor(() => expect(called(bridge, "view")).toHaveLength(1));
  answer(view());
  await screen.findByRole("heading", { level: 1 });
  expect(none("loading")).toBe(true);
});

test("a first view that could not be had is asked for again", async () => {
  const bridge = fake(view());
  let asked = 0;
  bridge.answer.view = () => {
    asked += 1;
    return asked === 1 ? Promise.reject({ code: "other", message: "" }) : Promise.resolve(view());
  };
  render(App, { props: { bridge } });
  await screen.findByRole("heading", { level: 1 }, { timeout: 5_000 });
  expect(asked).toBe(2);
});

test("the big figure is not shown again beside its own bar, but is still read out there", async () => {
  await open(view({ cards: [near] }));
  const value = parts("meter")[0]?.querySelector("[data-testid=meter-value]");
  expect(words(value ?? null)).toBe("17 % left");
  expect(value?.classList.contains("sr-only")).toBe(true);
});

test("no state is a dead end: each has words, and a failure has its button", async () => {
  await open(states);
  for (const button of parts("card-expand")) button.click();
  await waitFor(() => expect(none("card-expand")).toBe(true));
  const all = parts("card");
  expect(all).toHaveLength(states.cards.length);
  states.cards.forEach((state, index) => {
    const of = within(all[index] as HTMLElement);
    const said = state.sentence === "" ? state.failure?.title : state.sentence;
    expect(said, state.name).toBeTruthy();
    expect(of.getByText(said ?? ""), state.name).toBeTruthy();
    expect(of.queryAllByTestId("card-failure"), state.name).toHaveLength(state.failure === null ? 0 : 1);
    expect(of.queryAllByTestId("card-failure-action"), state.name).toHaveLength(state.failure === null ? 0 : 1);
  });
});

test("what stopped a card stands in the headline's place, with its shape", async () => {
  await open(view({ cards: [refused, noPlan] }));
  const shapes = parts("card-failure").map((failure) => failure.querySelector("svg[data-shape]")?.getAttribute("data-shape"));
  expect(shapes).toEqual(["keyed", "dashed"]);
});

test("what stands on several cards is explained on the first one, and each has its button", async () => {
  await open(view({ cards: [stale, { ...stale, id: "x1" }, { ...stale, id: "x2" }] }));
  const explained = parts("card-failure").map((failure) => words(failure).includes(stale.failure?.body ?? "?"));
  expect(explained).toEqual([true, false, false]);
  expect(parts("card-failure-action")).toHaveLength(3);
});

test("an account that is asked about for the first time keeps the place of its bars", async () => {
  const bridge = await open(view({ checking: true, cards: [asking] }));
  const breathing = (): number => part("card").querySelectorAll(".bar").length;
  expect(breathing()).toBe(2);
  bridge.send(view({ checking: false, cards: [asking] }));
  await waitFor(() => expect(breathing()).toBe(0));
});

test("a window without a reset tells its note in the reset's place", async () => {
  await open(view({ cards: [unlimited] }));
  expect(words(part("meter-note"))).toBe("this plan has no weekly limit");
  expect(none("meter-reset")).toBe(true);
});

test("fifty rows fold to the first ones and those that worry, and open whole", async () => {
  await open(fifty);
  expect(parts("meter")).toHaveLength(5);
  expect(words(parts("meter").at(-1) ?? null)).toContain("Row 30");
  expect(words(part("more-meters"))).toBe("and 45 more");
  await click("more-meters");
  expect(parts("meter")).toHaveLength(50);
  expect(part("more-meters").getAttribute("aria-expanded")).toBe("true");
  expect(words(part("more-quiet"))).toBe("and 9 more");
  await click("more-quiet");
  expect(screen.getByText("Model 11: not in this plan")).toBeTruthy();
});

test("a list is not folded for the sake of one line, and worries further down do not fill the window", () => {
  const rows = (count: number, level: "good" | "critical"): string[] =>
    standing(Array.from({ length: count }, (_, n) => meter({ title: String(n), level }))).map(({ title }) => title);
  expect(rows(5, "good")).toHaveLength(5);
  expect(rows(6, "good")).toEqual(["0", "1", "2", "3"]);
  expect(rows(200, "critical")).toHaveLength(8);
  expect(standing(fiftyRows.meters)).toHaveLength(5);
});

test("a name of any length is there to be read, and is no markup", async () => {
  await open(hostile);
  expect(parts("card-name").map((name) => name.textContent)).toEqual(Object.values(hostileNames));
  expect(document.querySelector("main img, main b")).toBeNull();
  for (const name of parts("card-name")) expect(name.closest("bdi") ?? name.querySelector("bdi")).not.toBeNull();
});

test("a row name of 5,000 characters folds, and opens whole", async () => {
  expect(lengthy(longRow)).toBe(true);
  await open(fifty);
  expect(words(part("unfold"))).toBe("More");
  await click("unfold");
  expect(part("unfold").getAttribute("aria-expanded")).toBe("true");
  expect(parts("meter-title")[2]?.textContent).toContain(longRow);
});

test("two hundred accounts are gone to as one is", async () => {
  const bridge = await open(twoHundred);
  expect(parts("card")).toHaveLength(200);
  bridge.show({ account: "t197", screen: "overview" });
  await waitFor(() => expect(document.activeElement?.getAttribute("data-account")).toBe("t197"));
  expect(within(document.activeElement as HTMLElement).queryAllByTestId("meter").length).toBeGreaterThan(0);
});

test("a calm banner is one line that opens, one that asks for something stands open", async () => {
  await open(view({ banners: [demoBanner, lockedBanner] }));
  const [calm, urgent] = parts("banner");
  expect(words(calm ?? null)).toBe("Simulated account Leave");
  expect(words(urgent ?? null)).toContain(lockedBanner.body);
  await click("banner-more");
  expect(words(parts("banner")[0] ?? null)).toContain(demoBanner.body);
  expect(part("banner-more").getAttribute("aria-expanded")).toBe("true");
});

test("a change of level is said aloud once, a change of figures is not", async () => {
  const calm = card({ id: "a2", name: "Studio" });
  const bridge = await open(view({ cards: [calm] }));
  expect(words(part("spoken"))).toBe("");
  bridge.send(view({ cards: [near] }));
  await waitFor(() => expect(words(part("spoken"))).toBe("Studio: Near the limit. Little is left until the reset at 18:00, in 1 h 27 min."));
  const said = part("spoken").firstElementChild;
  bridge.send(view({ checked: "later", cards: [{ ...near, figure: "16 %", sentence: "Little is left until the reset at 18:00, in 1 h 26 min." }] }));
  await screen.findByText("16 %");
  expect(part("spoken").firstElementChild).toBe(said);
  expect(words(part("spoken"))).toContain("1 h 27 min");
  bridge.send(view({ cards: [{ ...spent, id: "a2", name: "Studio" }] }));
  await waitFor(() => expect(words(part("spoken"))).toBe(`Studio: Used up. ${spent.sentence}`));
});

test("a button with a sign says its name and its shortcut", async () => {
  await open(view());
  const button = part("check-now");
  expect(button.getAttribute("aria-label")).toBe("Check now");
  expect(button.getAttribute("aria-keyshortcuts")).toBe("Control+R");
  expect(button.dataset).toMatchObject({ tip: "Check now", keys: "Ctrl+R" });
  expect((await appears("settings-open")).dataset["keys"]).toBe("Ctrl+,");
  expect(shown("Control+R", true)).toBe("⌘R");
  expect(shown("Escape")).toBe("Esc");
});
