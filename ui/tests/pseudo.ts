// Simulates a longer language: texts a third longer and accented, to find cut text. Placeholders and values that the
// page uses by name stay unchanged.
import type { View } from "../src/generated/View";

const accents: Record<string, string> = { a: "á", e: "é", i: "í", o: "ö", u: "ü", y: "ý", A: "Å", E: "É", I: "Í", O: "Ö", U: "Ü" };

/** Makes a text about 30 % longer; the characters are added at its end, in words that may wrap. */
export function longer(text: string): string {
  const accented = [...text].map((letter) => accents[letter] ?? letter).join("");
  const more = Math.ceil([...text].length * 0.3);
  return text.trim() === "" ? text : `${accented} ${"ëxtrå wörds ".repeat(Math.ceil(more / 12)).slice(0, Math.max(1, more - 1)).trim()}`;
}

/** Makes every label of a Fluent source longer; values and selectors stay unchanged. */
export function pseudo(source: string): string {
  return source
    .split("\n")
    .map((line) => {
      const [, start, text] = /^([a-z][\w-]* = |\s+\*?\[\w+\] )(.+)$/.exec(line) ?? [];
      if (start === undefined || text === undefined || text.includes("->")) return line;
      const words = text.split(/(\{[^}]*\})/).map((part, n) => (n % 2 === 1 ? part : [...part].map((letter) => accents[letter] ?? letter).join("")));
      const own = text.replace(/\{[^}]*\}/g, "").trim();
      return own === "" ? line : `${start}${words.join("")}${longer(own).slice([...own].length)}`;
    })
    .join("\n");
}

/** Keys of values that no language makes longer: names, numbers, symbols. */
const kept = new Set(["id", "kind", "region", "pair", "name", "lastFour", "level", "shape", "figure", "tone", "does", "language", "link", "account"]);

/** Makes every sentence of a view longer, as the core would send it in such a language. */
export function pseudoView(view: View): View {
  const grow = (value: unknown, key: string): unknown => {
    if (kept.has(key)) return value;
    if (typeof value === "string") return longer(value);
    if (Array.isArray(value)) return value.map((item) => grow(item, key));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([name, inside]) => [name, grow(inside, name)]));
  };
  return grow(view, "") as View;
}
