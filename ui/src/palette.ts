// The page's design tokens as computed values for a canvas, in the current theme.

/** The colours and the font of a chart. */
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

/** Reads the tokens at an element. */
export function palette(where: HTMLElement): Palette {
  // `getComputedStyle` returns a custom property as it was written; only real properties are resolved.
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

/** Adds an opacity to a colour; a colour that is not in `rgb()` form stays as it is. */
export function faded(colour: string, share: number): string {
  const [red, green, blue] = colour.startsWith("rgb") ? (colour.match(/[\d.]+/g) ?? []) : [];
  return blue === undefined ? colour : `rgba(${red}, ${green}, ${blue}, ${share})`;
}
