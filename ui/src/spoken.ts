// What screen readers announce of a new view: accounts whose level or failure has changed. The level is added if the
// sentence alone does not name it.
import type { Card } from "./generated/Card";

/** The announcement for one account. */
export type Change = {
  name: string;
  /** The level in a word; empty if the sentence has it already. */
  state: string;
  sentence: string;
};

/** What counts as a change: the level and the kind of failure. */
function standing(card: Card): string {
  return `${card.level} ${card.failure?.kind ?? ""}`;
}

export function levels(cards: Card[]): ReadonlyMap<string, string> {
  return new Map(cards.map((card) => [card.id, standing(card)]));
}

/** The announcements for accounts that have changed; a new account is not a change. */
export function changes(before: ReadonlyMap<string, string>, cards: Card[]): Change[] {
  return cards
    .filter((card) => before.has(card.id) && before.get(card.id) !== standing(card))
    .map((card) => {
      const { name, sentence, level, levelWord, figure, failure } = card;
      if (sentence === "") return { name, state: "", sentence: failure?.title ?? levelWord };
      return { name, state: levelWord === "" && level === "spent" ? (figure ?? "") : levelWord, sentence };
    });
}
