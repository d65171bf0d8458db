// Scrolls to an element. Cards outside the viewport are laid out only when they come near (`content-visibility: auto`),
// so heights change while scrolling. The scroll is repeated until the position no longer changes.

/** Largest number of frames, so that a user who scrolls meanwhile is not held. */
const frames = 10;

/** Scrolls to an element, and again in each frame as long as its position changes. */
export function bring(element: HTMLElement, left: number = frames, before: number | null = null): void {
  element.scrollIntoView({ block: "nearest" });
  const now = element.getBoundingClientRect().top;
  if (left > 0 && now !== before) requestAnimationFrame(() => bring(element, left - 1, now));
}
