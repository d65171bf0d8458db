// Views as the core sends them, for tests and for the preview. Nothing is computed; contains no key.
import type { Banner } from "../src/generated/Banner";
import type { BannerAction } from "../src/generated/BannerAction";
import type { Card } from "../src/generated/Card";
import type { Link } from "../src/generated/Link";
import type { Meter } from "../src/generated/Meter";
import type { View } from "../src/generated/View";
import type { Way } from "../src/generated/Way";

const measure = (account: string): BannerAction => ({ label: "Measure the output speed…", does: { kind: "measure_speed", account } });

export function meter(change: Partial<Meter> = {}): Meter {
  return {
    row: null, title: "5 hours", value: "71 % left", told: false, level: "good", bar: 0.71, pace: 0.52,
    note: "boost ×2", reset: "resets 15:00, in 1 h 30 min", resetExact: "Monday, 23 November 2026, 15:00", marks: [0.2, 0.05], noteHint: "", outlook: "", releases: [], ...change,
  };
}

export const week = meter({ title: "Week", value: "57 % left", told: true, bar: 0.57, pace: 0.38, note: "", reset: "resets Mon 08:00, in 3 days", resetExact: "Monday, 30 November 2026, 08:00" });

const untold = { ...week, told: false };

const way = (change: Partial<Way>): Way => ({ title: "", body: "", aside: "", action: null, also: null, ...change });
const open = (link: Link): BannerAction => ({ label: "Open", does: { kind: "open_link", link, region: "global" } });

export function card(change: Partial<Card> = {}): Card {
  return {
    id: "a1", name: "Default Team", kind: "token_plan", region: "global", pair: null, chips: ["Global", "Max"], lastFour: "4f2a", team: null, keyWord: "Accepted", keyTone: "info",
    level: "good", levelWord: "", shape: "full", ring: 0.57, figure: "57 %", figureUnit: "left this week",
    sentence: "Good until the reset at 15:00.", outlook: null, meters: [meter(), week], quiet: ["Video: not in this plan"],
    failure: null, stale: null, ways: [], answers: 7, actions: [measure("a1"), { label: "I have Credits", does: { kind: "set_credits", account: "a1", on: true } }, { label: "Pair with a pay-as-you-go account…", does: { kind: "pair_account", account: "a1" } }], ...change,
  };
}

export const near = card({ id: "a2", name: "Studio", region: "china", chips: ["China"], level: "near", levelWord: "Near the limit", shape: "notched", ring: 0.17, figure: "17 %", figureUnit: "left of 5 hours", sentence: "Little is left until the reset at 18:00, in 1 h 27 min.", meters: [meter({ value: "17 % left", told: true, level: "near", bar: 0.17, pace: 0.29, note: "" }), meter({ title: "Week", value: "no limit", bar: null, pace: null, note: "this plan has no weekly cap", reset: "", resetExact: "" })], quiet: [] });
export const critical = card({ id: "a3", name: "Night build", level: "critical", levelWord: "Almost used up", shape: "exclaimed", ring: 0.04, figure: "4 %", figureUnit: "left of 5 hours", sentence: "Almost nothing is left until the reset at 18:00, in 27 min.", meters: [meter({ value: "4 % left", told: true, level: "critical", bar: 0.04, pace: 0.1, note: "" }), untold], quiet: [] });
export const spent = card({ id: "a4", name: "Research", level: "spent", levelWord: "", shape: "broken", ring: 0, figure: "Used up", figureUnit: null, sentence: "Back at 15:00, in 1 h 30 min. You will be told.", meters: [meter({ value: "0 % left", told: true, level: "spent", bar: 0, pace: 0.3, note: "" }), untold, meter({ row: "Video", title: "24 hours", value: "3 left", bar: 0.15, level: "near", note: "17 of 20 used", pace: null, reset: "resets 00:00, in 10 h", resetExact: "Tuesday, 24 November 2026, 00:00" })], ways: [
  way({ title: "Wait for the reset", body: "5 hours: 15:00", aside: "1 h 30 min" }),
  way({ title: "Credits", body: "Take over by themselves if you have some", action: open("credits"), also: { label: "I have Credits", does: { kind: "set_credits", account: "a4", on: true } } }),
  way({ title: "Upgrade the plan", body: "Takes effect at once; you pay the difference", action: open("plan") }),
  way({ title: "Pay-as-you-go", body: "Use a pay-as-you-go key instead; it is billed by tokens", action: { label: "Pair…", does: { kind: "pair_account", account: "a4" } } }),
] });
export const stale = card({ id: "a5", name: "Laptop", level: "unknown", levelWord: "", shape: "dashed", stale: "as of 14:02", sentence: "The last figures are from 14:02; what is left now is not known.", failure: { kind: "offline", tone: "warning", title: "No connection to MiniMax", body: "Look at your network. Tidemark asks again as soon as it is back.", action: { label: "Check now", does: { kind: "check_now" } } } });
export const refused = card({ id: "a6", name: "Client work", level: "trouble", levelWord: "Needs you", shape: "keyed", ring: 0, figure: null, figureUnit: null, meters: [], quiet: [], sentence: "", failure: { kind: "key_rejected", tone: "trouble", title: "MiniMax refuses this key", body: "It may have been deleted or replaced. Put in the key that MiniMax shows now.", action: { label: "Replace key…", does: { kind: "replace_key", account: "a6" } } } });
export const paired = card({ ...spent, id: "a8", name: "Agents", pair: "a7", ways: [
  ...spent.ways.slice(0, 1),
  way({ title: "Credits", body: "Credits now cover it", action: open("credits"), also: { label: "I have no Credits", does: { kind: "set_credits", account: "a8", on: false } } }),
  ...spent.ways.slice(2, 3),
  way({ title: "Pay-as-you-go", body: "Use the key of Wallet; it is billed by tokens", aside: "$12.34", action: { label: "Copy key", does: { kind: "copy_key", account: "a7" } } }),
] });
export const lasting = card({ outlook: "About 35 % will be left then.", sentence: "Good until the reset at 15:00.", meters: [meter(), { ...week, note: "about 6.3 full windows left", noteHint: "From how both windows moved together in your history", outlook: "lasts, about 12 % left at the reset" }], quiet: ["Peak hours until 17:30: 2 agents at once", "Video: not in this plan"] });
export const running = card({ id: "a9", name: "Studio", level: "near", levelWord: "Near the limit", shape: "notched", ring: 0.17, figure: "17 %", figureUnit: "left of 5 hours", sentence: "Runs out about 16:40, 80 minutes before the reset.", outlook: "At today's pace the week lasts.", meters: [meter({ value: "17 % left", told: true, level: "near", bar: 0.17, pace: 0.44, note: "" }), { ...untold, note: "about 5.1 full windows left", noteHint: "By MiniMax's FAQ: ten windows in a week", outlook: "runs out about Sat 11:00, 2 days before the reset" }] });
export const rolling = card({ id: "b1", name: "Rolling", meters: [meter({ note: "", reset: "frees up gradually", resetExact: "What was used more than 5 hours ago returns", releases: ["+12 % by 14:30", "+8 % by 15:10"], outlook: "lasts" }), meter({ row: "Video", title: "24 hours", value: "3 left", bar: 0.15, level: "near", pace: null, marks: [], note: "17 of 20 used", reset: "frees up gradually", resetExact: "", releases: ["+4 by 21:00"], outlook: "runs out about 20:00" }), week] });
export const wallet = card({ id: "a7", name: "Wallet", kind: "pay_as_you_go", chips: ["Global", "pay-as-you-go"], ring: 1, figure: "$12.34", figureUnit: "available", sentence: "Pay-as-you-go, with enough balance.", actions: [measure("a7")], meters: [], quiet: ["Cash $10.00", "Voucher $2.34"] });

export const demoBanner: Banner = { id: "demo", tone: "info", title: "Simulated account", body: "Nothing here is real: no key, no network. One second is one minute.", action: { label: "Leave", does: { kind: "leave_demo" } } };
export const lockedBanner: Banner = { id: "keyring", tone: "trouble", title: "The keyring is locked", body: "Your keys are safe but cannot be read. Unlock the keyring, then press Try again.", action: { label: "Try again", does: { kind: "retry_keyring" } } };
export const trayBanner: Banner = { id: "no-tray", tone: "info", title: "No tray on this desktop", body: "Tidemark goes on in this window. On GNOME, the AppIndicator extension adds a tray; the icon appears by itself once there is one.", action: { label: "Dismiss", does: { kind: "dismiss" } } };

export const snoozeBanner: Banner = { id: "snooze", tone: "info", title: "Notices are silent until 15:00", body: "What is missed meanwhile is told then.", action: { label: "Speak again", does: { kind: "end_snooze" } } };

export function view(change: Partial<View> = {}): View {
  return { language: "en", demo: false, banners: [], cards: [card()], checked: "Checked 12 s ago, changed 4 min ago", checkedExact: "Monday, 23 November 2026, 13:30", next: "Next check 15:00", nextWhy: "Just after a reset", checking: false, ...change };
}

export const empty = view({ cards: [], checked: "", checkedExact: "", next: "" });
export const everyShape = view({ cards: [card(), near, critical, spent, stale, refused, wallet] });
export const twelve = view({ cards: Array.from({ length: 12 }, (_, n) => n === 6 ? { ...near, id: `n${n}`, name: "Studio" } : card({ id: `n${n}`, name: n === 4 ? "A team with a rather long name for its key" : `Team ${n + 1}` })) });
/** Twelve accounts with realistic names, and some with unreasonable ones. */
export const named = view({ cards: ["Default Team", "Studio", "Platform engineering and developer experience, Frankfurt office, second shift", "🌊🦀 工作室 — ночная смена", "فريق التطوير والمنصات الداخلية في برلين", "https://platform.minimax.io/user-center/basic-information/interface-key?from=somewhere-far-away", "כתיבת קוד (night shift) 2", "开发者体验与平台工程部，法兰克福办公室，夜班，第二小组，周一至周五值班", "<b>bold</b> & \"quoted\"", "👩‍👩‍👧‍👦", "n".repeat(120), "Wallet"].map((name, n) => card({ id: `k${n}`, name, ...(n === 11 ? { kind: "pay_as_you_go", keyWord: "Refused", keyTone: "trouble" } as const : {}), ...(n % 3 === 1 ? { team: n === 4 ? "Développement de plateformes et outillage, équipe de nuit" : "Tools", region: "china" } as const : {}) })) });
export const long = view({ cards: [card({ name: "Platform engineering and developer experience, Frankfurt office, second shift", chips: ["Global", "Developer tools", "pay-as-you-go"] })] });
export const chinese = view({ language: "zh-CN", checked: "刚刚检查，4 分钟前有变化", checkedExact: "2026年11月23日 星期一 13:30", next: "下次检查 15:00", nextWhy: "刚过重置", cards: [card({ name: "默认团队", chips: ["国际"], levelWord: "", figure: "57%", figureUnit: "本周剩余", sentence: "够用到 15:00 重置。", outlook: "届时约剩 35%。", actions: [{ label: "测量输出速度…", does: { kind: "measure_speed", account: "a1" } }, { label: "我有积分", does: { kind: "set_credits", account: "a1", on: true } }], quiet: ["视频：套餐不含"], meters: [meter({ title: "5 小时", value: "剩余 71%", note: "加成 ×2", reset: "15:00 重置，还有 1 小时 30 分", resetExact: "2026年11月23日 星期一 15:00" }), meter({ title: "本周", value: "剩余 57%", told: true, bar: 0.57, note: "约还有 6.3 个完整窗口", noteHint: "根据你的历史记录", outlook: "够用，重置时约剩 12%", reset: "周一 08:00 重置，还有 3 天" })] })] });
export const chineseSpent = card({ id: "c4", name: "研究小组", chips: ["国际"], level: "spent", levelWord: "", shape: "broken", ring: 0, figure: "已用完", sentence: "15:00 恢复，还有 1 小时 30 分。届时会通知你。", figureUnit: null, quiet: [], meters: [meter({ title: "5 小时", value: "剩余 0%", told: true, level: "spent", bar: 0, note: "", reset: "15:00 重置，还有 1 小时 30 分" })], ways: [
  way({ title: "等待重置", body: "5 小时：15:00", aside: "1 小时 30 分" }),
  way({ title: "积分", body: "如果有，会自动使用", action: { ...open("credits"), label: "打开" }, also: { label: "我有积分", does: { kind: "set_credits", account: "c4", on: true } } }),
  way({ title: "升级套餐", body: "立即生效，补差价即可", action: { ...open("plan"), label: "打开" } }),
  way({ title: "按量计费", body: "改用钱包的密钥，按 token 计费", aside: "¥88.20", action: { label: "复制密钥", does: { kind: "copy_key", account: "c4" } } }),
] });
