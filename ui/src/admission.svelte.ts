// A key on its way in: pasted, checked, explained, kept. Owns the only copy of a key the page ever has, and empties it when
// it is kept or left. Refuses to judge a key: trimming, kinds and limits are the backend's.
import { asRefusal, type Bridge, type Kept, type KeyToCheck, type Refusal, type Unsubscribe } from "./contract";
import type { AccountId } from "./generated/AccountId";
import type { Found } from "./generated/Found";
import type { Judged } from "./generated/Judged";
import type { Kind } from "./generated/Kind";
import type { Region } from "./generated/Region";
import type { Step } from "./generated/Step";

/** What of the backend a key on its way in needs. */
export type Gate = Pick<Bridge, "onAdmission" | "lookAtKey" | "checkKey" | "keepKey" | "dropKey">;

/** The state of one key on its way in. */
export class Admission {
  /** The account whose next key it is; `null` for a new account's. */
  replaces = $state.raw<AccountId | null>(null);
  key = $state("");
  name = $state("");
  team = $state("");
  region = $state<Region | "auto">("auto");
  kind = $state<Kind | "auto">("auto");
  refusal = $state.raw<Refusal | null>(null);
  /** What the text in the field looks like, said before it is checked. */
  judged = $state.raw<Judged | null>(null);
  /** How far MiniMax has answered. */
  steps = $state.raw<Step[]>([]);
  found = $state.raw<Found | null>(null);
  /** What the backend is at. */
  busy = $state<"checking" | "keeping" | null>(null);

  /** What the user stands before. What is refused without asking never leaves the first. */
  readonly stage: "key" | "checking" | "found" = $derived(
    this.found !== null ? "found" : this.busy === "checking" && this.steps.length > 0 ? "checking" : "key",
  );

  /** The kind to offer instead, where this key is of the other one. An account's own kind cannot be changed. */
  readonly otherKind: Kind | null = $derived(
    this.refusal?.code !== "wrong_kind" || this.replaces !== null
      ? null
      : this.kind === "pay_as_you_go"
        ? "token_plan"
        : "pay_as_you_go",
  );

  /** Whether keeping the key without asking is worth offering. */
  readonly mayKeep: boolean = $derived(this.refusal?.code === "offline");

  readonly #gate: Gate;
  readonly #heard: Promise<Unsubscribe>;
  /** Counts the checks, so that what an abandoned one says is not heard. */
  #turn = 0;

  constructor(gate: Gate, replaces: AccountId | null) {
    this.#gate = gate;
    this.replaces = replaces;
    this.#heard = gate.onAdmission((steps) => {
      if (this.busy === "checking") this.steps = steps;
    });
  }

  /** Has the text in the field looked at, where it is whole: pasted, or left. Nobody is asked for that. */
  async look(): Promise<void> {
    const looked = this.key;
    if (looked.trim() === "" || this.busy !== null) return;
    try {
      const judged = await this.#gate.lookAtKey(this.#question(false));
      if (looked === this.key && this.busy === null && this.refusal === null) this.judged = judged;
    } catch {
      // What is wrong with it is said when it is checked.
    }
  }

  /** Takes back what was said of a text that is not the one in the field any more. */
  typed(): void {
    this.judged = null;
    this.refusal = null;
  }

  /** Has the key checked; says whether it can be kept. The key stays in the form until it is. */
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

  /** Keeps the key that was checked, by its name. */
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

  /** Goes one step back, to the key as it was typed; says whether there was one. */
  back(): boolean {
    if (this.stage === "key" || this.busy === "keeping") return this.busy === "keeping";
    this.#drop();
    this.found = null;
    this.refusal = null;
    return true;
  }

  /** Turns away: nothing is asked any more, and the key is gone. */
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
