// Inspects the page as it is drawn. The first argument is the name of a function in `does`; results of `remember` are
// kept in the window.
const [what, ...given] = arguments;

const kinds = "a[href], button, input, select, textarea, summary, [tabindex]";

/** Whether an element takes space and is visible. */
const drawn = (element) =>
  element.getClientRects().length > 0 && element.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true });

/** The tab stops, in the order of the page. Of radio buttons only one of each group. */
function stops() {
  const all = [...document.querySelectorAll(kinds)].filter(
    (element) => element.tabIndex >= 0 && !element.disabled && drawn(element) && element.closest("[inert]") === null,
  );
  return all.filter((element) => {
    if (element.type !== "radio") return true;
    const group = all.filter((other) => other.type === "radio" && other.name === element.name);
    return element === (group.find((other) => other.checked) ?? group[0]);
  });
}

/** A description of an element, for failure messages. */
function called(element) {
  if (element === null || element === document.body) return "the page";
  const id = element.closest("[data-testid]")?.dataset.testid ?? "";
  const words = (element.getAttribute("aria-label") ?? element.textContent ?? "").trim().slice(0, 30);
  return `${element.tagName.toLowerCase()} ${id} ${words}`.trim();
}

/** What shows the focus: outlines and shadows of the element itself and of those that may be styled for it. */
function edges(element) {
  return [element, element.nextElementSibling, element.parentElement]
    .filter((one) => one !== null)
    .map((one) => {
      const style = getComputedStyle(one);
      const outline = style.outlineStyle === "none" || parseFloat(style.outlineWidth) === 0;
      return [outline ? "none" : `${style.outlineWidth} ${style.outlineColor}`, style.boxShadow].join(" / ");
    })
    .join(" // ");
}

/** Whether the middle or an edge of an element is visible and not covered. */
function inSight(element) {
  const box = (element.getClientRects().length > 0 ? element : element.parentElement).getBoundingClientRect();
  const points = [0.5, 0.1, 0.9].flatMap((x) =>
    [0.5, 0.1, 0.9].map((y) => [box.left + box.width * x, box.top + box.height * y]),
  );
  return points.some(([x, y]) => {
    const top = document.elementFromPoint(x, y);
    return top !== null && (element.contains(top) || top.contains(element) || top.closest("label")?.control === element);
  });
}

/** Whether a line of text is visible: not scrolled away or collapsed. */
function seen(box, owner) {
  const room = (owner.closest("main") ?? owner.closest("header, footer"))?.getBoundingClientRect() ?? document.documentElement.getBoundingClientRect();
  const middle = (box.top + box.bottom) / 2;
  return box.width > 0 && box.height > 0 && middle > room.top && middle < room.bottom;
}

/** The descendant that extends furthest to the right; else the innermost one that is too narrow for its content. */
function widest(element) {
  const inside = [...element.querySelectorAll("*")];
  const right = (one) => one.getBoundingClientRect().right;
  const most = inside.reduce((most, one) => (right(one) > right(most) + 0.5 ? one : most), element);
  return most === element ? (inside.findLast((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0) ?? element) : most;
}

const does = {
  /** Stores how all elements look without the focus. */
  remember() {
    window.__plain = new Map();
    for (const element of stops()) if (element !== document.activeElement) window.__plain.set(element, edges(element));
    return stops().length;
  },

  focus() {
    const element = document.activeElement;
    const at = stops().indexOf(element);
    const plain = window.__plain?.get(element);
    const told = {
      at,
      of: stops().length,
      testid: element?.dataset.testid ?? "",
      called: called(element),
      shown: plain === undefined ? !edges(element).startsWith("none / none") : edges(element) !== plain,
      inSight: at >= 0 && inSight(element),
    };
    for (const other of stops()) if (other !== element && !window.__plain?.has(other)) window.__plain?.set(other, edges(other));
    return told;
  },

  /** Finds elements that are too wide, and text that is cut and cannot be read in another way. */
  overflow() {
    const wide = [];
    const room = document.documentElement.clientWidth;
    const zoom = parseFloat(getComputedStyle(document.documentElement).zoom) || 1;
    for (const element of [document.documentElement, document.body, ...document.body.querySelectorAll("*")]) {
      if (!drawn(element) || element.closest("svg") !== null) continue;
      const style = getComputedStyle(element);
      const hides = style.overflowX !== "visible";
      const box = element.getBoundingClientRect();
      // Text for screen readers only is one pixel in size.
      if (box.width <= 1 || box.height <= 1) continue;
      if (box.right > room * zoom + 1 || box.left < -1) wide.push(`${called(element)} from ${box.left} to ${box.right} of ${room * zoom}`);
      if (!hides || element.matches("select, input")) continue;
      if (element.scrollWidth > element.clientWidth + 1 && element.closest("[title]") === null) {
        // Bars hide their own ends, and have no text.
        if (element.textContent.trim() !== "") wide.push(`${called(element)} is cut: ${element.scrollWidth} in ${element.clientWidth}, by ${called(widest(element))}`);
      }
      const clamped = style.overflowY === "hidden" || style.overflowY === "clip";
      if (clamped && element !== document.body && element.scrollHeight > element.clientHeight + 2 && element.textContent.trim() !== "" && element.closest("[title]") === null)
        wide.push(`${called(element)} is cut below: ${element.scrollHeight} in ${element.clientHeight}`);
    }
    return wide;
  },

  /** Finds lines of text that overlap. */
  overlaps() {
    const lines = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
      const owner = text.parentElement;
      if (text.data.trim() === "" || owner.closest("svg, option, .sr-only") !== null || !drawn(owner)) continue;
      if (owner.getBoundingClientRect().width <= 1) continue;
      // Menus and tooltips may cover the page.
      if (owner.closest("[role=menu], [role=tooltip]") !== null) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      for (const box of range.getClientRects()) if (seen(box, owner)) lines.push([owner, box]);
    }
    const found = [];
    lines.forEach(([one, a], n) => {
      for (const [other, b] of lines.slice(n + 1)) {
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (one !== other && across > 2 && down > Math.min(a.height, b.height) / 2) found.push(`${called(one)} lies over ${called(other)}`);
      }
    });
    return found;
  },

  /** Makes every text a third longer, as another language may, or restores it. Names and figures stay. */
  lengthen(on) {
    if (!on) {
      for (const [text, words] of window.__short ?? []) if (text.data.startsWith(words)) text.data = words;
      window.__short = undefined;
      return null;
    }
    window.__short = new Map();
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
      const words = text.data;
      const owner = text.parentElement;
      if (!/\p{L}{2}/u.test(words) || owner.closest("bdi, kbd, [dir=ltr], [data-testid=card-name]") !== null) continue;
      const more = Math.ceil([...words.trim()].length * 0.3);
      window.__short.set(text, words);
      text.data = `${words} ${"wörds ällso ".repeat(Math.ceil(more / 12)).slice(0, Math.max(1, more - 1)).trim()}`;
    }
    return window.__short.size;
  },

  dark() {
    return matchMedia("(prefers-color-scheme: dark)").matches;
  },

  /** Whether something that came as data was executed. */
  run() {
    return typeof window.__pwned !== "undefined";
  },

  /** Enlarges the page, as the browser's zoom does. */
  zoom(factor) {
    document.documentElement.style.zoom = factor === 1 ? "" : String(factor);
    return null;
  },

  /** Lists the tab stops without an accessible name. */
  nameless() {
    window.axe.setup(document.body);
    const bare = stops().filter((element) => window.axe.commons.text.accessibleText(element).trim() === "");
    window.axe.teardown();
    return bare.map((element) => element.outerHTML.slice(0, 200));
  },

  /** Top and bottom of the window's head and foot, and the height of the window, in CSS pixels. */
  frame() {
    const part = (selector) => {
      const box = document.querySelector(selector)?.getBoundingClientRect();
      return box === undefined ? null : [box.top, box.bottom];
    };
    return { header: part("header"), footer: part("footer"), height: window.innerHeight };
  },

  /** Draws a line of text and returns its pixels as red, green, blue, opacity. */
  lettering(text, width, height, ink, ground) {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width, height];
    const pen = canvas.getContext("2d");
    pen.fillStyle = ground;
    pen.fillRect(0, 0, width, height);
    pen.fillStyle = ink;
    pen.font = `600 ${Math.round(height * 0.5)}px sans-serif`;
    pen.textBaseline = "middle";
    pen.fillText(text, 8, height / 2, width - 16);
    return [...pen.getImageData(0, 0, width, height).data];
  },
};

return does[what](...given);
