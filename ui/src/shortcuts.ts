// How shortcuts are written: for assistive technology as `aria-keyshortcuts` requires, and for display as the system
// does. `keyboard.ts` handles them.

/** A shortcut in the syntax of `aria-keyshortcuts`. */
export type Shortcut = "Control+R" | "Control+N" | "Control+," | "Alt+ArrowUp" | "Alt+ArrowDown" | "Escape";

/** Whether this is a Mac, where ⌘ replaces Ctrl. */
function isMac(): boolean {
  return /mac/i.test(navigator.platform);
}

/** Formats a shortcut for display: "Ctrl+R", "⌘R", "Esc". */
export function shown(shortcut: Shortcut, mac: boolean = isMac()): string {
  if (shortcut === "Escape") return "Esc";
  const arrow = shortcut === "Alt+ArrowUp" ? "↑" : shortcut === "Alt+ArrowDown" ? "↓" : null;
  if (arrow !== null) return mac ? `⌥${arrow}` : `Alt+${arrow}`;
  const key = shortcut.slice("Control+".length);
  return mac ? `⌘${key}` : `Ctrl+${key}`;
}
