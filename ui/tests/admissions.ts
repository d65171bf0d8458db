// Results of key checks as the core sends them, for tests and for the preview. Contains no key.
import type { Found } from "../src/generated/Found";
import type { Judged } from "../src/generated/Judged";
import type { Step } from "../src/generated/Step";

export const planKey: Found = {
  kind: "token_plan", region: "global", unchecked: false, title: "This is a Token Plan key of the global platform.", text: null, hint: null,
  facts: [{ title: "5 hours", value: "71 % left", level: "good" }, { title: "Week", value: "57 % left", level: "good" }], name: "Default Team",
};
export const planKeyZh: Found = { ...planKey, title: "这是国际平台的 Token Plan 密钥。", hint: "密钥以外的部分已去掉。", facts: [{ title: "5 小时", value: "剩余 71%", level: "good" }, { title: "本周", value: "剩余 9%", level: "near" }], name: "默认团队" };
export const payKey: Found = { ...planKey, kind: "pay_as_you_go", region: "china", title: "This is a pay-as-you-go key of the China platform.", facts: [{ title: "Available", value: "¥88.20", level: "good" }], name: "Pay-as-you-go", hint: "What stood around the key was taken off." };
export const noPlanKey: Found = { ...planKey, text: "The key is good, but there is no active plan behind it yet. Figures appear by themselves once there is one.", facts: [] };
export const uncheckedKey: Found = { ...planKey, unchecked: true, title: "This key is not checked yet.", text: "It is kept as it is. Tidemark asks MiniMax as soon as it can be reached, and tells you then.", facts: [] };

const global: Step = { region: "global", kind: "token_plan", state: "asking", who: "Global platform", said: "asking…" };
const china: Step = { region: "china", kind: "token_plan", state: "asking", who: "China platform", said: "asking…" };
export const asking: Step[] = [global, china];
export const halfway: Step[] = [{ ...global, state: "refused", said: "does not know this key" }, china];
export const accepted: Step[] = [{ ...global, state: "accepted", said: "knows this key" }, { ...china, state: "failed", said: "no answer in time" }];

/** The core's hint for a pasted text, for those texts that tests and the preview paste. */
export function pasted(text: string, language = "en"): Judged | null {
  const chinese = language === "zh-CN";
  if (text.startsWith("https://")) return { tone: "trouble", sentence: chinese ? "这是网页地址，不是密钥。请打开该网页，复制其中的密钥再粘贴。" : "This is the address of a page, not a key. Open it, copy the key there, and paste that." };
  if (text.startsWith("sk-proj-")) return { tone: "trouble", sentence: chinese ? "这是 OpenAI 的密钥，不是 MiniMax 的。请从 MiniMax 的密钥页面复制。" : "This is a key of OpenAI, not of MiniMax. Copy one from MiniMax's key page." };
  if (text.startsWith("sk-cp-") && text.length < 20) return { tone: "warning", sentence: chinese ? "看起来太短。请确认这是完整的密钥。" : "This looks too short. Make sure that it is the whole key." };
  if (text.startsWith("sk-cp-")) return { tone: "info", sentence: chinese ? "看起来是 Token Plan 密钥。" : "Looks like a Token Plan key." };
  if (text.startsWith("export ")) return { tone: "info", sentence: chinese ? "看起来是 Token Plan 密钥。其余部分已去掉。" : "Looks like a Token Plan key. What stands around it is left out." };
  return null;
}
