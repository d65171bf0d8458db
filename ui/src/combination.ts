// Converts a key press to a key combination as the settings write it: `Ctrl+Alt+M`. The core decides which combinations
// are already used.

/**
 * Whether the pressed key is valid only together with another key (a letter, digit or Space without Ctrl, Alt or Meta).
 */
export function isBare(event: KeyboardEvent): boolean {
  return /^(Key[A-Z]|Digit\d|Space)$/.test(event.code) && !event.ctrlKey && !event.altKey && !event.metaKey;
}

/** The pressed combination. `null` while only modifiers are held, and for combinations that text fields need. */
export function combination(event: KeyboardEvent): string | null {
  const held = [
    event.ctrlKey ? "Ctrl" : "",
    event.altKey ? "Alt" : "",
    event.shiftKey ? "Shift" : "",
    event.metaKey ? "Super" : "",
  ].filter((name) => name !== "");
  // Uses `code`, so that Alt and Shift do not change the name; letters use `key`, which follows the keyboard layout.
  const key = /^Key[A-Z]$/.test(event.code) && /^[a-z]$/i.test(event.key) ? event.key.toUpperCase() : event.code.replace(/^(Key|Digit)/, "");
  const known = /^([A-Z0-9]|F([1-9]|1[0-2])|Space)$/.test(key);
  const free = event.ctrlKey || event.altKey || event.metaKey || /^F\d/.test(key);
  // Used by every text field: select all, copy, paste, cut, undo.
  const own = event.ctrlKey && held.length === 1 && "ACVXZ".includes(key);
  return known && free && !own && !event.isComposing ? [...held, key].join("+") : null;
}
