// The page's own labels, by Fluent. Owns turning an id into words; refuses to hide a missing one: the id shows itself.
import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";

import type { Texts } from "./contract";

/** Words a label: `t("rename-name", { name })`. */
export type Translate = (id: string, args?: Record<string, FluentVariable>) => string;

/** Makes the labels of one language from their Fluent source. */
export function translator({ language, source }: Texts): Translate {
  const bundle = new FluentBundle(language, { useIsolating: false });
  bundle.addResource(new FluentResource(source));
  return (id, args = {}) => {
    const pattern = bundle.getMessage(id)?.value;
    return pattern === undefined || pattern === null ? id : bundle.formatPattern(pattern, args, []);
  };
}
