import { fireEvent, screen } from "@testing-library/svelte";
import axe from "axe-core";
import { expect, test, vi } from "vitest";

import type { Chart } from "../src/generated/Chart";
import { balance, chart, manyWindows, nothing, onePoint } from "./charts";
import { halfway } from "./admissions";
import type { Fake } from "./fake";
import { card, chinese, demoBanner, empty, everyShape, lasting, lockedBanner, paired, rolling, snoozeBanner, twelve, view, wallet } from "./fixtures";
import { appears, click, clickFirst, open, part, type } from "./open";

/** Runs every rule except those that need real layout, which jsdom does not have. */
async function faults(): Promise<string[]> {
  const { violations, passes } = await axe.run(document, { rules: { "color-contrast": { enabled: false } } });
  expect(passes.length).toBeGreaterThan(10);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
}

vi.mock("../src/plot", () => ({ draw: () => ({ show: () => undefined, point: () => undefined, end: () => undefined }) }));

async function account(prepare?: Parameters<typeof open>[1]): Promise<void> {
  const details = { label: "Details", does: { kind: "open_account", account: "a1" } } as const;
  await open(view({ cards: [card({ actions: [details] })] }), prepare);
  await click("card-more");
  await click("action-open_account");
}

/** Opens the result of a key check. */
async function explained(): Promise<Fake> {
  const bridge = await open(empty);
  await click("add-submit");
  await appears("keep-key");
  return bridge;
}

/** Every result that a request for a history can have. */
const histories: Record<string, () => Promise<Chart>> = {
  "with holes": () => Promise.resolve(chart({ gap: true })),
  "one reading": () => Promise.resolve(onePoint),
  "none yet": () => Promise.resolve(nothing("The history begins with the next reading.")),
  used: () => Promise.resolve(chart({ used: true })),
  "in columns": () => Promise.resolve(chart({ range: "month" })),
  "a balance": () => Promise.resolve(balance({ owed: true })),
  "fifty windows": () => Promise.resolve(manyWindows("day", 2)),
  "not to be read": () => Promise.reject({ code: "other", message: "The history cannot be read now." }),
};

const screens: Record<string, () => Promise<unknown>> = {
  "first run": () => open({ ...empty, banners: [lockedBanner] }),
  "a refusal": async () => {
    await open(empty, (b) => {
      b.answer.checkKey = () => Promise.reject({ code: "offline", message: "No connection." });
    });
    await type("key-input", "x");
    await click("add-submit");
    await appears("form-alternative");
  },
  "a key being checked": async () => {
    const bridge = await open(empty, (b) => {
      b.answer.checkKey = () => new Promise(() => undefined);
    });
    await click("add-submit");
    bridge.asked(halfway);
    await appears("asked-china");
  },
  "a key explained": () => explained(),
  "a refused name": async () => {
    const bridge = await explained();
    bridge.answer.keepKey = () => Promise.reject({ code: "name", message: "Choose another name." });
    await click("keep-key");
    await appears("form-error");
  },
  "notices at the first run": () => explained().then(() => click("keep-key")).then(() => appears("autostart")),
  "the end of the first run": () => explained().then(() => click("keep-key")).then(() => appears("guide-next")).then(() => click("guide-next")),
  "no keys": () => open(empty).then((bridge) => bridge.show({ account: null, screen: "keys" })).then(() => appears("add-key")),
  overview: () => open(everyShape),
  "twelve accounts": () => open(twelve),
  Chinese: () => open(chinese),
  simulation: () => open(view({ demo: true, banners: [demoBanner] })),
  "forecasts and releases": () => open(view({ cards: [lasting, rolling] })),
  "ways on with a pair": () => open(view({ cards: [paired, wallet], banners: [snoozeBanner] })),
  "a card's menu": () => open(view()).then(() => click("card-more")),
  "the price of measuring": () => open(view()).then(() => click("card-more")).then(() => click("action-measure_speed")).then(() => appears("measure-speed")),
  "a pair to choose": () => open(view({ cards: [card(), wallet] })).then(() => clickFirst("card-more")).then(() => click("action-pair_account")),
  settings: () => open(view()).then(() => click("settings-open")).then(() => appears("section-history")),
  "a question before deleting": () => open(view()).then(() => click("settings-open")).then(() => appears("forget")).then(() => click("forget")),
  "about and doctor": () => open(view()).then(() => click("settings-open")).then(() => click("settings-about")).then(() => appears("doctor-copy")),
  "a refused setting": async () => {
    await open(view(), (b) => {
      b.answer.setSetting = () => Promise.reject({ code: "setting", message: "Give a whole number." });
    });
    await click("settings-open");
    await appears("section-history");
    await fireEvent.change(part("setting-interval_minutes"), { target: { value: "0" } });
    await screen.findByText("Give a whole number.");
  },
  "an account's options": () => open(view()).then(() => click("open-keys")).then(() => click("account-options")).then(() => appears("setting-tier")),
  "an account's own screen": () => account().then(() => appears("chart")),
  ...Object.fromEntries(
    Object.entries(histories).map(([name, one]) => [
      `an account's history: ${name}`,
      async () => {
        await account((bridge) => {
          bridge.answer.chart = () => one();
        });
        await vi.waitFor(() => expect(document.querySelector("[data-testid=chart], [data-testid=chart-empty], [data-testid=history-error]")).not.toBeNull());
      },
    ]),
  ),
  "an account's history as a table": () => account().then(() => appears("chart")).then(() => click("history-form-table")).then(() => appears("chart-table")),
  keys: () => open(view()).then(() => click("open-keys")),
  renaming: () => open(view()).then(() => click("open-keys")).then(() => click("rename")),
  removing: () => open(view()).then(() => click("open-keys")).then(() => click("remove")),
  adding: () => open(view()).then(() => click("open-keys")).then(() => click("add-key")),
};

test.each(Object.keys(screens))("axe finds nothing on: %s", async (name) => {
  await screens[name]?.();
  document.title = "Tidemark";
  expect(await faults()).toEqual([]);
}, 30_000);
