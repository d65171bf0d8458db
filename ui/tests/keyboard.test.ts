import { fireEvent } from "@testing-library/svelte";
import { expect, test } from "vitest";

import { empty, view } from "./fixtures";
import { appears, called, click, none, open, part } from "./open";

test("escape closes the window from the overview, and goes one screen up elsewhere", async () => {
  const bridge = await open(view());
  await click("open-keys");
  await click("add-key");
  await fireEvent.keyDown(window, { key: "Escape" });
  expect(part("add-key")).toBeTruthy();
  await fireEvent.keyDown(window, { key: "Escape" });
  expect(part("open-keys")).toBeTruthy();
  expect(called(bridge, "closeWindow")).toEqual([]);
  await fireEvent.keyDown(window, { key: "Escape" });
  expect(called(bridge, "closeWindow")).toHaveLength(1);
});

test("ctrl and comma open the settings, and escape leads back to where the user was", async () => {
  const bridge = await open(view());
  await click("open-keys");
  await fireEvent.keyDown(window, { key: ",", ctrlKey: true });
  expect(await appears("section-general")).toBeTruthy();
  await fireEvent.keyDown(window, { key: "Escape" });
  expect(part("add-key")).toBeTruthy();
  await fireEvent.keyDown(window, { key: "Escape" });
  expect(part("settings-open")).toBeTruthy();
  expect(called(bridge, "closeWindow")).toEqual([]);
});

test("a menu is gone through by arrow keys, and escape closes it alone", async () => {
  const bridge = await open(view());
  await click("card-more");
  expect(document.activeElement).toBe(part("action-measure_speed"));
  await fireEvent.keyDown(document.activeElement ?? window, { key: "ArrowUp" });
  expect(document.activeElement).toBe(part("action-pair_account"));
  await fireEvent.keyDown(document.activeElement ?? window, { key: "ArrowDown" });
  expect(document.activeElement).toBe(part("action-measure_speed"));
  await fireEvent.keyDown(document.activeElement ?? window, { key: "Escape" });
  expect(none("action-measure_speed")).toBe(true);
  expect(document.activeElement).toBe(part("card-more"));
  expect(called(bridge, "closeWindow")).toEqual([]);
});

test("a menu closes when something else is pressed or reached", async () => {
  await open(view());
  await click("snooze");
  await fireEvent.pointerDown(document.body);
  expect(none("snooze-hour")).toBe(true);
  await click("snooze");
  await fireEvent.keyDown(part("snooze-hour"), { key: "Tab" });
  expect(none("snooze-hour")).toBe(true);
});

test("escape ends renaming and removing before it leaves the screen", async () => {
  await open(view());
  await click("open-keys");
  await click("rename");
  await fireEvent.keyDown(part("rename-input"), { key: "Escape" });
  expect(none("rename-input")).toBe(true);
  await click("remove");
  await fireEvent.keyDown(part("remove-keep"), { key: "Escape" });
  expect(none("remove-confirm")).toBe(true);
  expect(part("add-key")).toBeTruthy();
});

test("escape that closes an input method's list does nothing else", async () => {
  const bridge = await open(empty);
  await fireEvent.keyDown(part("key-input"), { key: "Escape", isComposing: true });
  expect(called(bridge, "closeWindow")).toEqual([]);
});

test.each([{ key: "r", ctrlKey: true }, { key: "R", ctrlKey: true, shiftKey: true }, { key: "F5" }])(
  "reloading asks MiniMax instead: %o",
  async (keys) => {
    const bridge = await open(view());
    expect(await fireEvent.keyDown(window, keys)).toBe(false);
    expect(called(bridge, "checkNow")).toHaveLength(1);
  },
);

test("the browser's menu is kept for fields, where it pastes", async () => {
  await open(empty);
  expect(await fireEvent.contextMenu(document.body)).toBe(false);
  expect(await fireEvent.contextMenu(part("key-input"))).toBe(true);
});
