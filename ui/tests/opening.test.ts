// What the page shows before its first command is answered.
import { render, screen } from "@testing-library/svelte";
import { expect, test } from "vitest";

import App from "../src/App.svelte";
import { fake, sources, type Fake } from "./fake";
import * as f from "./fixtures";
import { part, words } from "./open";

const english = { language: "en", source: sources["en"] ?? "" };

function begun(now = f.view()): Fake {
  const bridge = fake(now);
  bridge.opening = () => ({ view: f.view({ checked: "Checked long ago" }), texts: english });
  return bridge;
}

test("a page that was given its first view draws it at once", () => {
  const bridge = begun();
  bridge.answer.onView = () => new Promise(() => undefined);
  render(App, { props: { bridge } });
  expect(screen.getByRole("heading", { level: 1 })).toBeTruthy();
  expect(words(part("footer-checked"))).toBe("Checked long ago");
});

test("what it was given gives way to what it asks for", async () => {
  render(App, { props: { bridge: begun(f.view({ checked: "Checked just now" })) } });
  await expect.poll(() => words(part("footer-checked"))).toBe("Checked just now");
});

test("an older answer does not undo what was told meanwhile", async () => {
  const bridge = begun();
  let answer: (view: unknown) => void = () => undefined;
  bridge.answer.view = () => new Promise((done) => (answer = done));
  render(App, { props: { bridge } });
  await expect.poll(() => bridge.calls.map(([name]) => name)).toContain("view");
  bridge.send(f.view({ checked: "Told" }));
  answer(f.view({ checked: "Older" }));
  await expect.poll(() => words(part("footer-checked"))).toBe("Told");
});

test("the first picture waits for no more cards than fill the window; the others follow", async () => {
  const bridge = begun();
  const cards = Array.from({ length: 20 }, (_, index) => f.card({ id: `account-${String(index)}` }));
  bridge.opening = () => ({ view: f.view({ cards }), texts: english });
  bridge.answer.view = () => Promise.resolve(f.view({ cards }));
  render(App, { props: { bridge } });
  expect(screen.getAllByTestId("card").length).toBeLessThan(10);
  expect(bridge.calls, "nothing is asked before it is drawn").toEqual([]);
  await expect.poll(() => screen.getAllByTestId("card").length).toBe(20);
});
