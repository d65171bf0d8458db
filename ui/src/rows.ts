// Keeps the focus when rows are moved or removed: in the row it was in, or if that is gone, in the row now at its
// position.

/** The focused control and the row that contains it. */
export type HeldRow = { list: HTMLElement; row: string; at: number; control: string | undefined };

const rowsOf = (list: HTMLElement): HTMLElement[] => [...list.querySelectorAll<HTMLElement>("[data-account]")];

/** Stores the focus in a list of rows, before they change. */
export function heldIn(list: HTMLElement | undefined): HeldRow | null {
  const focused = document.activeElement;
  if (list === undefined || focused === null || !list.contains(focused)) return null;
  const row = focused.closest<HTMLElement>("[data-account]");
  const id = row?.dataset["account"];
  if (!row || id === undefined) return null;
  return { list, row: id, at: rowsOf(list).indexOf(row), control: (focused as HTMLElement).dataset["testid"] };
}

/** Restores the focus if the change removed it. Returns false if there is no row left for it. */
export function giveBack(held: HeldRow): boolean {
  const focused = document.activeElement;
  if (focused !== null && focused !== document.body) return true;
  const rows = rowsOf(held.list);
  const row = rows.find((row) => row.dataset["account"] === held.row) ?? rows[Math.min(held.at, rows.length - 1)];
  const controls = [...(row?.querySelectorAll<HTMLElement>("button, input") ?? [])];
  const control = controls.find((control) => control.dataset["testid"] === held.control) ?? controls[0];
  control?.focus();
  return control !== undefined;
}
