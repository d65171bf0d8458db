// The order of the accounts while the user changes it. Owns the order that is seen until the backend has it, and what was
// refused; keeps nothing: the settings are the backend's.
import { asRefusal, type Bridge } from "./contract";
import type { AccountId } from "./generated/AccountId";
import type { Card } from "./generated/Card";

/** A move that was refused, and whose. */
export type RefusedMove = { id: AccountId; message: string };

/** Where an account came to stand, counted from one. */
export type Place = { name: string; number: number; count: number };

const ids = (cards: Card[]): AccountId[] => cards.map(({ id }) => id);
const same = (some: AccountId[], others: AccountId[]): boolean =>
  some.length === others.length && some.every((id, at) => id === others[at]);

/** The accounts' order as the user sees it. */
export class Order {
  refused = $state.raw<RefusedMove | null>(null);
  /** Where the account that was moved last stands now; `null` until one was. */
  moved = $state.raw<Place | null>(null);
  #wanted = $state.raw<AccountId[] | null>(null);
  /** How the backend had them when the last move was sent. */
  #before: AccountId[] = [];
  /** One move after the other, as they were made. */
  #last: Promise<void> = Promise.resolve();
  #under = 0;

  readonly #move: Bridge["moveAccount"];

  constructor(move: Bridge["moveAccount"]) {
    this.#move = move;
  }

  /** Gives the accounts as the user has put them; one that came meanwhile stands last. */
  of(cards: Card[]): Card[] {
    const wanted = this.#wanted;
    if (wanted === null) return cards;
    const place = ({ id }: Card): number => (wanted.includes(id) ? wanted.indexOf(id) : wanted.length);
    return [...cards].sort((one, other) => place(one) - place(other));
  }

  /** Hears how the backend has them, and goes by that as soon as it has answered every move. */
  heard(cards: Card[]): void {
    if (this.#wanted === null || this.#under > 0) return;
    const now = ids(cards);
    if (same(now, this.#wanted) || !same(now, this.#before)) this.#wanted = null;
  }

  /** Moves an account by so many places; at either end it stays. */
  async move(cards: Card[], id: AccountId, by: -1 | 1): Promise<void> {
    const order = ids(this.of(cards));
    const [from, to] = [order.indexOf(id), order.indexOf(id) + by];
    const other = order[to];
    if (from < 0 || other === undefined) return;
    [order[from], order[to]] = [other, id];
    this.refused = null;
    this.#wanted = order;
    this.#before = ids(cards);
    this.#under += 1;
    const sent = this.#last.then(() => this.#move(id, order[to + 1] ?? null));
    this.#last = sent.catch(() => undefined);
    try {
      await sent;
      const name = cards.find((card) => card.id === id)?.name ?? "";
      this.moved = { name, number: to + 1, count: order.length };
    } catch (thrown) {
      this.#wanted = null;
      this.refused = { id, message: asRefusal(thrown).message };
    } finally {
      this.#under -= 1;
    }
  }
}
