/** Orders the answers to repeated requests: an answer is used only if no later request was answered before it. */
export class Turns {
  #asked = 0;
  #taken = 0;

  /** Waits for an answer and passes it to `take`, unless a later request was answered first. */
  async last<Answer>(answer: Promise<Answer>, take: (answer: Answer) => void): Promise<void> {
    const mine = (this.#asked += 1);
    const told = await answer;
    if (mine < this.#taken) return;
    this.#taken = mine;
    take(told);
  }
}
