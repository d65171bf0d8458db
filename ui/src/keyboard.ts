// The page's shortcuts, and the browser habits that have no place in a window: reloading, its menu, dropping files.

/** What the shortcuts do. */
export type Shortcuts = { escape: () => void; check: () => void; add: () => void; settings: () => void };

/** Acts on a key press; says by `preventDefault` that it did. Leaves an input method's own keys alone. */
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

/** Takes the browser's own menu and drop away everywhere but in fields, where pasting a key needs them. */
export function forbid(event: Event): void {
  if (!(event.target instanceof HTMLInputElement)) event.preventDefault();
}
