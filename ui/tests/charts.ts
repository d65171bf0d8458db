// Charts as the core sends them, for tests and for the preview.
import type { Chart } from "../src/generated/Chart";
import type { Dot } from "../src/generated/Dot";
import type { Range } from "../src/generated/Range";
import type { Span } from "../src/generated/Span";

const hour = 3600;
const day = 24 * hour;
/** Friday, 27 November 2026, 13:30 UTC. */
export const now = 1_795_786_200;
const lengths: Record<Range, number> = { hours: 5 * hour, day, week: 7 * day, month: 30 * day };
const weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const weekdaysZh = ["周四", "周五", "周六", "周日", "周一", "周二", "周三"];

type Wish = { range?: Range; language?: string; window?: Span; row?: string | null; gap?: boolean; used?: boolean };

const two = (n: number): string => String(Math.floor(n)).padStart(2, "0");
const clock = (at: number): string => `${two((at % day) / hour)}:${two((at % hour) / 60)}`;
const weekday = (at: number, zh: boolean): string => (zh ? weekdaysZh : weekdays)[Math.floor(at / day) % 7] ?? "";

/** The share left at a time, in windows that start at ten, three and so on; more is used by day. */
function left(at: number, length: number): number {
  const into = ((((at - 10 * hour) % length) + length) % length) / length;
  const window = Math.floor((at - 10 * hour) / length);
  const busy = [1, 0.35, 0.7, 0.08, 0][((window % 5) + 5) % 5] ?? 0;
  return Math.max(0, Math.round(100 - busy * 105 * Math.min(1, into * 1.4) ** 1.3));
}

export function chart({ range = "day", language = "en", window = "interval", row = null, gap = false, used = false }: Wish = {}): Chart {
  const zh = language === "zh-CN";
  const length = window === "weekly" ? 7 * day : 5 * hour;
  const from = now - lengths[range];
  const columns = range === "month" && window === "interval";
  const hole = { from: now - lengths[range] * 0.62, to: now - lengths[range] * 0.48 };
  const shown = (share: number): number => (used ? 100 - share : share);
  const words = (at: number, share: number): string =>
    zh ? `${weekday(at, true)} ${clock(at)}：剩余 ${share}%` : `${weekday(at, false)} ${clock(at)}: ${shown(share)} % ${used ? "used" : "left"}`;
  const step = columns ? day : lengths[range] / 240;
  const dots: Dot[] = [];
  for (let at = columns ? Math.ceil(from / day) * day + 12 * hour : from; at <= now; at += step) {
    if (gap && at > hole.from && at < hole.to) continue;
    const share = columns ? (Math.floor(at / day) * 37) % 101 : left(at, length);
    dots.push({ at, value: shown(share), words: words(at, share) });
  }
  const last = left(now, length);
  if (!columns) dots.push({ at: now, value: shown(last), words: words(now, last) });
  const reset = Math.ceil((now - 10 * hour) / length) * length + 10 * hour;
  const to = now + Math.min(Math.max(reset - now, lengths[range] / 25), lengths[range] * 0.4);
  const resets: number[] = [];
  for (let at = reset; at > from && !columns; at -= length) if (at < to) resets.unshift(at);
  const band = (n: number): { from: number; to: number } => ({ from: Math.max(from, reset - length * (n + 1)), to: Math.min(to, reset - length * n) });
  const bands = columns ? [] : Array.from({ length: 40 }, (_, n) => band(2 * n)).filter((b) => b.to > b.from).reverse();
  const every = { hours: 2 * hour, day: 6 * hour, week: day, month: 7 * day }[range];
  const times = [];
  for (let at = Math.ceil(from / every) * every; at <= to - (to - from) / 20; at += every) {
    const long = range === "month" ? (zh ? `11月${1 + (Math.floor(at / day) % 28)}日` : `${1 + (Math.floor(at / day) % 28)} Nov`) : weekday(at, zh);
    times.push({ at, words: range === "week" || range === "month" || at % day === 0 ? long : clock(at) });
  }
  const rows = dots.filter((_, n) => n % Math.ceil(dots.length / 40) === 0).reverse();
  return {
    choices: [
      { row, window: "interval", label: zh ? "5 小时" : "5 hours", chosen: window === "interval" },
      { row, window: "weekly", label: zh ? "本周" : "Week", chosen: window === "weekly" },
    ],
    title: window === "weekly" ? (zh ? "本周" : "Week") : zh ? "5 小时" : "5 hours",
    summary: zh ? `现在剩余 ${last}%。最低：周四 14:55 0%。` : `${shown(last)} % ${used ? "used" : "left"} now. ${used ? "Highest" : "Lowest"}: ${shown(0)} % on Thu at 14:55.`,
    outlook: zh ? "预计 14:20 左右用完，比重置早 40 分" : "runs out about 14:20, 40 min before the reset",
    empty: "",
    form: columns ? "columns" : "line",
    range,
    from,
    to,
    now,
    scale: [0, 50, 100].map((at) => ({ at, words: zh ? `${at}%` : `${at} %` })),
    times,
    dots,
    gaps: gap && !columns ? [hole] : [],
    bands,
    resets,
    lines: [
      { value: shown(20), level: "near" },
      { value: shown(5), level: "critical" },
    ],
    ahead: columns ? [] : [{ at: now, value: shown(last) }, { at: now + 50 * 60, value: shown(0) }],
    rows: rows.map((dot, n) => ({ time: dot.words.split(/[:：] ?(?=\d+ %|剩)/)[0] ?? "", value: zh ? `剩余 ${dot.value}%` : `${dot.value} % left`, note: n === 4 ? (zh ? "新窗口" : "new window") : n === 9 ? (zh ? "有 3 小时没有读数" : "nothing was read for 3 h") : "" })),
    days: [],
  };
}

export function balance({ range = "day", language = "en", owed = false }: Wish & { owed?: boolean } = {}): Chart {
  const zh = language === "zh-CN";
  const base = chart({ range, language });
  const sum = (value: number): string => `${value < 0 ? "-" : ""}${zh ? "¥" : "$"}${Math.abs(value).toFixed(2)}`;
  const step = lengths[range] / 60;
  const dots = Array.from({ length: 61 }, (_, n) => {
    const at = now - lengths[range] + n * step;
    const value = Math.round((owed ? 22 - n * 0.42 : n < 38 ? 18 - n * 0.42 : 22 - (n - 38) * 0.42) * 100) / 100;
    return { at, value, words: `${weekday(at, zh)} ${clock(at)}${zh ? "：" : ": "}${sum(value)}` };
  });
  const names = zh ? ["11月21日 周六", "11月22日 周日", "11月23日 周一", "11月24日 周二", "11月25日 周三", "11月26日 周四", "11月27日 周五"] : ["Sat 21 Nov", "Sun 22 Nov", "Mon 23 Nov", "Tue 24 Nov", "Wed 25 Nov", "Thu 26 Nov", "Fri 27 Nov"];
  const spent = [0.4, 0, 3.21, 5.02, 2.75, 4.4, 1.15];
  return {
    ...base,
    choices: [],
    title: zh ? "余额" : "Balance",
    summary: zh ? "现在 ¥12.34。期间花费：¥16.93。" : owed ? "-$3.20 now. Spent in this time: $25.20." : "$12.34 now. Spent in this time: $16.93.",
    outlook: "",
    form: "steps",
    to: now + lengths[range] / 25,
    scale: [...(owed ? [-10] : []), 0, 10, 20, 30].map((at) => ({ at, words: sum(at).replace(".00", "") })),
    dots,
    gaps: [],
    bands: [],
    resets: [],
    lines: [{ value: 8, level: "near" }],
    ahead: [],
    rows: dots.slice(-20).reverse().map(({ words, value }) => ({ time: words.split(/: |：/)[0] ?? "", value: sum(value), note: "" })),
    days: names.map((day, n) => ({ day, spent: sum(spent[n] ?? 0), share: (spent[n] ?? 0) / 5.02 })),
  };
}

export function manyWindows(range: Range, chosen = 0): Chart {
  const label = (n: number): string => (n === 0 ? "5 hours" : n === 1 ? "Week" : n === 2 ? `${"video-generation-<b>hd</b>-فيديو-".repeat(150)}: 24 hours` : `Row ${n}: 24 hours`);
  return { ...chart({ range }), choices: Array.from({ length: 50 }, (_, n) => ({ row: String(n), window: "interval", label: label(n), chosen: n === chosen })) };
}

/** A chart without readings. */
export function nothing(empty: string): Chart {
  return { ...chart(), choices: [], title: "", summary: "", outlook: "", empty, scale: [], times: [], dots: [], bands: [], resets: [], lines: [], ahead: [], rows: [] };
}

/** A chart with a single reading. */
export const onePoint: Chart = { ...chart(), summary: "71 % left now.", outlook: "", dots: [{ at: now - 60, value: 71, words: "13:29: 71 % left" }], rows: [{ time: "13:29", value: "71 % left", note: "" }], ahead: [] };

/** The answer of the fake bridge. */
export function charted(id: string, language: string, row: string | null, window: Span | null, range: Range | null): Chart {
  const reach = range ?? "day";
  return id === "a7" ? balance({ range: reach }) : chart({ range: reach, language, row, window: window ?? "interval" });
}
