import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";

import { card, critical, demoBanner, empty, everyShape, lockedBanner, meter, near, refused, spent, stale, trayBanner, twelve, view } from "./fixtures";
import { appears, called, click, none, open, part, parts, words } from "./open";

test("the page listens before it asks for the view", async () => {
  const bridge = await open(view());
  const order = bridge.calls.map(([name]) => name);
  expect(order.indexOf("onView")).toBeLessThan(order.indexOf("view"));
  expect(order.indexOf("onShow")).toBeLessThan(order.indexOf("view"));
});

test("a view that arrives while the page is asking is not replaced by the older answer", async () => {
  await open(view({ checked: "newer" }), (bridge) => {
    bridge.answer.view = () => {
      bridge.send(view({ checked: "newer" }));
      return Promise.resolve(view({ checked: "older" }));
    };
  });
  expect(words(part("footer-checked"))).toBe("newer");
});

test("each level has its own shape, drawn without relying on colour", async () => {
  await open(everyShape);
  const drawings = new Map<string, string>();
  for (const element of parts("card")) {
    const ring = element.querySelector("svg[data-shape]");
    expect(ring?.getAttribute("data-shape")).toBe(element.dataset["shape"]);
    const form = [...(ring?.children ?? [])].map((child) => `${child.tagName}.${child.getAttribute("d") ?? child.getAttribute("r")}`);
    drawings.set(element.dataset["shape"] ?? "", form.join(" "));
  }
  expect([...drawings.keys()].sort()).toEqual(["broken", "dashed", "exclaimed", "full", "keyed", "notched"]);
  expect(new Set(drawings.values()).size).toBe(6);
});

test("figures and sentences stand as they were worded, even where they contradict the shares", async () => {
  await open(view({ cards: [card({ figure: "banana", ring: 0.1, sentence: "<b>as text</b>", meters: [meter({ value: "seven", bar: 0.5, pace: 2, note: "n", reset: "r", resetExact: "exactly" })] })] }));
  expect(words(part("card-figure"))).toBe("banana");
  expect(words(part("card-sentence"))).toBe("<b>as text</b>");
  expect(words(part("meter-value"))).toBe("seven");
  expect(words(part("meter-reset"))).toBe("r");
  expect(part("meter").querySelector<HTMLElement>(".fill")?.style.width).toBe("50%");
  expect(part("meter").querySelector<HTMLElement>(".pace")?.style.left).toBe("100%");
  expect(part("meter-reset").getAttribute("aria-describedby")).toBe(screen.getByText("exactly").id);
});

test("a window without a limit has no bar and no mark", async () => {
  await open(view({ cards: [card({ meters: [meter({ bar: null, pace: 0.5 })] })] }));
  expect(part("meter").querySelector(".fill, .pace")).toBeNull();
});

test("stale figures stay, marked with their age", async () => {
  await open(view({ cards: [stale] }));
  expect(words(part("card-stale"))).toBe("as of 14:02");
  expect(words(part("card-figure"))).toBe("57 %");
  expect(part("card-failure").dataset["kind"]).toBe("offline");
});

test("a refused key is replaced from its card", async () => {
  const bridge = await open(view({ cards: [refused] }));
  await click("card-failure-action");
  expect(words(screen.getByRole("heading", { level: 1 }))).toBe("Replace the key of Client work");
  expect(called(bridge, "replaceKey")).toEqual([]);
  expect(none("name-input")).toBe(true);
});

test("the ways on open MiniMax's pages through the backend only", async () => {
  const bridge = await open(view({ cards: [spent] }));
  expect(parts("way")).toHaveLength(4);
  await click0("way-action");
  expect(called(bridge, "openLink")).toEqual([["credits", "global"]]);
  expect(document.querySelector("a[href]")).toBeNull();
});

const click0 = async (id: string): Promise<void> => {
  parts(id)[0]?.click();
  await Promise.resolve();
};

test("of twelve accounts the calm ones are compact and the worrying one is not", async () => {
  await open(twelve);
  const cards = parts("card");
  expect(cards).toHaveLength(12);
  const full = cards.map((element) => within(element).queryAllByTestId("meter").length > 0);
  expect(full).toEqual([true, true, true, false, false, false, true, false, false, false, false, false]);
  await click0("card-expand");
  await waitFor(() => expect(within(cards[3] as HTMLElement).queryAllByTestId("meter")).toHaveLength(2));
});

test("banners do what they say, a dismissal by its own id", async () => {
  const bridge = await open(view({ banners: [lockedBanner, trayBanner, demoBanner] }));
  for (const button of parts("banner-action")) button.click();
  await waitFor(() => expect(called(bridge, "leaveDemo")).toHaveLength(1));
  expect(called(bridge, "retryKeyring")).toHaveLength(1);
  expect(called(bridge, "dismiss")).toEqual([["no-tray"]]);
});

test("the window goes to the account it was opened for, and a new view does not take the focus again", async () => {
  const bridge = await open(view({ cards: [card(), near, critical] }));
  bridge.show({ account: "a2", screen: "overview" });
  await waitFor(() => expect(document.activeElement?.getAttribute("data-account")).toBe("a2"));
  expect(document.activeElement?.hasAttribute("data-scrolled-to")).toBe(true);
  part("open-keys").focus();
  bridge.send(view({ cards: [card(), { ...near, figure: "16 %" }, critical] }));
  await screen.findByText("16 %");
  expect(document.activeElement).toBe(part("open-keys"));
});

test("the page asks for its labels again when the language changes", async () => {
  const bridge = await open(empty);
  bridge.send({ ...empty, language: "zh-CN" });
  await screen.findByText("先随便看看");
  expect(document.documentElement.lang).toBe("zh-CN");
  bridge.send({ ...empty, language: "zh-CN", banners: [trayBanner] });
  await screen.findByText(trayBanner.title);
  expect(called(bridge, "texts")).toHaveLength(2);
});

test("a command that fails is told in its own words", async () => {
  const bridge = await open(view(), (b) => {
    b.answer.checkNow = () => Promise.reject({ code: "other", message: "Tidemark is ending." });
  });
  await click("check-now");
  expect(words(await appears("form-error"))).toContain("Tidemark is ending.");
  expect(called(bridge, "checkNow")).toHaveLength(1);
});
