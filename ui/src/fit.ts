// Reports the window height at which nothing would scroll: at most once per frame, and only when it has changed.
import type { Action } from "svelte/action";

import { painted } from "./painted";

/** Watches the elements marked `data-fit` inside its element and adds up their heights. */
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
