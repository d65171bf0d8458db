// Actions of the buttons whose labels come from the core: each is one command or a change of screen.
import type { Bridge } from "./contract";
import type { Does } from "./generated/Does";
import type { Page } from "./page.svelte";

/** Runs the action. `about` is the id of what a dismissal dismisses: a banner or an account. */
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
    case "copy_key":
      return void page.copy(does.account);
    case "set_credits":
      return void page.run(bridge.setAccount(does.account, "credits", does.on ? "on" : "off"));
    case "pair_account":
      return page.underWay.begin(does.account, "pair");
    case "measure_speed":
      return page.underWay.begin(does.account, "speed");
    case "open_account":
      return page.go("account", does.account);
    case "end_snooze":
      return void page.run(bridge.endSnooze());
  }
}
