// The doctor, the desktop's state in the settings, and the navigation between screens.
import { fireEvent } from "@testing-library/svelte";
import { expect, test } from "vitest";

import { combination } from "../src/combination";
import type { Section } from "../src/generated/Section";
import * as f from "./fixtures";
import { appears, called, click, open, part, parts, words } from "./open";

async function settings(prepare?: Parameters<typeof open>[1]) {
  const bridge = await open(f.view(), prepare);
  await click("settings-open");
  await appears("autostart");
  return bridge;
}

test("autostart shows what the system says after it was switched", async () => {
  const bridge = await settings();
  await click("autostart");
  await expect.poll(() => words(part("autostart-said"))).toContain("starts with your session");
  expect(called(bridge, "setAutostart")).toEqual([[true]]);
  expect((part("autostart") as HTMLInputElement).checked).toBe(true);
});

test("autostart that the system refuses goes back and says why", async () => {
  await settings((bridge) => {
    bridge.answer.setAutostart = () => Promise.reject({ code: "other", message: "The folder cannot be written." });
  });
  await click("autostart");
  await expect.poll(() => words(part("section-general"))).toContain("The folder cannot be written.");
});

test("nothing of the history is deleted before the question is answered", async () => {
  const bridge = await settings();
  await click("forget");
  expect(document.activeElement).toBe(part("forget-keep"));
  await click("forget-keep");
  await click("forget");
  expect(called(bridge, "forgetHistory")).toEqual([]);
  await click("forget-confirm");
  await expect.poll(() => words(part("forget-said"))).toContain("is deleted");
  expect(called(bridge, "forgetHistory")).toEqual([[null]]);
});

test("an import says what came of it and shows the settings as they are then", async () => {
  const bridge = await settings();
  const before = called(bridge, "settings").length;
  await click("import");
  await expect.poll(() => words(part("exchange-said"))).toContain("One setting was changed");
  expect(called(bridge, "settings").length).toBe(before + 1);
});

test("a refused import says why", async () => {
  await settings((bridge) => {
    bridge.answer.importSettings = () => Promise.reject({ code: "other", message: "This is no settings file." });
  });
  await click("import");
  await expect.poll(() => words(part("exchange-refused"))).toBe("This is no settings file.");
});

test("the doctor's findings can be read, looked at again and copied", async () => {
  const bridge = await settings();
  await click("settings-about");
  await expect.poll(() => parts("check").length).toBe(10);
  expect(words(parts("check")[4] ?? null)).toContain("Keyring: needs you");
  await click("doctor-again");
  await expect.poll(() => called(bridge, "doctor").length).toBe(2);
  await click("doctor-copy");
  await expect.poll(() => words(part("doctor-said"))).toContain("Copied");
  await click("open-log");
  expect(called(bridge, "openFolder")).toEqual([["log"]]);
});

test("each form of the ring is drawn and said", async () => {
  await settings();
  await click("settings-about");
  await expect.poll(() => parts("ring-form").length).toBe(6);
  expect(new Set(parts("ring-form").map((form) => form.querySelector("span")?.getAttribute("style"))).size).toBe(6);
  expect(parts("ring-form").map(words)).toEqual([
    "Good", "Near the limit", "Almost used up", "Used up", "Not known, or old", "Key refused",
  ]);
});

test("the way back puts the focus on what opened the screen", async () => {
  await settings();
  part("settings-about").focus();
  await click("settings-about");
  await expect.poll(() => document.activeElement?.tagName).toBe("H1");
  await fireEvent.keyDown(window, { key: "Escape" });
  await expect.poll(() => document.activeElement).toBe(part("settings-about"));
});

test("a shortcut is heard only after it was asked for, and Escape leaves it as it is", async () => {
  const bridge = await settings();
  const field = part("setting-global_shortcut");
  field.focus();
  const press = (keys: Partial<KeyboardEventInit>) => fireEvent.keyDown(field, keys);
  await press({ code: "KeyR", key: "r", ctrlKey: true });
  expect(called(bridge, "setSetting")).toEqual([]);
  expect(called(bridge, "checkNow").length).toBe(1);

  await click("setting-global_shortcut");
  expect(words(field)).toContain("Press the keys now");
  await press({ code: "KeyM", key: "m" });
  expect(words(field), "a key alone is not enough").toContain("Hold Ctrl, Alt or Super with it");
  await press({ code: "ControlLeft", key: "Control", ctrlKey: true });
  expect(words(field)).toContain("Press the keys now");
  await press({ code: "Escape", key: "Escape" });
  expect(words(field)).toContain("Set a shortcut");
  expect(part("settings-about")).not.toBeNull();

  await click("setting-global_shortcut");
  await press({ code: "KeyR", key: "r", ctrlKey: true });
  expect(called(bridge, "setSetting")).toEqual([["global_shortcut", "Ctrl+R"]]);
  expect(called(bridge, "checkNow").length).toBe(1);
  await press({ code: "KeyM", key: "m", ctrlKey: true });
  expect(called(bridge, "setSetting").length).toBe(1);
});

test("the history of one account is deleted alone", async () => {
  const bridge = await settings();
  await fireEvent.change(part("forget-whose"), { target: { value: "a1" } });
  await click("forget");
  expect(words(part("section-history"))).toContain("Delete the readings of Default Team?");
  await click("forget-confirm");
  await expect.poll(() => called(bridge, "forgetHistory")).toEqual([["a1"]]);
});

test("Escape leaves the question about the history, not the settings", async () => {
  await settings();
  await click("forget");
  await fireEvent.keyDown(part("forget-keep"), { key: "Escape" });
  await expect.poll(() => document.activeElement).toBe(part("forget"));
});

test("the folders are opened from the settings too", async () => {
  const bridge = await settings();
  await click("open-log");
  expect(called(bridge, "openFolder")).toEqual([["log"]]);
});

test("an answer that was overtaken is not shown", async () => {
  const answers: ((sections: Section[]) => void)[] = [];
  const bridge = await open(f.view(), (fake) => {
    fake.answer.settings = () => new Promise((resolve) => answers.push(resolve));
  });
  await click("settings-open");
  await fireEvent.focus(window);
  await expect.poll(() => answers.length).toBe(2);
  const titled = (title: string): Section[] => [{ id: "general", title, fields: [] }];
  answers[1]?.(titled("As it is now"));
  await expect.poll(() => words(part("section-general"))).toContain("As it is now");
  answers[0]?.(titled("As it was"));
  await new Promise((done) => setTimeout(done));
  expect(words(part("section-general"))).toContain("As it is now");
  expect(called(bridge, "settings").length).toBe(2);
});

test.each([
  [{ code: "KeyM", key: "m", ctrlKey: true, altKey: true }, "Ctrl+Alt+M"],
  [{ code: "KeyA", key: "q", metaKey: true }, "Super+Q"],
  [{ code: "Digit1", key: "!", ctrlKey: true, shiftKey: true }, "Ctrl+Shift+1"],
  [{ code: "F9", key: "F9" }, "F9"],
  [{ code: "ControlLeft", key: "Control", ctrlKey: true }, null],
  [{ code: "KeyM", key: "m" }, null],
  [{ code: "KeyV", key: "v", ctrlKey: true }, null],
  [{ code: "Tab", key: "Tab", ctrlKey: true }, null],
])("%o is the combination %s", (pressed, expected) => {
  expect(combination(new KeyboardEvent("keydown", pressed))).toBe(expected);
});
