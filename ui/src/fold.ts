// Limits for collapsed lists and texts. Windows at level near or worse stay visible, up to a maximum.
import type { Meter } from "./generated/Meter";

/** Longest list that is not collapsed. */
const room = 4;

/** Maximum number of visible lines if further ones are at level near or worse. */
const most = 8;

/** Longest text that is not collapsed, in UTF-16 code units. */
const letters = 120;

export function lengthy(text: string): boolean {
  return text.length > letters;
}

/**
 * The windows that stay visible in a collapsed list, in their order: the first ones, and those at level near or worse.
 */
export function standing(meters: Meter[]): Meter[] {
  // One more line needs no more space than the button that would expand it.
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

/** The lines that stay visible in a collapsed list of plain lines. */
export function firstLines<Line>(lines: Line[]): Line[] {
  return lines.length <= room ? lines : lines.slice(0, room - 1);
}
