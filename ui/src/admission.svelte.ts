// State of one key check. Holds the page's only copy of a key and clears it when the key is kept or the form is left.
// No validation here: trimming, kinds and limits are checked by the backend.
import { asRefusal, type Bridge, type Kept, type KeyToCheck, type Refusal, type Unsubscribe } from "./contract";
import type { AccountId } from "./generated/AccountId";
import type { Found } from "./generated/Found";
import type { Judged } from "./generated/Judged";
import type { Kind } from "./generated/Kind";
import type { Region } from "./generated/Region";
import type { Step } from "./generated/Step";

/** The part of the bridge that a key check needs. */
export type Gate = Pick<Bridge, "onAdmission" | "lookAtKey" | "checkKey" | "keepKey" | "dropKey">;

export class Admission {
  /** The account whose key is replaced; `null` for a new account. */
  replaces = $state.raw<AccountId | null>(null);
  key = $state("");
  name = $state("");
  team = $state("");
  region = $state<Region | "auto">("auto");
  kind = $state<Kind | "auto">("auto");
  refusal = $state.raw<Refusal | null>(null);
  /** What the text in the field looks like, shown before the check. */
  judged = $state.raw<Judged | null>(null);
  /** Progress of the check: which platform has answered. */
  steps = $state.raw<Step[]>([]);
  found = $state.raw<Found | null>(null);
  /** What the backend is doing; `null` while it does nothing. */
  busy = $state<"checking" | "keeping" | null>(null);

  /** What the form shows. If a text is rejected before MiniMax is asked, the stage stays `key`. */
  readonly stage: "key" | "checking" | "found" = $derived(
    this.found !== null ? "found" : this.busy === "checking" && this.steps.length > 0 ? "checking" : "key",
  );

  /**
   * The kind to offer instead if this key is of the other kind. `null` when a key is replaced: an account's kind cannot
   * change.
   */
  readonly otherKind: Kind | null = $derived(
    this.refusal?.code !== "wrong_kind" || this.replaces !== null
      ? null
      : this.kind === "pay_as_you_go"
        ? "token_plan"
        : "pay_as_you_go",
  );

  /** Whether to offer storing the key without a check. */
  readonly mayKeep: boolean = $derived(this.refusal?.code === "offline");

  readonly #gate: Gate;
  readonly #heard: Promise<Unsubscribe>;
  /** Number of the current check; results of an abandoned check are ignored. */
  #turn = 0;

  constructor(gate: Gate, replaces: AccountId | null) {
    this.#gate = gate;
    this.replaces = replaces;
    this.#heard = gate.onAdmission((steps) => {
      if (this.busy === "checking") this.steps = steps;
    });
  }

  /**
   * Asks the backend what the text looks like. Called when the text is complete: after a paste or a pause in typing.
   * MiniMax is not asked.
   */
  async look(): Promise<void> {
    const looked = this.key;
    if (looked.trim() === "" || this.busy !== null) return;
    try {
      const judged = await this.#gate.lookAtKey(this.#question(false));
      if (looked === this.key && this.busy === null && this.refusal === null) this.judged = judged;
    } catch {
      // An invalid text is reported by the check.
    }
  }

  /** Clears the messages about a text that has been changed since. */
  typed(): void {
    this.judged = null;
    this.refusal = null;
  }

  /** Checks the key. Returns whether it can be kept; the key stays in the form until it is kept. */
  async check(unchecked = false): Promise<boolean> {
    if (this.busy !== null) return false;
    const mine = (this.#turn += 1);
    this.busy = "checking";
    this.refusal = this.judged = null;
    this.steps = [];
    try {
      await this.#heard;
      const found = await this.#gate.checkKey(this.#question(unchecked));
      if (mine !== this.#turn) return false;
      if (this.name === "") this.name = found.name;
      this.found = found;
      return true;
    } catch (thrown) {
      if (mine === this.#turn) this.refusal = asRefusal(thrown);
      return false;
    } finally {
      if (mine === this.#turn) this.busy = null;
    }
  }

  /** Keeps the checked key under the typed name. */
  async keep(): Promise<Kept | null> {
    if (this.busy !== null) return null;
    this.busy = "keeping";
    this.refusal = null;
    try {
      const kept = await this.#gate.keepKey(this.name, this.team.trim() === "" ? null : this.team);
      this.key = "";
      return kept;
    } catch (thrown) {
      this.refusal = asRefusal(thrown);
      return null;
    } finally {
      this.busy = null;
    }
  }

  /**
   * Goes one step back, to the key as it was typed. Returns false at the first step; while the key is being kept, does
   * nothing and returns true.
   */
  back(): boolean {
    if (this.stage === "key" || this.busy === "keeping") return this.busy === "keeping";
    this.#drop();
    this.found = null;
    this.refusal = null;
    return true;
  }

  /** Leaves the form: ends the check and clears the key. */
  leave(): void {
    this.key = "";
    this.#drop();
    void this.#heard.then((end) => end());
  }

  #question(unchecked: boolean): KeyToCheck {
    return {
      key: this.key,
      region: this.region === "auto" ? null : this.region,
      kind: this.kind === "auto" ? null : this.kind,
      unchecked,
      replaces: this.replaces,
    };
  }

  #drop(): void {
    this.#turn += 1;
    this.busy = null;
    this.steps = [];
    this.#gate.dropKey().catch(() => undefined);
  }
}
