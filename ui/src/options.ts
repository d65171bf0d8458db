// What the user says of an account: where it is read, and how it is kept. Owns the choice of a pair put as a setting, so
// that it looks and answers like every other.
import type { Card } from "./generated/Card";
import type { FieldView } from "./generated/FieldView";
import type { Translate } from "./texts";

/** Reads and keeps what is said of an account. */
export type Options = {
  load(account: string): Promise<FieldView[]>;
  save(account: string, field: string, value: string): Promise<void>;
  pair(account: string, other: string | null): Promise<void>;
};

/** The accounts that may take over from a plan. */
export function wallets(cards: Card[]): Card[] {
  return cards.filter((card) => card.kind === "pay_as_you_go");
}

/** Puts the choice of a plan's pair as a setting; no value means none. */
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
