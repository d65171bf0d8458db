import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { card, empty, view, wallet } from "./fixtures";
import type { Fake } from "./fake";
import { appears, called, click, clickFirst, none, open, part, parts, valueOf, words } from "./open";

const change = (id: string, value: string): Promise<unknown> => fireEvent.change(part(id), { target: { value } });
const refuse = (message: string) => (): Promise<never> => Promise.reject({ code: "setting", message });
const told = (): string[] => screen.queryAllByRole("status").map(words).filter((text) => text === "Saved");

async function settings(prepare?: (bridge: Fake) => void): Promise<Fake> {
  const bridge = await open(view(), prepare);
  await click("settings-open");
  await appears("section-history");
  return bridge;
}

beforeEach(() => vi.useFakeTimers({ shouldAdvanceTime: true }));
afterEach(() => vi.useRealTimers());

test("every section and field the backend names is on the screen, in its words", async () => {
  await settings();
  expect(parts("section-general")).toHaveLength(1);
  expect(within(part("section-notices")).getByText("Quiet hours")).toBeTruthy();
  expect(part("setting-notices").getAttribute("role")).toBe("switch");
  expect(valueOf("setting-interval_minutes")).toBe("5");
  expect((part("setting-language") as HTMLSelectElement).options).toHaveLength(3);
});

test("the settings are there before the first account is", async () => {
  await open(empty);
  await click("settings-open");
  expect(await appears("section-general")).toBeTruthy();
});

test("a switch is sent at once, and said to be saved once and not for ever", async () => {
  const bridge = await settings();
  await click("setting-show_used");
  await waitFor(() => expect(told()).toEqual(["Saved"]));
  expect(called(bridge, "setSetting")).toEqual([["show_used", "true"]]);
  expect((part("setting-show_used") as HTMLInputElement).checked).toBe(true);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(told()).toEqual([]);
});

test("a refused number is told beside its field and stays to be mended", async () => {
  const bridge = await settings((b) => {
    b.answer.setSetting = refuse("Check every: give a whole number from 1 to 60.");
  });
  await change("setting-interval_minutes", "999");
  await waitFor(() => expect(words(part("refused-interval_minutes"))).toContain("from 1 to 60"));
  expect(valueOf("setting-interval_minutes")).toBe("999");
  expect(part("setting-interval_minutes").getAttribute("aria-invalid")).toBe("true");
  expect(part("setting-interval_minutes").getAttribute("aria-describedby")).toContain(part("refused-interval_minutes").id);
  delete bridge.answer.setSetting;
  await change("setting-interval_minutes", "10");
  await waitFor(() => expect(words(part("refused-interval_minutes"))).toBe(""));
  expect(part("setting-interval_minutes").getAttribute("aria-invalid")).toBe("false");
  expect(called(bridge, "setSetting").at(-1)).toEqual(["interval_minutes", "10"]);
});

test("a refused switch goes back to what is in effect", async () => {
  await settings((b) => {
    b.answer.setSetting = refuse("The settings file cannot be written.");
  });
  await click("setting-key_command");
  await waitFor(() => expect(words(part("refused-key_command"))).toContain("cannot be written"));
  expect((part("setting-key_command") as HTMLInputElement).checked).toBe(false);
});

test("enter sends a line, and leaving it afterwards does not send it again", async () => {
  const bridge = await settings();
  const field = part("setting-proxy") as HTMLInputElement;
  field.value = "http://proxy.example:8080";
  await fireEvent.keyDown(field, { key: "Enter" });
  await fireEvent.change(field);
  expect(called(bridge, "setSetting")).toEqual([["proxy", "http://proxy.example:8080"]]);
});

test("a figure of MiniMax's own is an empty field that says which, and emptying goes back to it", async () => {
  const bridge = await settings();
  expect(valueOf("setting-weekly_windows")).toBe("");
  expect(part("setting-weekly_windows").getAttribute("placeholder")).toBe("MiniMax's own: 10");
  await change("setting-weekly_windows", "8");
  await change("setting-weekly_windows", " ");
  expect(called(bridge, "setSetting")).toEqual([["weekly_windows", "8"], ["weekly_windows", "0"]]);
});

test("of several, one more is sent with those that were chosen, in the backend's order", async () => {
  const bridge = await settings();
  const kind = (name: string): HTMLElement => part("setting-quiet_allows").querySelector(`[data-value=${name}]`) as HTMLElement;
  await fireEvent.click(kind("near"));
  await waitFor(() => expect(told()).toEqual(["Saved"]));
  await fireEvent.click(kind("spent"));
  expect(called(bridge, "setSetting")).toEqual([["quiet_allows", "near,spent"], ["quiet_allows", "near"]]);
});

test("what speaks in quiet hours is asked only where there are any", async () => {
  await settings();
  expect(none("setting-quiet_allows")).toBe(false);
  await change("setting-quiet_hours", "");
  await waitFor(() => expect(none("setting-quiet_allows")).toBe(true));
});

test("hours are a preset or two times, and nothing is sent before both are there", async () => {
  const bridge = await settings();
  expect(valueOf("setting-quiet_hours-from")).toBe("22:00");
  await change("setting-quiet_hours", "");
  await waitFor(() => expect(none("setting-quiet_hours-from")).toBe(true));
  await change("setting-quiet_hours", "own");
  await fireEvent.input(part("setting-quiet_hours-from"), { target: { value: "23:00" } });
  await fireEvent.change(part("setting-quiet_hours-from"));
  expect(called(bridge, "setSetting")).toEqual([["quiet_hours", ""]]);
  await fireEvent.input(part("setting-quiet_hours-until"), { target: { value: "06:30" } });
  await fireEvent.change(part("setting-quiet_hours-until"));
  expect(called(bridge, "setSetting").at(-1)).toEqual(["quiet_hours", "23:00-06:30"]);
});

test("what was set elsewhere meanwhile is read again when the user comes back", async () => {
  const bridge = await settings();
  await fireEvent.focus(window);
  expect(called(bridge, "settings")).toHaveLength(2);
});

test("a test notice is asked for, and what became of it is told", async () => {
  const bridge = await settings();
  await click("test-notice");
  expect(words(await appears("form-result"))).toContain("Sent. If no notice appears");
  bridge.answer.testNotice = () => Promise.reject({ code: "other", message: "No notification service answers." });
  await click("test-notice");
  expect(words(await appears("form-error"))).toContain("No notification service answers.");
});

test("notices are made silent for an hour or until the reset, and speak again", async () => {
  const bridge = await open(view());
  await click("snooze");
  expect(none("snooze-end")).toBe(true);
  await click("snooze-hour");
  await click("snooze");
  await click("snooze-until-reset");
  expect(called(bridge, "snooze")).toEqual([["hour", null], ["until_reset", null]]);
  bridge.send(view({ banners: [{ id: "snooze", tone: "info", title: "Silent", body: "", action: { label: "Speak again", does: { kind: "end_snooze" } } }] }));
  await appears("banner-action");
  await click("banner-action");
  await click("snooze");
  await click("snooze-end");
  expect(called(bridge, "endSnooze")).toHaveLength(2);
});

test("what is said of an account is kept as its own, and its pair as a choice", async () => {
  const bridge = await open(view({ cards: [card(), wallet] }));
  await click("open-keys");
  await clickFirst("account-options");
  await appears("setting-tier");
  await change("setting-tier", "ultra");
  await waitFor(() => expect(told()).toEqual(["Saved"]));
  await change("setting-pair", "a7");
  expect(called(bridge, "setAccount")).toEqual([["a1", "tier", "ultra"]]);
  expect(called(bridge, "pairAccount")).toEqual([["a1", "a7"]]);
  expect(part("account-options-of-a1")).toBeTruthy();
});
