// What stands in the form for a key. Owns the only copy of a key the page ever has, and empties it when it is saved,
// cancelled or left. Refuses to judge a key: trimming, kinds and limits are the backend's.
import { asRefusal, type NewAccount, type Refusal } from "./contract";
import type { Kind } from "./generated/Kind";
import type { Region } from "./generated/Region";

/** The form's state. */
export class KeyForm {
  key = $state("");
  name = $state("");
  team = $state("");
  region = $state<Region | "auto">("auto");
  kind = $state<Kind | "auto">("auto");
  asking = $state(false);
  refusal = $state.raw<Refusal | null>(null);

  /** The kind to offer instead, where MiniMax says this key is of the other one. */
  readonly otherKind: Kind | null = $derived(
    this.refusal?.code !== "wrong_kind" ? null : this.kind === "pay_as_you_go" ? "token_plan" : "pay_as_you_go",
  );

  /** Whether keeping the key without asking is worth offering. */
  readonly mayKeep: boolean = $derived(this.refusal?.code === "offline");

  constructor(name: string) {
    this.name = name;
  }

  /** Sends what stands there. The key stays in the form only if it was not taken. */
  async send(submit: (account: NewAccount) => Promise<void>, unchecked = false): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    this.refusal = null;
    try {
      await submit(this.#account(unchecked));
      this.clear();
    } catch (thrown) {
      this.refusal = asRefusal(thrown);
    } finally {
      this.asking = false;
    }
  }

  /** Empties the key. */
  clear(): void {
    this.key = "";
  }

  #account(unchecked: boolean): NewAccount {
    return {
      name: this.name,
      key: this.key,
      region: this.region === "auto" ? null : this.region,
      kind: this.kind === "auto" ? null : this.kind,
      team: this.team === "" ? null : this.team,
      unchecked,
    };
  }
}
