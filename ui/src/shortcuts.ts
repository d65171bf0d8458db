// How the page's shortcuts are written: for assistive technology as `aria-keyshortcuts` wants them, and for the eye as the
// system writes them. What they do is `keyboard.ts`'s.

/** A shortcut as `aria-keyshortcuts` names it. */
export type Shortcut = "Control+R" | "Control+N" | "Control+," | "Alt+ArrowUp" | "Alt+ArrowDown" | "Escape";

/** Tells whether the keys are those of a Mac, where ⌘ stands for Ctrl. */
function isMac(): boolean {
  return /mac/i.test(navigator.platform);
}

/** Writes a shortcut for the eye: "Ctrl+R", "⌘R", "Esc". */
export function shown(shortcut: Shortcut, mac: boolean = isMac()): string {
  if (shortcut === "Escape") return "Esc";
  const arrow = shortcut === "Alt+ArrowUp" ? "↑" : shortcut === "Alt+ArrowDown" ? "↓" : null;
  if (arrow !== null) return mac ? `⌥${arrow}` : `Alt+${arrow}`;
  const key = shortcut.slice("Control+".length);
  return mac ? `⌘${key}` : `Ctrl+${key}`;
}
