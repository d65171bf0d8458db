// Progress of the first run. It continues after the key is accepted, although an account exists then.

export class Guide {
  step = $state<"key" | "keeping" | "notices" | "done">("key");

  /** Whether the first run continues although an account exists. */
  readonly on: boolean = $derived(this.step !== "key");

  /**
   * Goes one step back; from the first step after the key, which is kept, ends the first run. Returns false at the key
   * step.
   */
  back(): boolean {
    if (!this.on) return false;
    this.step = this.step === "done" ? "notices" : "key";
    return true;
  }
}
