// The page's rules for its own source: strict types, accessible markup, one door to Tauri.
import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";

import svelteConfig from "./svelte.config.js";

const tauriOnlyInBridge = {
  patterns: [{ group: ["@tauri-apps/*"], message: "Only src/bridge.ts talks to Tauri." }],
};

export default ts.config(
  { ignores: ["dist", "node_modules", "src/generated"] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...ts.configs.stylistic,
  ...svelte.configs.recommended,
  { languageOptions: { globals: globals.browser } },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"], svelteConfig } },
  },
  {
    rules: {
      "@typescript-eslint/consistent-type-definitions": "off",
      "no-console": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-restricted-imports": ["error", tauriOnlyInBridge],
      "svelte/no-at-html-tags": "error",
      "max-lines": ["error", { max: 160, skipBlankLines: true }],
    },
  },
  { files: ["src/bridge.ts"], rules: { "no-restricted-imports": "off" } },
  { files: ["tests/**", "preview/**"], rules: { "max-lines": "off" } },
  { files: ["*.config.*", "tests/**"], languageOptions: { globals: globals.node } },
);
