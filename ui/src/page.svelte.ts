// What the page knows: the last view, the labels, where the user is. Owns the order of things at start: subscribe first,
// then ask, so that no change falls in between. Holds no key.
import { asRefusal, type Bridge, type Show, type Unsubscribe } from "./contract";
import type { View } from "./generated/View";
import { translator, type Translate } from "./texts";

/** Something said once, above the cards. */
export type Note = { tone: "info" | "trouble"; text: string };

/** The page's state; components get parts of it as props. */
export class Page {
  view = $state.raw<View | null>(null);
  t = $state.raw<Translate | null>(null);
  screen = $state<"overview" | "keys" | "add">("overview");
  /** Whose key is being replaced. */
  replacing = $state<string | null>(null);
  /** Which card to go to; a new object each time, so that going twice works. */
  target = $state.raw<{ account: string } | null>(null);
  note = $state.raw<Note | null>(null);

  /** What is on the screen. Without accounts the overview is the first run, which has the form for a key itself. */
  readonly place: "first" | "overview" | "keys" | "add" | "replace" = $derived.by(() => {
    if (this.screen === "add" && this.replacing !== null) return "replace";
    if (this.screen === "add" && this.view?.demo === true) return "keys";
    const empty = this.view?.cards.length === 0 && !this.view.demo;
    return empty && this.screen !== "keys" ? "first" : this.screen;
  });
  #from: "overview" | "keys" = "overview";

  readonly #bridge: Bridge;
  #language: string | null = null;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  /** Subscribes, then asks once. */
  async start(): Promise<Unsubscribe> {
    const ends = await Promise.all([
      this.#bridge.onView((view) => this.#take(view)),
      this.#bridge.onShow((show) => this.show(show)),
    ]);
    const asked = await this.#bridge.view();
    // A view that came as an event meanwhile is at least as young as this answer.
    if (this.view === null) this.#take(asked);
    return () => ends.forEach((end) => end());
  }

  /** Goes where the backend wants the user to look. */
  show({ account, screen }: Show): void {
    this.go(screen);
    this.target = account === null ? null : { account };
  }

  /** Goes one screen up; says whether there was one. */
  leave(): boolean {
    if (this.place === "overview" || this.place === "first") return false;
    this.go(this.place === "keys" ? "overview" : this.#from);
    return true;
  }

  /** Changes the screen; what was said on the last one is gone. */
  go(screen: Page["screen"]): void {
    this.#from = this.screen === "keys" ? "keys" : "overview";
    this.screen = screen;
    this.replacing = null;
    this.note = null;
  }

  /** Opens the form that replaces an account's key. */
  replace(account: string): void {
    this.go("add");
    this.replacing = account;
  }

  /** Says once how a key was taken, on the screen that shows the accounts. */
  taken(sentence: string): void {
    this.go("overview");
    this.note = { tone: "info", text: sentence };
  }

  /** Runs a command whose failure is told above the cards. */
  async run(command: Promise<unknown>): Promise<void> {
    try {
      await command;
    } catch (thrown) {
      this.note = { tone: "trouble", text: asRefusal(thrown).message || (this.t?.("unexpected") ?? "") };
    }
  }

  #take(view: View): void {
    this.view = view;
    if (view.language === this.#language) return;
    this.#language = view.language;
    void this.#word();
  }

  async #word(): Promise<void> {
    const wanted = this.#language;
    try {
      const texts = await this.#bridge.texts();
      if (wanted !== this.#language) return;
      this.t = translator(texts);
      document.documentElement.lang = texts.language;
    } catch {
      // Asked again with the next view.
      this.#language = null;
    }
  }
}
