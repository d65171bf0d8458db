// The product's page: relative addresses and hashed names, no source maps; the script and the styles of the first picture
// stand in the page itself, by their hashes in the policy that Tauri writes.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** Saves the first picture two ways to the backend and back, which it would wait for. */
function inPage(): Plugin {
  return {
    name: "in-page",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      const page = bundle["index.html"];
      if (page?.type !== "asset") throw new Error("There is no page.");
      const take = (name: string): string => {
        const file = bundle[name];
        if (file === undefined) throw new Error(`${name} is not there.`);
        Reflect.deleteProperty(bundle, name);
        return String(file.type === "chunk" ? file.code : file.source);
      };
      page.source = String(page.source)
        .replace(/<link rel="stylesheet"[^>]* href="\.\/([^"]+)">/u, (_tag, name: string) => `<style>${take(name)}</style>`)
        .replace(/<script type="module"[^>]* src="\.\/([^"]+)"><\/script>/u, (_tag, name: string) => {
          return `<script type="module">${take(name).replaceAll("</script", "<\\/script")}</script>`;
        });
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [svelte(), inPage()],
  resolve: process.env["VITEST"] === undefined ? {} : { conditions: ["browser"] },
  build: {
    target: ["es2022", "safari17.5"],
    cssTarget: "safari17.5",
    assetsInlineLimit: 0,
    // Beside the page, whose own script names them relative to itself.
    assetsDir: "",
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
    // A busy machine needs seconds for what takes a tenth of one: axe over many cards.
    testTimeout: 30_000,
  },
});
