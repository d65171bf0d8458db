// When the page has been drawn. What nobody sees waits for that.

/** From the frame to the screen, in milliseconds. */
const shown = 50;

/** Frames are held back while nobody sees the window; nothing waits for one any longer than this, in milliseconds. */
const patience = 300;

/** Waits until what stands on the page now is on the screen. */
export function painted(): Promise<void> {
  return new Promise((done) => {
    requestAnimationFrame(() => setTimeout(done, shown));
    setTimeout(done, patience);
  });
}
