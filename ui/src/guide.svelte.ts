// How far the first run is, once its key is accepted: it goes on over the account that is there then.

/** The way through the first run. */
export class Guide {
  step = $state<"key" | "keeping" | "notices" | "done">("key");

  /** Whether it goes on although there is an account. */
  readonly on: boolean = $derived(this.step !== "key");

  /** Goes one step back; from the first after the key, which is kept, out of it. Says whether there was one. */
  back(): boolean {
    if (!this.on) return false;
    this.step = this.step === "done" ? "notices" : "key";
    return true;
  }
}
