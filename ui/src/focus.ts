// Moves the focus when the screen changes: to the new screen's heading, and on the way back to the element that opened
// it.

type Held = { id: string; at: number };

const all = (id: string): HTMLElement[] =>
  [...document.querySelectorAll<HTMLElement>("[data-testid]")].filter(({ dataset }) => dataset["testid"] === id);

/** The focused element of each screen, by `data-testid` and its index among elements with the same one. */
export class Focus {
  readonly #left = new Map<string, Held>();

  /** Stores the focused element before a screen is left. */
  note(place: string): void {
    const held = document.activeElement?.closest<HTMLElement>("[data-testid]");
    const id = held?.dataset["testid"];
    if (held && id !== undefined) this.#left.set(place, { id, at: all(id).indexOf(held) });
  }

  /** Restores the stored focus or focuses the heading, unless the screen has already taken the focus itself. */
  restore(place: string, main: HTMLElement, heading: HTMLElement | null): void {
    const held = this.#left.get(place);
    this.#left.delete(place);
    if (main.contains(document.activeElement) && document.activeElement !== main) return;
    const opener = held === undefined ? undefined : all(held.id)[held.at];
    (opener ?? heading)?.focus({ preventScroll: opener === undefined });
  }
}
