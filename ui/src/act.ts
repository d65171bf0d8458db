// What the buttons that the core words do: one command each.
import type { Bridge } from "./contract";
import type { Does } from "./generated/Does";
import type { Page } from "./page.svelte";

/** Does it; `about` is what a dismissal is about: a banner's id, or an account's. */
export function act(page: Page, bridge: Bridge, does: Does, about: string): void {
  switch (does.kind) {
    case "retry_keyring":
      return void page.run(bridge.retryKeyring());
    case "dismiss":
      return void page.run(bridge.dismiss(about));
    case "leave_demo":
      return void page.run(bridge.leaveDemo());
    case "replace_key":
      return page.replace(does.account);
    case "check_now":
      return void page.run(bridge.checkNow());
    case "open_link":
      return void page.run(bridge.openLink(does.link, does.region));
  }
}
