// The order of the accounts while the user changes it. Shows the requested order until the backend has it, and keeps
// the last refusal; the order itself is stored by the backend.
import { asRefusal, type Bridge } from "./contract";
import type { AccountId } from "./generated/AccountId";
import type { Card } from "./generated/Card";

export type RefusedMove = { id: AccountId; message: string };

/** The new position of an account, counted from one. */
export type Place = { name: string; number: number; count: number };

const ids = (cards: Card[]): AccountId[] => cards.map(({ id }) => id);
const same = (some: AccountId[], others: AccountId[]): boolean =>
  some.length === others.length && some.every((id, at) => id === others[at]);

/** The order of the accounts as the user sees it. */
export class Order {
  refused = $state.raw<RefusedMove | null>(null);
  /** The current position of the last moved account; `null` before the first move. */
  moved = $state.raw<Place | null>(null);
  #wanted = $state.raw<AccountId[] | null>(null);
  /** The backend's order when the last move was sent. */
  #before: AccountId[] = [];
  /** Moves are sent one after the other, in the order in which they were made. */
  #last: Promise<void> = Promise.resolve();
  #under = 0;

  readonly #move: Bridge["moveAccount"];

  constructor(move: Bridge["moveAccount"]) {
    this.#move = move;
  }

  /** Sorts the accounts in the requested order; accounts that were added meanwhile come last. */
  of(cards: Card[]): Card[] {
    const wanted = this.#wanted;
    if (wanted === null) return cards;
    const place = ({ id }: Card): number => (wanted.includes(id) ? wanted.indexOf(id) : wanted.length);
    return [...cards].sort((one, other) => place(one) - place(other));
  }

  /**
   * Called with each view. Drops the requested order once every move is answered and the backend's order is the
   * requested one or has changed otherwise.
   */
  heard(cards: Card[]): void {
    if (this.#wanted === null || this.#under > 0) return;
    const now = ids(cards);
    if (same(now, this.#wanted) || !same(now, this.#before)) this.#wanted = null;
  }

  /** Moves an account by one position; at either end it stays. */
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
