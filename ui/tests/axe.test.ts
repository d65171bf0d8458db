import axe from "axe-core";
import { expect, test } from "vitest";

import { chinese, demoBanner, empty, everyShape, lockedBanner, twelve, view } from "./fixtures";
import { appears, click, open, type } from "./open";

/** Runs every rule but those that need real layout, which jsdom does not have. */
async function faults(): Promise<string[]> {
  const { violations, passes } = await axe.run(document, { rules: { "color-contrast": { enabled: false } } });
  expect(passes.length).toBeGreaterThan(10);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
}

const screens: Record<string, () => Promise<unknown>> = {
  "first run": () => open({ ...empty, banners: [lockedBanner] }),
  "a refusal": async () => {
    await open(empty, (b) => {
      b.answer.addAccount = () => Promise.reject({ code: "offline", message: "No connection." });
    });
    await type("key-input", "x");
    await click("add-submit");
    await appears("form-alternative");
  },
  overview: () => open(everyShape),
  "twelve accounts": () => open(twelve),
  Chinese: () => open(chinese),
  simulation: () => open(view({ demo: true, banners: [demoBanner] })),
  keys: () => open(view()).then(() => click("open-keys")),
  renaming: () => open(view()).then(() => click("open-keys")).then(() => click("rename")),
  removing: () => open(view()).then(() => click("open-keys")).then(() => click("remove")),
  adding: () => open(view()).then(() => click("open-keys")).then(() => click("add-key")),
};

test.each(Object.keys(screens))("axe finds nothing on: %s", async (name) => {
  await screens[name]?.();
  document.title = "Tidemark";
  expect(await faults()).toEqual([]);
});
