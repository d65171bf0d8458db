// Every state of an account as the core sends it, and hostile names and lists, for tests and for the preview. Nothing
// is computed; contains no key.
import type { Card } from "../src/generated/Card";
import type { Meter } from "../src/generated/Meter";
import { card, meter, near, refused, stale, view, week } from "./fixtures";

const untold: Meter = { ...week, told: false };
const nothing: Partial<Card> = { figure: null, figureUnit: null, meters: [], quiet: [], ring: 0, outlook: null };
const checkNow = { label: "Check now", does: { kind: "check_now" } } as const;

/** A key that was just added: MiniMax has not answered yet. */
export const asking = card({ ...nothing, id: "s1", name: "New team", level: "unknown", levelWord: "", shape: "dashed", sentence: "Asking MiniMax…" });
export const noPlan = card({ ...nothing, id: "s2", name: "Old team", level: "unknown", levelWord: "No plan", shape: "dashed", sentence: "", failure: { kind: "no_active_plan", tone: "info", title: "No active plan", body: "The key is good, but MiniMax says that no plan is behind it any more.", action: { label: "See plans", does: { kind: "open_link", link: "plan", region: "global" } } } });
export const unlimited = card({ ...nothing, id: "s3", name: "Founders", ring: 1, sentence: "No limit on this plan.", meters: [meter({ value: "no limit", bar: null, pace: null, marks: [], note: "", reset: "", resetExact: "" }), meter({ title: "Week", value: "no limit", bar: null, pace: null, marks: [], note: "this plan has no weekly limit", reset: "", resetExact: "" })] });
export const notInPlan = card({ id: "s4", name: "Text only", meters: [meter({ note: "" }), week], quiet: ["Video: not in this plan", "Speech: not in this plan", "Music: not in this plan"] });
export const partly = card({ id: "s5", name: "Half understood", figure: "71 %", figureUnit: "left of 5 hours", ring: 0.71, meters: [meter({ told: true, note: "" }), meter({ title: "Week", value: "not known", level: "unknown", bar: null, pace: null, marks: [], note: "", reset: "", resetExact: "" }), meter({ row: "Video", title: "24 hours", value: "85 % left", bar: 0.85, pace: null, note: "MiniMax does not say whether this is limited", reset: "reset not known", resetExact: "" })], quiet: ["A row was sent twice; the smaller figure counts."] });
export const noneUnderstood = card({ ...nothing, id: "s6", name: "Strange answer", level: "unknown", levelWord: "", shape: "dashed", sentence: "MiniMax answered, but none of its figures could be understood.", meters: [meter({ value: "not known", level: "unknown", bar: null, pace: null, marks: [], note: "", reset: "", resetExact: "" })] });
export const blocked = card({ id: "s7", name: "Blocked", level: "spent", levelWord: "", shape: "broken", ring: 0, figure: "Used up", figureUnit: null, sentence: "The weekly limit is reached. It blocks everything until Mon 08:00, although 5 hours shows 71 % left.", outlook: "You will be told when it is back.", meters: [meter({ note: "" }), { ...week, value: "used up", level: "spent", bar: 0 }], quiet: [] });
export const contradictory = card({ id: "s8", name: "Contradiction", quiet: ["MiniMax calls this used up, but also sends a share that is left; the share is shown."] });
export const ended = card({ ...nothing, id: "s9", name: "Between windows", level: "unknown", levelWord: "", shape: "dashed", sentence: "The window has ended; waiting for a new reading.", meters: [meter({ value: "waiting for a new reading", level: "unknown", bar: null, pace: null, marks: [], note: "", reset: "resets any moment", resetExact: "" }), untold] });
export const redirected = card({ ...stale, id: "s10", name: "Hotel network", failure: { kind: "redirect_refused", tone: "warning", title: "Something answers in MiniMax's place", body: "A login page or a proxy stands between. Log in to the network, then check again.", action: checkNow } });

/** A negative balance: the debt is shown, not a balance. */
export const owed = card({ ...nothing, id: "s11", name: "Wallet", kind: "pay_as_you_go", chips: ["Global", "pay-as-you-go"], level: "spent", levelWord: "", shape: "broken", figure: "$1.50 owed", figureUnit: null, sentence: "Calls with this key fail until you top up.", quiet: ["MiniMax warns below $5.00"], ways: [{ title: "Top up", body: "On MiniMax's billing page", aside: "", action: { label: "Open", does: { kind: "open_link", link: "balance", region: "global" } }, also: null }] });
/** Used up, with Credits that cover it. */
export const onCredits = card({ id: "s12", name: "Night build", level: "near", levelWord: "", shape: "notched", ring: 0, figure: "On Credits", figureUnit: null, sentence: "The plan is used up. Credits cover it until 15:00.", meters: [meter({ value: "0 % left", told: true, level: "near", bar: 0, note: "" }), untold], quiet: [], ways: [{ title: "Wait for the reset", body: "5 hours: 15:00", aside: "1 h 30 min", action: null, also: null }, { title: "Credits", body: "They cover it now, by themselves", aside: "", action: { label: "Open", does: { kind: "open_link", link: "credits", region: "global" } }, also: { label: "No Credits any more", does: { kind: "set_credits", account: "s12", on: false } } }] });
/** MiniMax asks for a pause, and earlier figures exist. */
export const rateLimited = card({ ...stale, id: "s13", name: "Continuous tests", failure: { kind: "rate_limited", tone: "warning", title: "MiniMax asks for a pause", body: "It was asked too often; your key is fine. Tidemark asks again by itself. MiniMax wants no request before 14:18.", action: checkNow } });

/** Every state on one page. */
export const states = view({ cards: [asking, noPlan, unlimited, notInPlan, partly, noneUnderstood, blocked, contradictory, ended, redirected, refused, owed, onCredits, rateLimited] });

const letters = (count: number, text: string): string => text.repeat(Math.ceil(count / text.length)).slice(0, count);

/** Hostile names. */
export const hostileNames: Record<string, string> = {
  emoji: "🦀 Crab & Co 👩‍👩‍👧‍👦 🏳️‍🌈",
  rightToLeft: "فريق البحث (2)",
  override: "Team \u202Eevil\u202C end",
  markup: "<img src=x onerror=alert(1)><b>bold</b>",
  long: letters(300, "A team whose name goes on and on, "),
  unbroken: letters(300, "Unbroken"),
};
export const hostile = view({ cards: Object.entries(hostileNames).map(([id, name]) => (id === "rightToLeft" ? { ...near, id, name, chips: ["China", "فريق"] } : card({ id, name }))) });

export const longRow = letters(5000, "video-generation-<b>hd</b>-فيديو-");
export const fiftyRows = card({ id: "fifty", name: "Fifty rows", meters: [meter({ note: "" }), week, ...Array.from({ length: 48 }, (_, n) => meter({ row: n === 0 ? longRow : `Row ${n}`, title: "24 hours", value: n === 30 ? "2 % left" : "85 % left", level: n === 30 ? "critical" : "good", bar: n === 30 ? 0.02 : 0.85, pace: null, note: "" }))], quiet: Array.from({ length: 12 }, (_, n) => `Model ${n}: not in this plan`) });
export const fifty = view({ cards: [fiftyRows] });
export const twoHundred = view({ cards: Array.from({ length: 200 }, (_, n) => (n % 9 === 0 ? { ...near, id: `t${n}`, name: `Studio ${n}` } : card({ id: `t${n}`, name: `Team ${n}` }))) });
