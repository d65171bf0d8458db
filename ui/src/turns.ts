// Answers that come in another order than they were asked for. Owns which of them is the last.

/** Takes of several answers to the same question only those that no later one has overtaken. */
export class Turns {
  #asked = 0;
  #taken = 0;

  /** Waits for an answer and has it taken, unless one that was asked for later has been taken already. */
  async last<Answer>(answer: Promise<Answer>, take: (answer: Answer) => void): Promise<void> {
    const mine = (this.#asked += 1);
    const told = await answer;
    if (mine < this.#taken) return;
    this.#taken = mine;
    take(told);
  }
}
