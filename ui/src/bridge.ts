// The only file that imports Tauri. Each function is one command or one subscription. Stores nothing, no key either.
import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";

import type { Bridge, Opening, Show } from "./contract";
import type { Step } from "./generated/Step";
import type { View } from "./generated/View";

/** Data that the backend writes into the page's HTML when it serves it. */
type Known = {
  /** View and labels for the first paint; `null` if the backend was too busy. */
  opening: Opening | null;
  /** The desktop's font, if the page has to name it. */
  font: string | null;
};

/** Data that is available before the first command. */
export const known: Known = JSON.parse(document.getElementById("known")?.textContent || "null") ?? { opening: null, font: null };

export const bridge: Bridge = {
  opening: () => known.opening,
  onView: (hear) => listen<View>("view", ({ payload }) => hear(payload)),
  onShow: (hear) => listen<Show>("show", ({ payload }) => hear(payload)),
  view: () => invoke("view"),
  texts: () => invoke("texts"),
  onAdmission: (hear) => listen<Step[]>("admission", ({ payload }) => hear(payload)),
  checkKey: ({ key, ...question }) => invoke("check_key", { key, question }),
  lookAtKey: ({ key, ...question }) => invoke("look_at_key", { key, question }),
  keepKey: (name, team) => invoke("keep_key", { name, team }),
  dropKey: () => invoke("drop_key"),
  moveAccount: (id, before) => invoke("move_account", { id, before }),
  renameAccount: (id, name) => invoke("rename_account", { id, name }),
  removeAccount: (id, withHistory) => invoke("remove_account", { id, withHistory }),
  copyKey: (id) => invoke("copy_key", { id }),
  pairAccount: (id, other) => invoke("pair_account", { id, with: other }),
  speedCost: (id) => invoke("speed_cost", { id }),
  measureSpeed: (id) => invoke("measure_speed", { id }),
  settings: () => invoke("settings"),
  setSetting: (key, value) => invoke("set_setting", { key, value }),
  accountSettings: (id) => invoke("account_settings", { id }),
  setAccount: (id, field, value) => invoke("set_account", { id, field, value }),
  desktopState: () => invoke("desktop_state"),
  setAutostart: (on) => invoke("set_autostart", { on }),
  exportSettings: () => invoke("export_settings"),
  importSettings: () => invoke("import_settings"),
  forgetHistory: (id) => invoke("forget_history", { id }),
  openFolder: (which) => invoke("open_folder", { which }),
  doctor: () => invoke("doctor"),
  copyDoctor: () => invoke("copy_doctor"),
  chart: (id, row, window, range) => invoke("chart", { id, row, window, range }),
  testNotice: () => invoke("test_notice"),
  snooze: (length, account) => invoke("snooze", { length, account }),
  endSnooze: () => invoke("end_snooze"),
  checkNow: () => invoke("check_now"),
  dismiss: (id) => invoke("dismiss", { id }),
  retryKeyring: () => invoke("retry_keyring"),
  startDemo: () => invoke("start_demo"),
  leaveDemo: () => invoke("leave_demo"),
  openLink: (link, region) => invoke("open_link", { link, region }),
  closeWindow: () => invoke("close_window"),
  fit: (height) => invoke("fit", { height }),
};
