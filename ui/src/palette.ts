// The page's tokens as a canvas needs them: resolved for the theme of the moment.

/** The colours and the type of a chart. */
export type Palette = {
  pen: string;
  area: string;
  faint: string;
  soft: string;
  line: string;
  edge: string;
  band: string;
  card: string;
  near: string;
  critical: string;
  font: string;
  size: number;
};

/** Reads the tokens where an element stands. */
export function palette(where: HTMLElement): Palette {
  // A custom property is given as it was written; only a real one is resolved.
  const probe = where.appendChild(document.createElement("span"));
  const colour = (value: string): string => {
    probe.style.color = value;
    return getComputedStyle(probe).color;
  };
  const mixed = (token: string, share: number): string => faded(colour(`var(${token})`), share);
  probe.style.fontSize = "var(--text-small)";
  const { fontFamily, fontSize } = getComputedStyle(probe);
  const found = {
    pen: colour("var(--good)"),
    area: mixed("--good", 0.1),
    faint: mixed("--good", 0.55),
    soft: colour("var(--soft)"),
    line: colour("var(--line)"),
    edge: mixed("--edge", 0.5),
    band: mixed("--band", 0.5),
    card: colour("var(--card)"),
    near: colour("var(--near)"),
    critical: colour("var(--critical)"),
    font: fontFamily,
    size: Math.round(Number.parseFloat(fontSize) * 0.92) || 11,
  };
  probe.remove();
  return found;
}

/** Makes a colour see-through; one that is not written as three numbers stays as it is. */
export function faded(colour: string, share: number): string {
  const [red, green, blue] = colour.startsWith("rgb") ? (colour.match(/[\d.]+/g) ?? []) : [];
  return blue === undefined ? colour : `rgba(${red}, ${green}, ${blue}, ${share})`;
}
