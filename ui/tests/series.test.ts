import { expect, test } from "vitest";

import { faded } from "../src/palette";
import { alone, nearest, series, step } from "../src/series";

const dots = [
  { at: 10, value: 90, words: "ten" },
  { at: 20, value: 80, words: "" },
  { at: 30, value: 70, words: "thirty" },
  { at: 60, value: 40, words: "sixty" },
];

test("a hole becomes a null between the readings around it, so that no line leads through", () => {
  expect(series({ dots, gaps: [{ from: 30, to: 60 }], ahead: [] })).toEqual({
    times: [10, 20, 30, 45, 60],
    values: [90, 80, 70, null, 40],
    ahead: [undefined, undefined, undefined, undefined, undefined],
  });
});

test("the forecast is a line of its own that begins where the readings end", () => {
  const ahead = [
    { at: 60, value: 40 },
    { at: 90, value: 0 },
  ];
  const drawn = series({ dots, gaps: [], ahead });
  expect(drawn.times).toEqual([10, 20, 30, 60, 90]);
  expect(drawn.values.at(-1)).toBeUndefined();
  expect(drawn.ahead.slice(-2)).toEqual([40, 0]);
});

test("a reading between two holes is marked, for no line shows it", () => {
  const gaps = [
    { from: 10, to: 20 },
    { from: 20, to: 30 },
  ];
  expect(alone(series({ dots, gaps, ahead: [] }))).toEqual([10, 20]);
  expect(alone(series({ dots: dots.slice(0, 1), gaps: [], ahead: [{ at: 50, value: 3 }] }))).toEqual([10]);
});

test("the cursor goes to what was read, never to where the line only turns", () => {
  expect(nearest(dots, 21)).toBe(2);
  expect(nearest(dots, 19)).toBe(0);
  expect(nearest([], 19)).toBe(-1);
  expect(step(dots, -1, "ArrowLeft")).toBe(3);
  expect(step(dots, 3, "ArrowLeft")).toBe(2);
  expect(step(dots, 2, "ArrowLeft")).toBe(0);
  expect(step(dots, 0, "ArrowLeft")).toBe(0);
  expect(step(dots, 3, "ArrowRight")).toBe(3);
  expect(step(dots, 3, "Home")).toBe(0);
  expect(step(dots, 0, "End")).toBe(3);
  expect(step(dots, 0, "x")).toBeNull();
  expect(step([], -1, "End")).toBeNull();
});

test("a colour becomes see-through whichever way the browser writes it", () => {
  expect(faded("rgb(10, 20, 30)", 0.5)).toBe("rgba(10, 20, 30, 0.5)");
  expect(faded("Highlight", 0.5)).toBe("Highlight");
});
