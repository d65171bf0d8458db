import { fireEvent, waitFor } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";

import { accepted, asking, halfway, noPlanKey, payKey } from "./admissions";
import type { Fake } from "./fake";
import { empty, view } from "./fixtures";
import { appears, called, click, none, open, part, parts, refuse, testKey, type, valueOf, words } from "./open";

const escape = (): Promise<unknown> => fireEvent.keyDown(document.activeElement ?? window, { key: "Escape" });

async function check(): Promise<void> {
  await type("key-input", testKey);
  await click("add-submit");
}

/** A check that does not end by itself. */
function waiting(bridge: Fake): void {
  bridge.answer.checkKey = () => new Promise(() => undefined);
}

test("the field for the key has the focus at the first run", async () => {
  await open(empty);
  expect(document.activeElement).toBe(part("key-input"));
  expect(part("key-input").getAttribute("type")).toBe("password");
});

test("a key is sent to be checked as it was pasted, and nothing is kept by that", async () => {
  const bridge = await open(empty);
  await type("key-input", ` ${testKey} `);
  await click("add-submit");
  expect(words(await appears("step-heading"))).toBe("This is a Token Plan key of the global platform.");
  expect([...part("key-facts").children].map(words)).toEqual(["5 hours 71 % left", "Week 57 % left"]);
  expect(called(bridge, "checkKey")).toEqual([
    [{ key: ` ${testKey} `, region: null, kind: null, unchecked: false, replaces: null }],
  ]);
  expect(called(bridge, "keepKey")).toEqual([]);
  expect(document.activeElement).toBe(part("step-heading"));
});

test("the first run goes from the key over notices to what happens now", async () => {
  const bridge = await open(empty);
  await check();
  await appears("name-input");
  expect(valueOf("name-input")).toBe("Default Team");
  bridge.answer.keepKey = () => {
    // The account's card often arrives before the command has answered.
    bridge.send(view());
    return Promise.resolve({ id: "a1", sentence: "Default Team is added." });
  };
  await click("keep-key");
  await appears("guide-next");
  expect(words(part("step-heading"))).toBe("It speaks up by itself");
  expect(document.activeElement).toBe(part("step-heading"));
  await click("guide-next");
  expect(words(part("step-heading"))).toBe("All set");
  expect(document.activeElement).toBe(part("step-heading"));
  await click("guide-finish");
  expect(none("first-run")).toBe(true);
  expect(parts("card")).toHaveLength(1);
});

test("name and team are sent as the user leaves them", async () => {
  const bridge = await open(empty);
  await check();
  await appears("name-input");
  await type("name-input", "Studio");
  await type("team-input", "Tools");
  await click("keep-key");
  expect(called(bridge, "keepKey")).toEqual([["Studio", "Tools"]]);
});

test("a pay-as-you-go key has no team, and is told by what is available", async () => {
  await open(empty, (b) => {
    b.answer.checkKey = () => Promise.resolve(payKey);
  });
  await check();
  expect(words(await appears("key-facts"))).toBe("Available ¥88.20");
  expect(none("team-input")).toBe(true);
  expect(valueOf("name-input")).toBe("Pay-as-you-go");
});

test("a good key without a plan is explained and can be kept", async () => {
  const bridge = await open(empty, (b) => {
    b.answer.checkKey = () => Promise.resolve(noPlanKey);
  });
  await check();
  await appears("keep-key");
  expect(words(part("first-run"))).toContain("no active plan behind it yet");
  await click("keep-key");
  expect(called(bridge, "keepKey")).toEqual([["Default Team", null]]);
});

describe("while MiniMax is asked", () => {
  test("each platform tells for itself how far it is", async () => {
    const bridge = await open(empty, waiting);
    await check();
    bridge.asked(asking);
    expect(words(await appears("asked-global"))).toBe("Global platform asking…");
    expect(document.activeElement).toBe(part("step-heading"));
    bridge.asked(halfway);
    await waitFor(() => expect(words(part("asked-global"))).toBe("Global platform does not know this key"));
    expect(words(part("asked-china"))).toBe("China platform asking…");
    expect(document.activeElement, "the focus does not jump with every answer").toBe(part("step-heading"));
    bridge.asked(accepted);
    await waitFor(() => expect(part("asked-global").dataset["state"]).toBe("accepted"));
  });

  test("an answer is read out once", async () => {
    const bridge = await open(empty, waiting);
    await check();
    bridge.asked(asking);
    await appears("asked-global");
    const log = document.querySelector("[role=log]");
    expect(words(log)).toBe("");
    bridge.asked(halfway);
    await waitFor(() => expect(words(log)).toBe("Global platform does not know this key"));
    const said = log?.firstElementChild;
    bridge.asked([...halfway]);
    await waitFor(() => expect(log?.firstElementChild).toBe(said));
  });

  test.each(["check-stop", "Escape"])("%s ends the asking and leaves the key as it was typed", async (way) => {
    const bridge = await open(empty, waiting);
    await check();
    bridge.asked(asking);
    await appears("check-stop");
    if (way === "Escape") await escape();
    else await click(way);
    expect(valueOf("key-input")).toBe(testKey);
    expect(called(bridge, "dropKey")).toHaveLength(1);
    expect(called(bridge, "closeWindow"), "Esc goes one step back, not out").toEqual([]);
    expect(none("form-error"), "a check that was ended is no refusal").toBe(true);
    delete bridge.answer.checkKey;
    await click("add-submit");
    await appears("keep-key");
  });

  test("what an abandoned check says is not heard", async () => {
    let refuseLate: (reason: unknown) => void = () => undefined;
    const bridge = await open(empty, (b) => {
      b.answer.checkKey = () => new Promise((_, reject) => (refuseLate = reject));
    });
    await check();
    bridge.asked(asking);
    await appears("asked-global");
    await escape();
    refuseLate({ code: "stopped", message: "" });
    bridge.asked(halfway);
    await waitFor(() => expect(none("asked-global")).toBe(true));
    expect(none("form-error")).toBe(true);
  });

  test("nothing is asked twice", async () => {
    const bridge = await open(empty, waiting);
    await check();
    await click("add-submit");
    expect(called(bridge, "checkKey")).toHaveLength(1);
  });
});

test("Esc goes from the explained key back to the key, and what was typed is still there", async () => {
  const bridge = await open(empty);
  await check();
  await appears("name-input");
  await type("name-input", "Studio");
  await escape();
  expect(valueOf("key-input")).toBe(testKey);
  expect(document.activeElement).toBe(part("key-input"));
  expect(called(bridge, "dropKey"), "the backend forgets it meanwhile").toHaveLength(1);
  await click("add-submit");
  await appears("name-input");
  expect(valueOf("name-input")).toBe("Studio");
});

test("Esc goes from the last step to the one before, and from there to what is left", async () => {
  const bridge = await open(empty);
  await check();
  await appears("keep-key");
  await click("keep-key");
  await appears("guide-next");
  bridge.send(view());
  await click("guide-next");
  await escape();
  expect(words(part("step-heading"))).toBe("It speaks up by itself");
  await escape();
  expect(none("first-run")).toBe(true);
  expect(called(bridge, "closeWindow")).toEqual([]);
});

describe("what is offered for each refusal", () => {
  test.each([
    ["wrong_kind", "Check it as a pay-as-you-go key"],
    ["offline", "Keep it unchecked"],
    ["duplicate", null],
    ["refused", null],
    ["key", null],
    ["empty", null],
    ["too_long", null],
    ["keyring", null],
    ["other", null],
  ])("%s: %s", async (code, offer) => {
    await open(empty, (b) => {
      b.answer.checkKey = refuse(code);
    });
    await check();
    expect(words(await appears("form-error"))).toBe(`the words of ${code}`);
    expect(none("form-alternative") ? null : words(part("form-alternative"))).toBe(offer);
    expect(valueOf("key-input")).toBe(testKey);
  });

  test("taking the other kind checks it as that", async () => {
    const bridge = await open(empty, (b) => {
      b.answer.checkKey = refuse("wrong_kind");
    });
    await check();
    await appears("form-alternative");
    delete bridge.answer.checkKey;
    await click("form-alternative");
    await appears("keep-key");
    expect(called(bridge, "checkKey").at(-1)).toMatchObject([{ kind: "pay_as_you_go", key: testKey, unchecked: false }]);
  });

  test("a key of the other kind is not offered in place of an account's own", async () => {
    await open(view(), (b) => {
      b.answer.checkKey = refuse("wrong_kind");
    });
    await click("open-keys");
    await click("replace");
    await check();
    await appears("form-error");
    expect(none("form-alternative")).toBe(true);
  });

  test("keeping it unchecked says that it is, and goes on to its name", async () => {
    const bridge = await open(empty, (b) => {
      b.answer.checkKey = refuse("offline");
    });
    await check();
    await appears("form-alternative");
    delete bridge.answer.checkKey;
    await click("form-alternative");
    expect(words(await appears("step-heading"))).toBe("This key is not checked yet.");
    expect(called(bridge, "checkKey").at(-1)).toMatchObject([{ unchecked: true, key: testKey }]);
  });

  test("a failure without our words says so in ours", async () => {
    await open(empty, (b) => {
      b.answer.checkKey = () => Promise.reject(new Error("channel closed at 0x0"));
    });
    await click("add-submit");
    expect(words(await appears("form-error"))).toBe("Something went wrong. Please try again.");
  });

  test.each(["keyring", "name"])("a key that could not be kept for its %s can be kept again without pasting it", async (code) => {
    const bridge = await open(empty, (b) => {
      b.answer.keepKey = refuse(code);
    });
    await check();
    await appears("keep-key");
    await type("name-input", "Studio");
    await click("keep-key");
    expect(words(await appears("form-error"))).toBe(`the words of ${code}`);
    expect(part("name-input").getAttribute("aria-invalid")).toBe(String(code === "name"));
    expect(valueOf("name-input")).toBe("Studio");
    delete bridge.answer.keepKey;
    await click("keep-key");
    await appears("guide-next");
    expect(called(bridge, "checkKey")).toHaveLength(1);
  });
});

test.each(["form-cancel", "keys-back", "Escape"])("the key is gone from the field after %s", async (way) => {
  const bridge = await open(view());
  await click("open-keys");
  await click("add-key");
  const field = part("key-input") as HTMLInputElement;
  await type("key-input", testKey);
  if (way === "Escape") await fireEvent.keyDown(field, { key: "Escape" });
  else await click(way);
  expect(none("key-input")).toBe(true);
  expect(field.value).toBe("");
  expect(called(bridge, "dropKey")).toHaveLength(1);
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
  await appears("keep-key");
  await escape();
  expect(part("key-input").getAttribute("type")).toBe("password");
});

test("nothing of a key is left in the page once it was checked", async () => {
  await open(empty);
  const field = part("key-input") as HTMLInputElement;
  await check();
  await appears("keep-key");
  expect(field.value).toBe("");
  expect(document.documentElement.outerHTML).not.toContain(testKey);
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

test("an account added from the keys is told of on the overview", async () => {
  const bridge = await open(view());
  await click("open-keys");
  await click("add-key");
  await check();
  await appears("keep-key");
  await click("keep-key");
  expect(words(await appears("form-result"))).toContain("Default Team is added.");
  expect(called(bridge, "keepKey")).toEqual([["Default Team", null]]);
  expect(none("first-run")).toBe(true);
});

describe("the step for notices", () => {
  async function notices(prepare: (bridge: Fake) => void = () => undefined): Promise<Fake> {
    const bridge = await open(empty, prepare);
    await check();
    await appears("keep-key");
    await click("keep-key");
    await appears("guide-next");
    return bridge;
  }

  test("says what the desktop says, and shows a notice when asked to", async () => {
    const bridge = await notices();
    await waitFor(() => expect(words(part("test-notice-said"))).toBe("dunst shows notifications on this desktop."));
    await click("test-notice");
    expect(called(bridge, "testNotice")).toHaveLength(1);
    expect(words(part("test-notice-said"))).toContain("Sent.");
  });

  test("says why no notice is shown", async () => {
    await notices((b) => {
      b.answer.testNotice = refuse("other");
    });
    await click("test-notice");
    await waitFor(() => expect(words(part("test-notice-said"))).toBe("the words of other"));
    expect(part("test-notice-said").dataset["tone"]).toBe("warning");
  });

  test("switches autostart, and shows what the system made of it", async () => {
    const bridge = await notices();
    const autostart = (): HTMLInputElement => part("autostart") as HTMLInputElement;
    await appears("autostart");
    expect(autostart().checked).toBe(false);
    await click("autostart");
    await waitFor(() => expect(autostart().checked).toBe(true));
    expect(called(bridge, "setAutostart")).toEqual([[true]]);
  });

  test("leaves the switch where it was when the system refuses", async () => {
    await notices((b) => {
      b.answer.setAutostart = refuse("other");
    });
    await appears("autostart");
    await click("autostart");
    await waitFor(() => expect((part("autostart") as HTMLInputElement).checked).toBe(false));
    expect(words(part("first-run"))).toContain("the words of other");
  });

  test("goes on without a desktop that can be asked", async () => {
    await notices((b) => {
      b.answer.desktopState = refuse("other");
    });
    expect(none("autostart")).toBe(true);
    await click("guide-next");
    expect(words(part("step-heading"))).toBe("All set");
  });
});

describe("a text that was pasted", () => {
  /** Pastes as a browser does: the field has the text, and the input event says that it was pasted. */
  async function paste(text: string): Promise<void> {
    const field = part("key-input") as HTMLInputElement;
    field.value = text;
    await fireEvent.input(field, { inputType: "insertFromPaste" });
  }

  test("is judged at once, and nothing is checked for that", async () => {
    const bridge = await open(empty);
    await paste("https://platform.minimax.io/user-center");
    expect(words(await appears("key-judged"))).toContain("address of a page");
    expect(part("key-judged").closest("[role=status]")).not.toBeNull();
    expect(part("key-input").getAttribute("aria-invalid")).toBe("true");
    expect(document.getElementById(part("key-input").getAttribute("aria-describedby")?.split(" ")[0] ?? "")?.contains(part("key-judged"))).toBe(true);
    expect(called(bridge, "checkKey")).toEqual([]);
    await paste("sk-cp-test-0123456789");
    await waitFor(() => expect(part("key-judged").dataset["tone"]).toBe("info"));
    expect(part("key-input").getAttribute("aria-invalid")).toBe("false");
  });

  test("is not judged letter by letter while it is typed, but when it is left", async () => {
    const bridge = await open(empty);
    await type("key-input", "https://platform");
    expect(called(bridge, "lookAtKey")).toEqual([]);
    await fireEvent.change(part("key-input"));
    await appears("key-judged");
    await type("key-input", "https://platform.");
    expect(none("key-judged"), "what was said is of another text").toBe(true);
  });

  test("a late word about another text is not said", async () => {
    let say: (judged: unknown) => void = () => undefined;
    await open(empty, (b) => {
      b.answer.lookAtKey = () => new Promise((resolve) => (say = resolve));
    });
    await paste("https://platform.minimax.io");
    await type("key-input", testKey);
    say({ tone: "trouble", sentence: "late" });
    await Promise.resolve();
    expect(none("key-judged")).toBe(true);
  });

  test("a refusal goes with the text it was about, and the key stays for another try", async () => {
    const bridge = await open(empty, (b) => {
      b.answer.checkKey = refuse("offline");
    });
    expect(words(part("add-submit"))).toBe("Check this key");
    await check();
    await appears("form-error");
    expect(valueOf("key-input")).toBe(testKey);
    expect(words(part("add-submit"))).toBe("Try again");
    delete bridge.answer.checkKey;
    await fireEvent.submit(part("key-input").closest("form") as HTMLFormElement);
    await appears("keep-key");
    expect(called(bridge, "checkKey").map(([asked]) => (asked as { key: string }).key)).toEqual([testKey, testKey]);
  });
});
