// Where the focus goes when the screen changes: to the new screen's heading, and on the way back to what opened it.

type Held = { id: string; at: number };

const all = (id: string): HTMLElement[] =>
  [...document.querySelectorAll<HTMLElement>("[data-testid]")].filter(({ dataset }) => dataset["testid"] === id);

/** Remembers what was focused on each screen: by `data-testid`, and which of those it was. */
export class Focus {
  readonly #left = new Map<string, Held>();

  /** Notes what has the focus before a screen is left. */
  note(place: string): void {
    const held = document.activeElement?.closest<HTMLElement>("[data-testid]");
    const id = held?.dataset["testid"];
    if (held && id !== undefined) this.#left.set(place, { id, at: all(id).indexOf(held) });
  }

  /** Puts the focus where the user goes on, unless the screen took it itself. */
  restore(place: string, main: HTMLElement, heading: HTMLElement | null): void {
    const held = this.#left.get(place);
    this.#left.delete(place);
    if (main.contains(document.activeElement) && document.activeElement !== main) return;
    const opener = held === undefined ? undefined : all(held.id)[held.at];
    (opener ?? heading)?.focus({ preventScroll: opener === undefined });
  }
}
