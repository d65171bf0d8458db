// Keys as the core explains them while they are checked, for tests and for the preview. No key is here.
import type { Found } from "../src/generated/Found";
import type { Step } from "../src/generated/Step";

export const planKey: Found = {
  kind: "token_plan", region: "global", unchecked: false, title: "This is a Token Plan key of the global platform.", text: null, hint: null,
  facts: [{ title: "5 hours", value: "71 % left", level: "good" }, { title: "Week", value: "57 % left", level: "good" }], name: "Default Team",
};
export const planKeyZh: Found = { ...planKey, title: "这是国际平台的 Token Plan 密钥。", hint: "已去掉密钥前后的空格或引号。", facts: [{ title: "5 小时", value: "剩余 71%", level: "good" }, { title: "本周", value: "剩余 9%", level: "near" }], name: "默认团队" };
export const payKey: Found = { ...planKey, kind: "pay_as_you_go", region: "china", title: "This is a pay-as-you-go key of the China platform.", facts: [{ title: "Available", value: "¥88.20", level: "good" }], name: "Pay-as-you-go", hint: "Blanks or quotes around the key were taken off." };
export const noPlanKey: Found = { ...planKey, text: "The key is good, but there is no active plan behind it yet. Figures appear by themselves once there is one.", facts: [] };
export const uncheckedKey: Found = { ...planKey, unchecked: true, title: "This key is not checked yet.", text: "It is kept as it is. Tidemark asks MiniMax as soon as it can be reached, and tells you then.", facts: [] };

const global: Step = { region: "global", kind: "token_plan", state: "asking", who: "Global platform", said: "asking…" };
const china: Step = { region: "china", kind: "token_plan", state: "asking", who: "China platform", said: "asking…" };
export const asking: Step[] = [global, china];
export const halfway: Step[] = [{ ...global, state: "refused", said: "does not know this key" }, china];
export const accepted: Step[] = [{ ...global, state: "accepted", said: "knows this key" }, { ...china, state: "failed", said: "no answer in time" }];
