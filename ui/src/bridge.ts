// The one door to the backend: the only file that imports Tauri. Every call is a single command or subscription; nothing
// is kept here, least of all a key.
import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";

import type { Bridge, Show } from "./contract";
import type { View } from "./generated/View";

/** The backend, through Tauri's commands and events. */
export const bridge: Bridge = {
  onView: (hear) => listen<View>("view", ({ payload }) => hear(payload)),
  onShow: (hear) => listen<Show>("show", ({ payload }) => hear(payload)),
  view: () => invoke("view"),
  texts: () => invoke("texts"),
  addAccount: (account) => invoke("add_account", account),
  renameAccount: (id, name) => invoke("rename_account", { id, name }),
  replaceKey: (id, key, unchecked) => invoke("replace_key", { id, key, unchecked }),
  removeAccount: (id) => invoke("remove_account", { id }),
  checkNow: () => invoke("check_now"),
  dismiss: (id) => invoke("dismiss", { id }),
  retryKeyring: () => invoke("retry_keyring"),
  startDemo: () => invoke("start_demo"),
  leaveDemo: () => invoke("leave_demo"),
  openLink: (link, region) => invoke("open_link", { link, region }),
  closeWindow: () => invoke("close_window"),
  fit: (height) => invoke("fit", { height }),
};
