// Brings an element into sight. What is out of sight is not laid out until it comes near, so the way there changes its own
// length; it is looked at again until nothing moves.

/** So many frames at the most; a user who scrolls meanwhile is not held. */
const frames = 10;

/** Scrolls to an element, and again for as long as it moves by itself. */
export function bring(element: HTMLElement, left: number = frames, before: number | null = null): void {
  element.scrollIntoView({ block: "nearest" });
  const now = element.getBoundingClientRect().top;
  if (left > 0 && now !== before) requestAnimationFrame(() => bring(element, left - 1, now));
}
