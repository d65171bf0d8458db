// A key press as the settings write it: `Ctrl+Alt+M`. Owns the words; which combinations are taken is the core's to say.

/** Tells whether a key was pressed that makes a combination only with another one held. */
export function isBare(event: KeyboardEvent): boolean {
  return /^(Key[A-Z]|Digit\d|Space)$/.test(event.code) && !event.ctrlKey && !event.altKey && !event.metaKey;
}

/** Gives the combination that was pressed, or null while only keys are held, or for what a field needs itself. */
export function combination(event: KeyboardEvent): string | null {
  const held = [
    event.ctrlKey ? "Ctrl" : "",
    event.altKey ? "Alt" : "",
    event.shiftKey ? "Shift" : "",
    event.metaKey ? "Super" : "",
  ].filter((name) => name !== "");
  // The place of the key, so that Alt and Shift do not change its name; letters by what is written on it.
  const key = /^Key[A-Z]$/.test(event.code) && /^[a-z]$/i.test(event.key) ? event.key.toUpperCase() : event.code.replace(/^(Key|Digit)/, "");
  const known = /^([A-Z0-9]|F([1-9]|1[0-2])|Space)$/.test(key);
  const free = event.ctrlKey || event.altKey || event.metaKey || /^F\d/.test(key);
  // What every field knows: copying, cutting, pasting, undoing, choosing all.
  const own = event.ctrlKey && held.length === 1 && "ACVXZ".includes(key);
  return known && free && !own && !event.isComposing ? [...held, key].join("+") : null;
}
