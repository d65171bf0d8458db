// State of the page: the last view, the labels, the current screen. At start it subscribes first and then requests the
// view, so that no change is missed. Holds no key.
import { asRefusal, type Bridge, type ScreenName, type Show, type Texts, type Unsubscribe } from "./contract";
import type { View } from "./generated/View";
import { Guide } from "./guide.svelte";
import { painted } from "./painted";
import { UnderWay } from "./task.svelte";
import { translator, type Translate } from "./texts";

/** A message shown above the cards. */
export type Note = { tone: "info" | "trouble"; text: string };

/** How long a copied key stays on the clipboard, in milliseconds; the message is shown as long. */
const copied = 45_000;

/** Delay before a request that failed at start is repeated, in milliseconds. */
const again = 1_000;

/** The page's state; components get parts of it as props. */
export class Page {
  view = $state.raw<View | null>(null);
  t = $state.raw<Translate | null>(null);
  screen = $state<ScreenName>("overview");
  /** The account whose key is being replaced. */
  replacing = $state<string | null>(null);
  /** The account whose own screen is open. */
  account = $state<string | null>(null);
  /** The card to scroll to; a new object each time, so that the same card can be the target twice. */
  target = $state.raw<{ account: string } | null>(null);
  note = $state.raw<Note | null>(null);
  readonly underWay: UnderWay;
  /** Whether to render what does not fit into the first paint. */
  whole = $state(false);

  readonly guide = new Guide();

  /** What is shown. Without accounts the overview is the first run, which includes the key form. */
  readonly place: "first" | "overview" | "account" | "keys" | "add" | "replace" | "settings" | "about" = $derived.by(() => {
    if (this.screen === "add" && this.replacing !== null) return "replace";
    if (this.screen === "add" && this.view?.demo === true) return "keys";
    if (this.screen === "account" && !this.view?.cards.some((card) => card.id === this.account)) return "overview";
    const empty = this.view?.cards.length === 0 || this.guide.on;
    return empty && this.view?.demo !== true && (this.screen === "overview" || this.screen === "add") ? "first" : this.screen;
  });
  /** The screens to go back through, the overview first. */
  #trail: ScreenName[] = [];

  readonly #bridge: Bridge;
  #language: string | null = null;
  #heard = false;
  #ended = false;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
    this.underWay = new UnderWay((account) => bridge.speedCost(account));
    const opening = bridge.opening();
    if (opening === null) return;
    this.view = opening.view;
    this.#language = opening.view.language;
    this.#label(opening.texts);
  }

  /** Subscribes, then requests the view once. */
  async start(): Promise<Unsubscribe> {
    // The initial view is painted first.
    if (this.view !== null) await painted();
    this.whole = true;
    const ends = await Promise.all([
      this.#bridge.onView((view) => {
        this.#heard = true;
        this.#take(view);
      }),
      this.#bridge.onShow((show) => this.show(show)),
    ]);
    await this.#ask();
    // From here on no event is missed; test drivers wait for this attribute.
    document.documentElement.dataset["settled"] = "";
    return () => {
      this.#ended = true;
      ends.forEach((end) => end());
    };
  }

  /** Opens the screen that the backend asks for. */
  show({ account, screen }: Show): void {
    if (account !== null) this.guide.step = "key";
    this.go(screen);
    this.target = account === null ? null : { account };
  }

  /** Goes one screen up. Returns false if there is none. */
  leave(): boolean {
    if (this.place === "first") return this.guide.back();
    if (this.place === "overview") return false;
    const left = this.place === "account" && this.account !== null ? { account: this.account } : null;
    this.go(this.#trail.at(-1) ?? "overview");
    this.target = left;
    return true;
  }

  /** Changes the screen and clears the last message. */
  go(screen: ScreenName, account: string | null = this.account): void {
    const before = this.#trail.indexOf(screen);
    if (screen === "overview") this.#trail = [];
    else if (before >= 0) this.#trail = this.#trail.slice(0, before);
    else if (screen !== this.screen) this.#trail = [...this.#trail, this.screen];
    [this.screen, this.account] = [screen, account];
    this.replacing = null;
    this.note = this.target = null;
  }

  /** Opens the form that replaces an account's key. */
  replace(account: string): void {
    this.go("add");
    this.replacing = account;
  }

  /** Copies an account's key to the clipboard and shows a message for as long as it stays there. */
  async copy(account: string): Promise<void> {
    await this.run(this.#bridge.copyKey(account), this.t?.("key-copied"), copied);
  }

  /** Runs a command; shows its failure, and its success if there is a text for it, above the cards. */
  async run(command: Promise<unknown>, done = "", forMs: number | null = null): Promise<void> {
    try {
      await command;
      if (done !== "") this.#say({ tone: "info", text: done }, forMs);
    } catch (thrown) {
      this.#say({ tone: "trouble", text: asRefusal(thrown).message || (this.t?.("unexpected") ?? "") }, null);
    }
  }

  async #ask(): Promise<void> {
    try {
      const asked = await this.#bridge.view();
      // A view that arrived as an event meanwhile is at least as new as this answer.
      if (!this.#heard) this.#take(asked);
    } catch {
      if (!this.#ended && !this.#heard) setTimeout(() => void this.#ask(), again);
    }
  }

  #say(note: Note, forMs: number | null): void {
    this.note = note;
    if (forMs === null) return;
    setTimeout(() => {
      if (this.note === note) this.note = null;
    }, forMs);
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
      this.#label(texts);
    } catch {
      // Requested again with the next view, or after a delay if there are no labels yet.
      this.#language = null;
      if (this.t === null && !this.#ended) setTimeout(() => this.view !== null && this.#take(this.view), again);
    }
  }

  #label(texts: Texts): void {
    this.t = translator(texts);
    document.documentElement.lang = texts.language;
  }
}
