// Build of the page: relative addresses and hashed names, no inline script, no source maps.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "./",
  plugins: [svelte()],
  resolve: process.env["VITEST"] === undefined ? {} : { conditions: ["browser"] },
  build: {
    target: ["es2022", "safari17.5"],
    cssTarget: "safari17.5",
    assetsInlineLimit: 0,
    modulePreload: false,
    sourcemap: false,
    reportCompressedSize: true,
  },
  server: { fs: { allow: ["..", "../core/locales"] } },
  test: {
    environment: "jsdom",
    include: ["tests/**/*.test.ts"],
    setupFiles: ["tests/setup.ts"],
    restoreMocks: true,
    // A busy machine takes seconds for what otherwise takes a tenth of one: axe over many cards.
    testTimeout: 30_000,
  },
});
