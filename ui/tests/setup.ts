// Browser functions that jsdom lacks, and a clean page for each test.
import { cleanup } from "@testing-library/svelte";
import { afterEach } from "vitest";

/** Sizes never change in jsdom; a test that needs a change calls `resized`. */
const observers = new Set<() => void>();
export const resized = (): void => observers.forEach((hear) => hear());

globalThis.ResizeObserver = class {
  readonly #hear: () => void;
  constructor(hear: ResizeObserverCallback) {
    this.#hear = () => hear([], this as unknown as ResizeObserver);
    observers.add(this.#hear);
  }
  observe(): void {
    observers.add(this.#hear);
  }
  unobserve(): void {
    observers.delete(this.#hear);
  }
  disconnect(): void {
    observers.delete(this.#hear);
  }
};
Element.prototype.scrollIntoView = function () {
  this.setAttribute("data-scrolled-to", "");
};
// axe looks for ligature icon fonts by drawing on a canvas; jsdom has none.
HTMLCanvasElement.prototype.getContext = () => null;
Element.prototype.scrollTo = () => undefined;

afterEach(cleanup);
