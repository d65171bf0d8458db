// The page's shortcuts, and the browser functions that do not fit a desktop window: reload, context menu, dropped
// files.

export type Shortcuts = { escape: () => void; check: () => void; add: () => void; settings: () => void };

/** Handles a key press and calls `preventDefault` if it was a shortcut. Ignores keys that belong to an input method. */
export function press(event: KeyboardEvent, shortcuts: Shortcuts): void {
  if (event.isComposing || event.defaultPrevented) return;
  const meta = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  const act =
    key === "escape"
      ? shortcuts.escape
      : key === "f5" || (meta && key === "r")
        ? shortcuts.check
        : meta && key === "n"
          ? shortcuts.add
          : meta && key === ","
            ? shortcuts.settings
            : null;
  if (act === null) return;
  event.preventDefault();
  if (!event.repeat) act();
}

/** Disables the browser's context menu and file drop, except in fields, where they are needed to paste a key. */
export function forbid(event: Event): void {
  if (!(event.target instanceof HTMLInputElement)) event.preventDefault();
}
