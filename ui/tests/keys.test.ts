import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";

import { card, demoBanner, empty, near, view } from "./fixtures";
import { appears, called, click, none, open, part, parts, testKey, type, valueOf, words } from "./open";

const refuse = (code: string) => (): Promise<never> => Promise.reject({ code, message: `the words of ${code}` });

test("the first key is sent as typed and its result is explained", async () => {
  const bridge = await open(empty);
  expect(valueOf("name-input")).toBe("Default Team");
  expect(part("key-input").getAttribute("type")).toBe("password");
  await type("key-input", ` ${testKey} `);
  await click("add-submit");
  expect(words(await appears("form-result"))).toContain("Default Team is added: a Token Plan key.");
  expect(called(bridge, "addAccount")).toEqual([
    [{ name: "Default Team", key: ` ${testKey} `, region: null, kind: null, team: null, unchecked: false }],
  ]);
  expect(valueOf("key-input")).toBe("");
});

test("the result is still told when the new account's card is there first", async () => {
  const bridge = await open(empty);
  bridge.answer.addAccount = () => {
    bridge.send(view());
    return Promise.resolve({ sentence: "Added." });
  };
  await type("key-input", testKey);
  await click("add-submit");
  expect(words(await appears("form-result"))).toContain("Added.");
  expect(none("first-run")).toBe(true);
});

test("while MiniMax is asked the form says so and sends nothing twice", async () => {
  const bridge = await open(empty, (b) => {
    b.answer.addAccount = () => new Promise(() => undefined);
  });
  await type("key-input", testKey);
  await click("add-submit");
  expect(words(part("add-submit"))).toBe("Asking MiniMax…");
  await click("add-submit");
  expect(called(bridge, "addAccount")).toHaveLength(1);
});

describe("what is offered for each refusal", () => {
  test.each([
    ["wrong_kind", "Add it as a pay-as-you-go key"],
    ["offline", "Keep it unchecked"],
    ["duplicate", null],
    ["refused", null],
    ["name", null],
    ["empty", null],
    ["too_long", null],
    ["keyring", null],
    ["other", null],
  ])("%s: %s", async (code, offer) => {
    await open(empty, (b) => {
      b.answer.addAccount = refuse(code);
    });
    await type("key-input", testKey);
    await click("add-submit");
    expect(words(await appears("form-error"))).toBe(`the words of ${code}`);
    expect(none("form-alternative") ? null : words(part("form-alternative"))).toBe(offer);
    expect(valueOf("key-input")).toBe(testKey);
  });

  test("taking the other kind sends it", async () => {
    const bridge = await open(empty, (b) => {
      b.answer.addAccount = refuse("wrong_kind");
    });
    await type("key-input", testKey);
    await click("add-submit");
    await appears("form-alternative");
    delete bridge.answer.addAccount;
    await click("form-alternative");
    await appears("form-result");
    expect(called(bridge, "addAccount").at(-1)).toMatchObject([{ kind: "pay_as_you_go", key: testKey, unchecked: false }]);
    expect(valueOf("key-input")).toBe("");
  });

  test("keeping it unchecked sends it so", async () => {
    const bridge = await open(empty, (b) => {
      b.answer.addAccount = refuse("offline");
    });
    await type("key-input", testKey);
    await click("add-submit");
    await appears("form-alternative");
    delete bridge.answer.addAccount;
    await click("form-alternative");
    await appears("form-result");
    expect(called(bridge, "addAccount").at(-1)).toMatchObject([{ unchecked: true, key: testKey }]);
  });

  test("a failure without our words says so in ours", async () => {
    await open(empty, (b) => {
      b.answer.addAccount = () => Promise.reject(new Error("channel closed at 0x0"));
    });
    await click("add-submit");
    expect(words(await appears("form-error"))).toBe("Something went wrong. Please try again.");
  });
});

test.each(["form-cancel", "keys-back", "Escape"])("the key is gone from the field after %s", async (way) => {
  await open(view());
  await click("open-keys");
  await click("add-key");
  const field = part("key-input") as HTMLInputElement;
  await type("key-input", testKey);
  if (way === "Escape") await fireEvent.keyDown(field, { key: "Escape" });
  else await click(way);
  expect(none("key-input")).toBe(true);
  expect(field.value).toBe("");
  expect(parts("key-row")).toHaveLength(1);
  await click("add-key");
  expect(valueOf("key-input")).toBe("");
});

test("a key is shown only while asked for", async () => {
  await open(empty);
  await type("key-input", testKey);
  await click("key-reveal");
  expect(part("key-input").getAttribute("type")).toBe("text");
  await click("add-submit");
  await appears("form-result");
  expect(part("key-input").getAttribute("type")).toBe("password");
});

test("nothing of a key is kept in the page", async () => {
  await open(empty, (b) => {
    b.answer.addAccount = refuse("refused");
  });
  await type("key-input", testKey);
  await click("add-submit");
  await appears("form-error");
  expect(document.body.innerHTML).not.toContain(testKey);
  expect(localStorage.length + sessionStorage.length).toBe(0);
});

test("where to find a key is opened for the platform asked for", async () => {
  const bridge = await open(empty);
  await click("where-china");
  expect(called(bridge, "openLink")).toEqual([["plan_key", "china"]]);
});

test("looking around starts the simulation", async () => {
  const bridge = await open(empty);
  await click("look-around");
  expect(called(bridge, "startDemo")).toHaveLength(1);
});

test("the keys show kind, region and no more than the last four characters", async () => {
  await open(view({ cards: [card(), near] }));
  await click("open-keys");
  const [first] = parts("key-row");
  expect(first?.dataset["account"]).toBe("a1");
  expect(words(first ?? null)).toContain("•••• 4f2a");
});

test("an account is renamed in its place, and a refusal is told there", async () => {
  const bridge = await open(view(), (b) => {
    b.answer.renameAccount = refuse("name");
  });
  await click("open-keys");
  await click("rename");
  await type("rename-input", "Other");
  await click("rename-save");
  expect(words(await appears("form-error"))).toBe("the words of name");
  delete bridge.answer.renameAccount;
  await click("rename-save");
  await waitFor(() => expect(none("rename-input")).toBe(true));
  expect(called(bridge, "renameAccount").at(-1)).toEqual(["a1", "Other"]);
});

test("an account is removed only after it was confirmed", async () => {
  const bridge = await open(view());
  await click("open-keys");
  await click("remove");
  expect(called(bridge, "removeAccount")).toEqual([]);
  await click("remove-keep");
  await click("remove");
  await click("remove-confirm");
  expect(called(bridge, "removeAccount")).toEqual([["a1", false]]);
});

test("an account's history goes with it only when that was ticked, each time anew", async () => {
  const bridge = await open(view());
  await click("open-keys");
  await click("remove");
  await click("remove-history");
  await click("remove-keep");
  await click("remove");
  expect((part("remove-history") as HTMLInputElement).checked).toBe(false);
  await click("remove-history");
  await click("remove-confirm");
  expect(called(bridge, "removeAccount")).toEqual([["a1", true]]);
});

test("replacing a key keeps the account's name and kind out of it", async () => {
  const bridge = await open(view());
  await click("open-keys");
  await click("replace");
  await type("key-input", testKey);
  await click("add-submit");
  expect(words(await appears("form-result"))).toContain("MiniMax accepted the new key.");
  expect(called(bridge, "replaceKey")).toEqual([["a1", testKey, false]]);
});

test("the next account is proposed a name that is free", async () => {
  await open(view({ cards: [card(), card({ id: "b", name: "Team 2" })] }));
  await fireEvent.keyDown(window, { key: "n", ctrlKey: true });
  expect(valueOf("name-input")).toBe("Team 3");
});

test("a simulation has no keys to manage", async () => {
  await open(view({ demo: true, banners: [demoBanner] }));
  await click("open-keys");
  expect(none("add-key") && none("key-row")).toBe(true);
  expect(screen.getByText("Leave")).toBeTruthy();
});
