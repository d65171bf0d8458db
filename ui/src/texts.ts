// The page's labels, translated by Fluent. A missing label is shown as its id, so that it is noticed.
import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";

import type { Texts } from "./contract";

/** Translates a label: `t("rename-name", { name })`. */
export type Translate = (id: string, args?: Record<string, FluentVariable>) => string;

/** Creates the translator for a language from its Fluent source. */
export function translator({ language, source }: Texts): Translate {
  const bundle = new FluentBundle(language, { useIsolating: false });
  bundle.addResource(new FluentResource(source));
  return (id, args = {}) => {
    const pattern = bundle.getMessage(id)?.value;
    return pattern === undefined || pattern === null ? id : bundle.formatPattern(pattern, args, []);
  };
}
