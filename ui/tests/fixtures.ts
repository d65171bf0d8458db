// Views as the core words them, for tests and for the preview. Nothing here is computed; no key is here.
import type { Banner } from "../src/generated/Banner";
import type { Card } from "../src/generated/Card";
import type { Meter } from "../src/generated/Meter";
import type { View } from "../src/generated/View";

export function meter(change: Partial<Meter> = {}): Meter {
  return {
    row: null, title: "5 hours", value: "71 % left", level: "good", bar: 0.71, pace: 0.52,
    note: "boost ×2", reset: "resets 15:00, in 1 h 30 min", resetExact: "Monday, 23 November 2026, 15:00", ...change,
  };
}

export const week = meter({ title: "Week", value: "57 % left", bar: 0.57, pace: 0.38, note: "", reset: "resets Mon 08:00, in 3 days", resetExact: "Monday, 30 November 2026, 08:00" });

export function card(change: Partial<Card> = {}): Card {
  return {
    id: "a1", name: "Default Team", kind: "token_plan", region: "global", chips: ["Global", "Max"], lastFour: "4f2a",
    level: "good", levelWord: "Good", shape: "full", ring: 0.57, figure: "57 %", figureUnit: "left this week",
    sentence: "Good for now. Resets at 15:00.", meters: [meter(), week], quiet: ["Video: not in this plan"],
    failure: null, stale: null, ways: [], ...change,
  };
}

export const near = card({ id: "a2", name: "Studio", region: "china", chips: ["China"], level: "near", levelWord: "Near the limit", shape: "notched", ring: 0.17, figure: "17 %", figureUnit: "left of 5 hours", sentence: "Near the limit. Resets 18:00, in 1 h 27 min.", meters: [meter({ value: "17 % left", level: "near", bar: 0.17, pace: 0.29, note: "" }), meter({ title: "Week", value: "no limit", bar: null, pace: null, note: "this plan has no weekly cap", reset: "", resetExact: "" })], quiet: [] });
export const critical = card({ id: "a3", name: "Night build", level: "critical", levelWord: "Nearly used up", shape: "exclaimed", ring: 0.04, figure: "4 %", figureUnit: "left of 5 hours", sentence: "Nearly used up. Resets 18:00, in 27 min.", meters: [meter({ value: "4 % left", level: "critical", bar: 0.04, pace: 0.1, note: "" }), week], quiet: [] });
export const spent = card({ id: "a4", name: "Research", level: "spent", levelWord: "Used up", shape: "broken", ring: 0, figure: "Used up", figureUnit: null, sentence: "Back at 15:00, in 1 h 30 min. You will be told.", meters: [meter({ value: "0 % left", level: "spent", bar: 0, pace: 0.3, note: "" }), week, meter({ row: "Video", title: "24 hours", value: "3 left", bar: 0.15, level: "near", note: "17 of 20 used", pace: null, reset: "resets 00:00, in 10 h", resetExact: "Tuesday, 24 November 2026, 00:00" })], ways: [
  { title: "Wait for the reset", body: "5 hours: 15:00", aside: "1 h 30 min", action: null },
  { title: "Credits", body: "Used by themselves if you have some", aside: "", action: { label: "Open", does: { kind: "open_link", link: "credits", region: "global" } } },
  { title: "Upgrade the plan", body: "Takes effect at once; you pay the difference", aside: "", action: { label: "Open", does: { kind: "open_link", link: "plan", region: "global" } } },
  { title: "Pay-as-you-go", body: "Use a pay-as-you-go key instead; it is billed by tokens", aside: "", action: { label: "Open", does: { kind: "open_link", link: "api_key", region: "global" } } },
] });
export const stale = card({ id: "a5", name: "Laptop", level: "unknown", levelWord: "Not known", shape: "dashed", stale: "as of 14:02", sentence: "The last figures are from 14:02; what is left now is not known.", failure: { kind: "offline", tone: "warning", title: "No connection to MiniMax", body: "Look at your network. Tidemark asks again as soon as it is back.", action: { label: "Check now", does: { kind: "check_now" } } } });
export const refused = card({ id: "a6", name: "Client work", level: "trouble", levelWord: "Needs you", shape: "keyed", ring: 0, figure: null, figureUnit: null, meters: [], quiet: [], sentence: "There are no figures yet.", failure: { kind: "key_rejected", tone: "trouble", title: "MiniMax refuses this key", body: "It may have been deleted or replaced. Put in the key that MiniMax shows now.", action: { label: "Replace key…", does: { kind: "replace_key", account: "a6" } } } });
export const wallet = card({ id: "a7", name: "Wallet", kind: "pay_as_you_go", chips: ["Global", "pay-as-you-go"], ring: 1, figure: "$12.34", figureUnit: "available", sentence: "Pay-as-you-go, with enough balance.", meters: [], quiet: ["Cash $10.00", "Voucher $2.34"] });

export const demoBanner: Banner = { id: "demo", tone: "info", title: "Simulated account", body: "Nothing here is real: no key, no network. One second is one minute.", action: { label: "Leave", does: { kind: "leave_demo" } } };
export const lockedBanner: Banner = { id: "keyring", tone: "trouble", title: "The keyring is locked", body: "Your keys are safe but cannot be read. Unlock the keyring, then press Try again.", action: { label: "Try again", does: { kind: "retry_keyring" } } };
export const trayBanner: Banner = { id: "no-tray", tone: "info", title: "No tray on this desktop", body: "Tidemark goes on in this window. On GNOME, the AppIndicator extension adds a tray; the icon appears by itself once there is one.", action: { label: "Dismiss", does: { kind: "dismiss" } } };

export function view(change: Partial<View> = {}): View {
  return { language: "en", demo: false, banners: [], cards: [card()], checked: "Checked 12 s ago, changed 4 min ago", next: "Next check 15:00", checking: false, ...change };
}

export const empty = view({ cards: [], checked: "", next: "" });
export const everyShape = view({ cards: [card(), near, critical, spent, stale, refused, wallet] });
export const twelve = view({ cards: Array.from({ length: 12 }, (_, n) => n === 6 ? { ...near, id: `n${n}`, name: "Studio" } : card({ id: `n${n}`, name: n === 4 ? "A team with a rather long name for its key" : `Team ${n + 1}` })) });
export const long = view({ cards: [card({ name: "Platform engineering and developer experience, Frankfurt office, second shift", chips: ["Global", "Developer tools", "pay-as-you-go"] })] });
export const chinese = view({ language: "zh-CN", checked: "刚刚检查，4 分钟前有变化", next: "下次检查 15:00", cards: [card({ name: "默认团队", chips: ["国际"], levelWord: "充足", figure: "57%", figureUnit: "本周剩余", sentence: "充足，15:00 重置。", quiet: ["视频：套餐不含"], meters: [meter({ title: "5 小时", value: "剩余 71%", note: "加成 ×2", reset: "15:00 重置，还有 1 小时 30 分", resetExact: "2026年11月23日 星期一 15:00" }), meter({ title: "本周", value: "剩余 57%", bar: 0.57, note: "", reset: "周一 08:00 重置，还有 3 天" })] })] });
