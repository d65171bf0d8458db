// Converts shares of a whole to CSS and SVG lengths. Texts and figures come from the core. A share that is not a number
// draws nothing.

/** Limits a share to 0..=1; anything that is not a number counts as 0. */
export function share(value: number): number {
  return Number.isFinite(value) ? Math.min(1, Math.max(0, value)) : 0;
}

export function percent(value: number): string {
  return `${round(share(value) * 100)}%`;
}

/** The `stroke-dasharray` that draws a share of a circle; `null` if nothing is to be drawn. */
export function arc(value: number, radius: number): string | null {
  const whole = 2 * Math.PI * radius;
  const drawn = share(value) * whole;
  return drawn === 0 ? null : `${round(drawn)} ${round(whole - drawn)}`;
}

/** The `stroke-dasharray` of a circle with `count` equal dashes; `gap` is the gap's share of each step. */
export function dashes(count: number, gap: number, radius: number): string {
  const step = (2 * Math.PI * radius) / count;
  return `${round(step * (1 - gap))} ${round(step * gap)}`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
