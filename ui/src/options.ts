// The options of an account. The choice of a paired account is presented as a setting, so that it looks and behaves
// like the others.
import type { Card } from "./generated/Card";
import type { FieldView } from "./generated/FieldView";
import type { Translate } from "./texts";

export type Options = {
  load(account: string): Promise<FieldView[]>;
  save(account: string, field: string, value: string): Promise<void>;
  pair(account: string, other: string | null): Promise<void>;
};

/** The accounts that can be paired with a plan. */
export function wallets(cards: Card[]): Card[] {
  return cards.filter((card) => card.kind === "pay_as_you_go");
}

/** The choice of a plan's paired account, as a setting; an empty value means none. */
export function pairField(t: Translate, card: Card, cards: Card[]): FieldView {
  const options = wallets(cards).map(({ id, name }) => ({ value: id, label: name }));
  return {
    key: "pair",
    label: t("pair-label"),
    hint: t("pair-hint"),
    value: card.pair ?? "",
    control: { kind: "choice", options: [{ value: "", label: t("pair-none") }, ...options] },
  };
}
