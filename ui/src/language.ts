// uPlot creates a number format for the browser's language when it is loaded. In the locale `C`, WebKitGTK reports the
// language `C`, which `Intl.NumberFormat` rejects. This file is imported before uPlot and replaces it by a valid one.
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, "language", { value: "en", configurable: true });
}
export {};
