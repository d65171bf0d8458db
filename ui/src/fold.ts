// How much of a long list or text stands at first. Owns the limits; refuses to hide a worry behind a fold while there is room.
import type { Meter } from "./generated/Meter";

/** So many lines stand before a list folds. */
const room = 4;

/** So many stand at the most where lines that worry are further down. */
const most = 8;

/** A longer text folds. */
const letters = 120;

/** Tells whether a text is too long to stand whole. */
export function lengthy(text: string): boolean {
  return text.length > letters;
}

/** Gives the windows that stand while the list is folded, in their order: the first ones, and those that worry. */
export function standing(meters: Meter[]): Meter[] {
  // One more line takes no more room than the words for it.
  if (meters.length <= room + 1) return meters;
  let left = most - room;
  return meters.filter((meter, index) => {
    if (index < room) return true;
    const worries = meter.level !== "good" && meter.level !== "unknown";
    if (!worries || left === 0) return false;
    left -= 1;
    return true;
  });
}

/** Gives the lines that stand while a list of plain lines is folded. */
export function firstLines<Line>(lines: Line[]): Line[] {
  return lines.length <= room ? lines : lines.slice(0, room - 1);
}
