// The page on a fake bridge, for any browser; not part of the product's build.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  root: "preview",
  // The policy in index.html allows no inline styles; the development server inserts its styles with this nonce.
  html: { cspNonce: "preview" },
  plugins: [svelte({ configFile: "../svelte.config.js" })],
  server: { host: "127.0.0.1", fs: { allow: [".."] } },
  build: { target: ["es2022", "safari17.5"], cssTarget: "safari17.5", outDir: "../node_modules/.preview", emptyOutDir: true },
});
