// What is worth saying aloud of a new view. Owns what counts as a change: an account's level, or what went wrong with it,
// and that it is named where the sentence leaves that to the figure or the word above it.
import type { Card } from "./generated/Card";

/** What is said of one account. */
export type Change = {
  name: string;
  /** How it stands, in a word; empty where the sentence says that, too. */
  state: string;
  sentence: string;
};

/** How an account stands, as far as it is said aloud. */
function standing(card: Card): string {
  return `${card.level} ${card.failure?.kind ?? ""}`;
}

/** Gives how each account stands. */
export function levels(cards: Card[]): ReadonlyMap<string, string> {
  return new Map(cards.map((card) => [card.id, standing(card)]));
}

/** Gives what is to be said of the accounts that stand otherwise than before; a new account is not a change. */
export function changes(before: ReadonlyMap<string, string>, cards: Card[]): Change[] {
  return cards
    .filter((card) => before.has(card.id) && before.get(card.id) !== standing(card))
    .map((card) => {
      const { name, sentence, level, levelWord, figure, failure } = card;
      if (sentence === "") return { name, state: "", sentence: failure?.title ?? levelWord };
      return { name, state: levelWord === "" && level === "spent" ? (figure ?? "") : levelWord, sentence };
    });
}
