// The page on a fake bridge: `?see=spent` chooses what to look at.
import { mount } from "svelte";

import App from "../src/App.svelte";
import "../src/styles/base.css";
import "../src/styles/tokens.css";
import type { Card } from "../src/generated/Card";
import type { Chart } from "../src/generated/Chart";
import type { Range } from "../src/generated/Range";
import type { Span } from "../src/generated/Span";
import type { View } from "../src/generated/View";
import * as c from "../tests/charts";
import { fake, sources, type Fake } from "../tests/fake";
import * as a from "../tests/admissions";
import * as f from "../tests/fixtures";
import { pseudo, pseudoView } from "../tests/pseudo";
import * as s from "../tests/states";
import { translator } from "../src/texts";
import wordsEn from "../../core/locales/en/words.ftl?raw";
import wordsZh from "../../core/locales/zh-CN/words.ftl?raw";

/** One account's own screen, reached as the user does; `&range=week` looks further back, `&gap` leaves holes. */
function account(card: Card, language = "en", chart?: (range: Range) => Chart): Fake {
  const details = { label: "Details", does: { kind: "open_account", account: card.id } } as const;
  const others = [f.wallet].filter(({ id }) => id !== card.id);
  const bridge = fake(f.view({ language, cards: [{ ...card, actions: [details, ...card.actions] }, ...others] }));
  const gap = asked.has("gap");
  if (chart !== undefined) bridge.answer.chart = (_id: string, _row: null, _window: null, range: Range | null) => Promise.resolve(chart(range ?? "day"));
  else if (gap) bridge.answer.chart = (_id: string, _row: null, window: Span | null, range: Range | null) => Promise.resolve(c.chart({ range: range ?? "day", gap, language, window: window ?? "interval" }));
  void go("card-more", "action-open_account", "history-range-" + (asked.get("range") ?? "day"), "history-form-" + (asked.get("form") ?? "chart"));
  return bridge;
}

/** The keys screen, reached as the user does; `&press=rename` presses that in its first row. */
function keys(view: View, ...way: string[]): Fake {
  const pressed = asked.get("press");
  void go(...(way.length > 0 ? way : ["open-keys"]), ...(pressed === null ? [] : [pressed]));
  return fake(view);
}

/** Presses one thing after another, each once it is there. */
async function go(...ids: string[]): Promise<void> {
  for (const id of ids) {
    const find = (): HTMLElement | null => document.querySelector(`[data-testid="${id}"]`);
    while (find() === null) await new Promise(requestAnimationFrame);
    find()?.click();
  }
}

const asked = new URLSearchParams(location.search);
const scenes: Record<string, () => ReturnType<typeof fake>> = {
  first: () => fake(f.empty),
  firstZh: () => fake({ ...f.empty, language: "zh-CN" }),
  addKey: () => keys(f.view({ cards: [f.card(), f.near] }), "open-keys", "add-key"),
  addKeyZh: () => keys({ ...f.chinese }, "open-keys", "add-key"),
  replaceKey: () => keys(f.view({ cards: [f.card(), f.near] }), "open-keys", "replace"),
  firstLocked: () => fake({ ...f.empty, banners: [f.lockedBanner, f.trayBanner] }),
  calm: () => fake(f.view({ cards: [f.card(), f.near, f.wallet] })),
  shapes: () => fake(f.everyShape),
  spent: () => fake(f.view({ cards: [f.spent] })),
  trouble: () => fake(f.view({ cards: [f.stale, f.refused] })),
  twelve: () => fake(f.twelve),
  long: () => fake(f.long),
  forecast: () => fake(f.view({ cards: [f.lasting, f.running, f.wallet] })),
  rolling: () => fake(f.view({ cards: [f.rolling] })),
  paired: () => fake(f.view({ cards: [f.paired, f.wallet] })),
  snoozed: () => fake(f.view({ banners: [f.snoozeBanner] })),
  dear: () => fake(f.view({ cards: [f.spent, f.wallet] })),
  longPair: () => fake(f.view({ cards: [{ ...f.paired, ...f.long.cards[0], pair: "a7", ways: f.paired.ways, actions: f.paired.actions }, { ...f.wallet, name: f.long.cards[0]?.name ?? "" }] })),
  demo: () => fake(f.view({ demo: true, banners: [f.demoBanner], cards: [f.card({ name: "Simulated", chips: ["simulated"], lastFour: null })] })),
  account: () => account(f.lasting),
  accountSpent: () => account(f.paired),
  accountChinese: () => account(f.chinese.cards[0] ?? f.card(), "zh-CN"),
  accountWallet: () => account(f.wallet),
  accountEmpty: () => account(f.refused, "en", () => c.nothing("The history begins with the next reading.")),
  accountPoint: () => account(f.lasting, "en", () => c.onePoint),
  accountGap: () => account(f.lasting, "en", (range) => c.chart({ range, gap: true })),
  accountStale: () => account(f.stale, "en", (range) => c.chart({ range, gap: true })),
  accountRefused: () => account(f.refused, "en", (range) => c.chart({ range })),
  accountUnlimited: () => account(s.unlimited, "en", () => c.nothing("Nothing to draw: this plan has no limit here.")),
  accountNotInPlan: () => account(s.notInPlan),
  accountWalletChinese: () => account({ ...f.wallet, region: "china", figure: "¥88.20" }, "zh-CN", (range) => c.balance({ range, language: "zh-CN" })),
  accountOwed: () => account({ ...f.wallet, level: "spent", shape: "broken", ring: 0, figure: "-$3.20", sentence: "The balance is used up." }, "en", (range) => c.balance({ range, owed: true })),
  accountLong: () => account({ ...f.lasting, name: s.hostileNames["long"] ?? "" }),
  accountFifty: () => account(s.fiftyRows, "en", (range) => c.manyWindows(range)),
  accountEndless: () => account(s.fiftyRows, "en", (range) => c.manyWindows(range, 2)),
  accountBroken: () => {
    const bridge = account(f.lasting);
    bridge.answer.chart = () => Promise.reject({ code: "other", message: "The history cannot be read now. Another program may hold the file; try again." });
    return bridge;
  },
  accountUsed: () => account(f.lasting, "en", (range) => c.chart({ range, used: true })),
  chinese: () => fake(f.chinese),
  loading: () => {
    const bridge = fake(f.view());
    bridge.answer.view = () => new Promise(() => undefined);
    return bridge;
  },
  asking: () => fake(f.view({ checking: true, checked: "", next: "", cards: [s.asking] })),
  states: () => fake(s.states),
  noPlan: () => fake(f.view({ cards: [s.noPlan] })),
  unlimited: () => fake(f.view({ cards: [s.unlimited] })),
  notInPlan: () => fake(f.view({ cards: [s.notInPlan] })),
  partly: () => fake(f.view({ cards: [s.partly, s.noneUnderstood] })),
  blocked: () => fake(f.view({ cards: [s.blocked] })),
  contradictory: () => fake(f.view({ cards: [s.contradictory, s.ended] })),
  offline: () => fake(f.view({ cards: [f.stale, s.redirected] })),
  manyOffline: () => fake(f.view({ cards: [f.stale, { ...f.stale, id: "o2", name: "Desktop" }, { ...f.stale, id: "o3", name: "Server" }] })),
  refused: () => fake(f.view({ cards: [f.refused] })),
  owed: () => fake(f.view({ cards: [s.owed] })),
  onCredits: () => fake(f.view({ cards: [s.onCredits] })),
  rateLimited: () => fake(f.view({ cards: [s.rateLimited] })),
  banners: () => fake(f.view({ banners: [f.demoBanner, f.lockedBanner, f.trayBanner, f.snoozeBanner] })),
  hostile: () => fake(s.hostile),
  fifty: () => fake(s.fifty),
  twoHundred: () => fake(s.twoHundred),
  keys: () => keys(f.view({ cards: [f.card({ team: "Tools" }), f.near, f.refused, f.wallet] })),
  keysOne: () => keys(f.view()),
  keysNone: () => keys(f.empty, "settings-open", "settings-keys"),
  keysNoneZh: () => keys({ ...f.empty, language: "zh-CN" }, "settings-open", "settings-keys"),
  keysTwelve: () => keys(f.named),
  keysTwelveZh: () => keys({ ...f.named, language: "zh-CN" }),
  chineseSpent: () => fake(f.view({ ...f.chinese, cards: [f.chineseSpent] })),
  pseudo: () => {
    const bridge = fake(pseudoView(f.view({ banners: [f.lockedBanner], cards: [f.lasting, f.spent, f.stale, f.wallet] })));
    bridge.answer.texts = () => Promise.resolve({ language: "en", source: pseudo(sources["en"] ?? "") });
    return bridge;
  },
};

/** The core's own words for why a key was not taken: `offline`, `known`, `keyring-locked`. */
function sorry(bridge: Fake, why: string): { code: string; message: string } {
  const language = bridge.calls.length > 0 && document.documentElement.lang === "zh-CN" ? "zh-CN" : "en";
  const t = translator({ language, source: language === "en" ? wordsEn : wordsZh });
  const codes: Record<string, string> = { "is-plan": "wrong_kind", "is-payg": "wrong_kind", known: "duplicate", refused: "refused", "name-taken": "name" };
  const unreachable = ["offline", "timeout", "tls", "blocked", "rate-limited", "unreachable"].includes(why);
  return { code: unreachable ? "offline" : why.startsWith("keyring") ? "keyring" : (codes[why] ?? "key"), message: t(`sorry-${why}`, { account: "Studio", name: "Studio", most: "64", maker: "OpenAI" }) };
}

/** Puts a text into the field as a paste does, or as typing and Enter do. */
async function fill(text: string, how: "paste" | "enter"): Promise<void> {
  const find = (): HTMLInputElement | null => document.querySelector('[data-testid="key-input"]');
  while (find() === null) await new Promise(requestAnimationFrame);
  const field = find();
  if (field === null) return;
  field.value = text;
  field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: how === "paste" ? "insertFromPaste" : "insertText" }));
  if (how === "enter") field.form?.requestSubmit();
}

/** What is typed as the key says what comes of it. */
function check(bridge: ReturnType<typeof fake>, key: string): Promise<unknown> {
  const good: Record<string, unknown> = { plan: a.planKey, planZh: a.planKeyZh, pay: a.payKey, none: a.noPlanKey, unchecked: a.uncheckedKey };
  if (key === "wait") {
    bridge.asked(a.halfway);
    return new Promise(() => undefined);
  }
  const found = good[key];
  if (found !== undefined) return Promise.resolve(found);
  return Promise.reject(sorry(bridge, key));
}

const see = asked.get("see") ?? "calm";
const bridge = (scenes[see] ?? scenes["calm"])?.();
const target = document.getElementById("app");
if (bridge !== undefined && target !== null) {
  bridge.answer.checkKey = ({ key }: { key: string }) => check(bridge, key);
  bridge.answer.keepKey = (name: string) => (name === "Studio" ? Promise.reject(sorry(bridge, "name-taken")) : Promise.resolve({ id: "new", sentence: `${name} is added.` }));
  mount(App, { target, props: { bridge } });
  const [paste, enter] = [asked.get("paste"), asked.get("enter")];
  if (paste !== null) void fill(paste, "paste");
  if (enter !== null) void fill(enter, "enter").then(() => go(...(asked.get("then")?.split(",") ?? [])));
  // For looking at it from the console: send another view, or go to an account.
  Object.assign(window, { bridge, fixtures: { ...f, ...s } });
}
