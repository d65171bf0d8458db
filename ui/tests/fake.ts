// A bridge without a backend: records the page's calls in order, and gives configurable answers.
import en from "../../core/locales/en/page.ftl?raw";
import zh from "../../core/locales/zh-CN/page.ftl?raw";
import type { Bridge, Show } from "../src/contract";
import type { Section } from "../src/generated/Section";
import type { Step } from "../src/generated/Step";
import type { View } from "../src/generated/View";
import { pasted, planKey, uncheckedKey } from "./admissions";
import { checkup, desktop, withAutostart } from "./desktop";
import { charted } from "./charts";
import { form, options as accountOptions, speedCost, speedResult } from "./choices";

export const sources: Record<string, string> = { en, "zh-CN": zh };

/** What a fake bridge has in addition. */
export type Fake = Bridge & {
  /** Every call, in order: the command and its arguments. */
  calls: [string, ...unknown[]][];
  send(view: View): void;
  show(show: Show): void;
  /** Sends the progress of a key check. */
  asked(steps: Step[]): void;
  /** Replaces the answer of a command. */
  answer: Partial<Record<keyof Bridge, (...args: never[]) => Promise<unknown>>>;
};

const put = (sections: Section[], key: string, value: string): Section[] =>
  sections.map((section) => ({ ...section, fields: section.fields.map((field) => (field.key === key ? { ...field, value } : field)) }));

export function fake(first: View): Fake {
  let hearView: ((view: View) => void) | undefined;
  let hearShow: ((show: Show) => void) | undefined;
  let hearSteps: ((steps: Step[]) => void) | undefined;
  let now = first;
  let sections = form(first.language);
  let options = accountOptions(first.language);
  let state = desktop;
  const calls: [string, ...unknown[]][] = [];
  const answer: Fake["answer"] = {};

  const command =
    <Args extends unknown[], Result>(name: keyof Bridge, usual: (...args: Args) => Result) =>
    async (...args: Args): Promise<Result> => {
      calls.push([name, ...args]);
      const other = answer[name] as ((...args: Args) => Promise<Result>) | undefined;
      return other === undefined ? usual(...args) : other(...args);
    };
  const nothing = (): void => undefined;

  return {
    calls,
    answer,
    send: (view) => {
      now = view;
      hearView?.(view);
    },
    show: (show) => hearShow?.(show),
    opening: () => null,
    asked: (steps) => hearSteps?.(steps),
    onView: command("onView", (hear) => {
      hearView = hear;
      return () => calls.push(["unsubscribed"]);
    }),
    onShow: command("onShow", (hear) => {
      hearShow = hear;
      return nothing;
    }),
    view: command("view", () => now),
    texts: command("texts", () => ({ language: now.language, source: sources[now.language] ?? "" })),
    onAdmission: command("onAdmission", (hear) => {
      hearSteps = hear;
      return nothing;
    }),
    checkKey: command("checkKey", ({ unchecked }) => (unchecked ? uncheckedKey : planKey)),
    lookAtKey: command("lookAtKey", ({ key }) => pasted(key, now.language)),
    keepKey: command("keepKey", (name) => ({ id: "new", sentence: `${name} is added.` })),
    dropKey: command("dropKey", nothing),
    moveAccount: command("moveAccount", nothing),
    renameAccount: command("renameAccount", nothing),
    removeAccount: command("removeAccount", nothing),
    copyKey: command("copyKey", nothing),
    pairAccount: command("pairAccount", nothing),
    speedCost: command("speedCost", () => ({ sentence: speedCost })),
    measureSpeed: command("measureSpeed", () => ({ sentence: speedResult })),
    settings: command("settings", () => sections),
    setSetting: command("setSetting", (key, value) => (sections = put(sections, key, value))),
    accountSettings: command("accountSettings", () => options),
    setAccount: command("setAccount", (_, key, value) => void (options = options.map((field) => (field.key === key ? { ...field, value } : field)))),
    desktopState: command("desktopState", () => state),
    setAutostart: command("setAutostart", (on) => (state = withAutostart(state, on))),
    exportSettings: command("exportSettings", () => ({ sentence: "Your settings are saved as tidemark-settings.json, without accounts and keys." })),
    importSettings: command("importSettings", () => ({ sentence: "One setting was changed: Colours. Accounts and keys stay as they are." })),
    forgetHistory: command("forgetHistory", () => ({ sentence: "The history of all accounts is deleted. It begins anew with the next readings." })),
    openFolder: command("openFolder", nothing),
    doctor: command("doctor", () => checkup),
    copyDoctor: command("copyDoctor", nothing),
    chart: command("chart", (id, row, window, range) => charted(id, now.language, row, window, range)),
    testNotice: command("testNotice", nothing),
    snooze: command("snooze", nothing),
    endSnooze: command("endSnooze", nothing),
    checkNow: command("checkNow", nothing),
    dismiss: command("dismiss", nothing),
    retryKeyring: command("retryKeyring", nothing),
    startDemo: command("startDemo", nothing),
    leaveDemo: command("leaveDemo", nothing),
    openLink: command("openLink", nothing),
    closeWindow: command("closeWindow", nothing),
    fit: command("fit", nothing),
  };
}
