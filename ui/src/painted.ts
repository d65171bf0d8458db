// Delays work that is not visible until the page has been painted.

/** Time from an animation frame until it is on the screen, in milliseconds. */
const shown = 50;

/** Longest wait, in milliseconds: the browser withholds frames while the window is not visible. */
const patience = 300;

/** Resolves when the current content of the page is on the screen. */
export function painted(): Promise<void> {
  return new Promise((done) => {
    requestAnimationFrame(() => setTimeout(done, shown));
    setTimeout(done, patience);
  });
}
