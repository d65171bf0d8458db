// The settings as the core sends them, built from its own texts so that both languages can be shown.
import en from "../../core/locales/en/words.ftl?raw";
import zh from "../../core/locales/zh-CN/words.ftl?raw";
import type { Control } from "../src/generated/Control";
import type { FieldView } from "../src/generated/FieldView";
import type { Section } from "../src/generated/Section";
import { translator } from "../src/texts";

const sources: Record<string, string> = { en, "zh-CN": zh };
const kinds = ["near", "spent", "back", "refused", "lapsed", "balance", "runs_out", "unused", "peak"];

export const speedCost = "One short request of about 300 output tokens; it counts as one request of your plan.";
export const speedResult = "62 tokens a second with MiniMax-M2.7, over 284 tokens.";

/** All settings, in a language. */
export function form(language: string): Section[] {
  const t = translator({ language, source: sources[language] ?? "" });
  const field = (key: string, value: string, control: Control): FieldView => ({ key, label: t(`setting-${key}`), hint: t(`setting-${key}-hint`), value, control });
  const flip = (key: string, on: boolean): FieldView => field(key, String(on), { kind: "switch" });
  const number = (key: string, value: number, min: number, max: number, own?: string): FieldView =>
    field(key, String(value), { kind: "number", min, max, unit: t(`setting-${key}-unit`), zero: own === undefined ? null : t("setting-own", { figure: own }) });
  const section = (id: string, fields: FieldView[]): Section => ({ id, title: t(`section-${id}`), fields });
  return [
    section("general", [
      field("language", "auto", { kind: "choice", options: ["auto", "en", "zh-CN"].map((value) => ({ value, label: t(`language-${value}`) })) }),
      field("theme", "system", { kind: "choice", options: ["system", "light", "dark"].map((value) => ({ value, label: t(`theme-${value}`) })) }),
      flip("show_used", false),
      field("global_shortcut", "", { kind: "text", placeholder: t("setting-global_shortcut-example") }),
    ]),
    section("tray", [
      field("tray_account", "", { kind: "choice", options: [{ value: "", label: t("setting-tray_account-none") }, { value: "a1", label: "Default Team" }] }),
      field("tray_window", "tightest", { kind: "choice", options: ["tightest", "interval", "weekly"].map((value) => ({ value, label: t(`setting-tray_window-${value}`) })) }),
      flip("tray_digits", false),
      field("tray_theme", "auto", { kind: "choice", options: ["auto", "light", "dark"].map((value) => ({ value, label: t(`setting-tray_theme-${value}`) })) }),
    ]),
    section("asking", [number("interval_minutes", 5, 1, 60), field("proxy", "", { kind: "text", placeholder: t("setting-proxy-example") })]),
    section("notices", [
      flip("notices", true), number("near_percent", 80, 1, 98), number("critical_percent", 95, 2, 99),
      ...kinds.map((kind, n) => flip(`notice_${kind}`, n < 6)),
      field("quiet_hours", "22:00-07:00", { kind: "time_range", presets: [{ value: "", label: t("setting-no-hours") }] }),
      field("quiet_allows", "spent", { kind: "several", options: kinds.map((value) => ({ value, label: t(`setting-notice_${value}`) })) }),
    ]),
    section("plan", [
      field("peak_hours", "", { kind: "time_range", presets: [{ value: "", label: t("setting-own", { figure: "15:00-17:30" }) }, { value: "off", label: t("setting-no-hours") }] }),
      field("peak_zone", "", { kind: "text", placeholder: "UTC+8" }),
      number("weekly_windows", 0, 1, 40, "10"), number("vlm_requests", 0, 1, 20, "3"),
    ]),
    section("command_line", [flip("key_command", false)]),
    section("history", [number("history_days", 400, 7, 4000)]),
  ];
}

/** The options of a plan account, in a language. */
export function options(language: string): FieldView[] {
  const t = translator({ language, source: sources[language] ?? "" });
  const field = (key: string, value: string, control: Control): FieldView => ({ key, label: t(`setting-${key}`), hint: t(`setting-${key}-hint`), value, control });
  return [
    field("team", "", { kind: "text", placeholder: t("setting-team-example") }),
    field("tier", "max", { kind: "choice", options: ["none", "starter", "plus", "max", "ultra"].map((value) => ({ value, label: t(`tier-${value}`) })) }),
    field("high_speed", "false", { kind: "switch" }),
    field("credits", "false", { kind: "switch" }),
  ];
}

/** The options of a pay-as-you-go account, in a language. */
export function walletOptions(language: string): FieldView[] {
  const t = translator({ language, source: sources[language] ?? "" });
  const text = (key: string, value: string): FieldView => ({ key, label: t(`setting-${key}`), hint: t(`setting-${key}-hint`), value, control: { kind: "text", placeholder: t(`setting-${key}-example`) } });
  return [text("team", ""), text("balance_below", "10.00")];
}
