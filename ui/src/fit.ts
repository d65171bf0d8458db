// Tells how high the window would have to be for nothing to scroll. Once for each frame, and only when it changed.
import type { Action } from "svelte/action";

import { painted } from "./painted";

/** Watches the parts whose heights add up, marked `data-fit`, inside the element it is used on. */
export const fitted: Action<HTMLElement, (height: number) => void> = (root, tell) => {
  let frame = 0;
  let told = 0;

  function measure(): void {
    frame = 0;
    let height = 0;
    for (const part of root.querySelectorAll<HTMLElement>("[data-fit]")) height += part.offsetHeight;
    if (height === told || height === 0) return;
    told = height;
    tell(height);
  }

  const observer = new ResizeObserver(() => {
    if (frame === 0) frame = requestAnimationFrame(measure);
  });
  void painted().then(() => {
    for (const part of root.querySelectorAll("[data-fit]")) observer.observe(part);
  });
  return {
    destroy: () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
    },
  };
};
