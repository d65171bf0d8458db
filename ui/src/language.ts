// uPlot makes a number format of the browser's language as soon as it is fetched, and WebKitGTK calls the language of the
// locale `C` just that, which no format knows. Imported before uPlot, this names one that is known.
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, "language", { value: "en", configurable: true });
}
export {};
