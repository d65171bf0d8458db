// What is worth saying aloud of a new view. Owns what counts as a change: an account's level, or what went wrong with it.
import type { Card } from "./generated/Card";

/** How an account stands, as far as it is said aloud. */
function standing(card: Card): string {
  return `${card.level} ${card.failure?.kind ?? ""}`;
}

/** Gives how each account stands. */
export function levels(cards: Card[]): ReadonlyMap<string, string> {
  return new Map(cards.map((card) => [card.id, standing(card)]));
}

/** Gives what is to be said of the accounts that stand otherwise than before; a new account is not a change. */
export function changes(before: ReadonlyMap<string, string>, cards: Card[]): { name: string; sentence: string }[] {
  return cards
    .filter((card) => before.has(card.id) && before.get(card.id) !== standing(card))
    .map((card) => ({ name: card.name, sentence: card.sentence === "" ? (card.failure?.title ?? card.levelWord) : card.sentence }));
}
