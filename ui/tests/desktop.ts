// The state of a desktop and the results of the doctor, as the core sends them.
import type { DesktopState } from "../src/generated/DesktopState";
import type { DoctorReport } from "../src/generated/DoctorReport";

export const desktop: DesktopState = {
  version: "0.1.0",
  autostart: { on: false, can: true, sentence: "Tidemark does not start by itself." },
  shortcut: { on: true, can: true, sentence: "Ctrl+Alt+M opens this window from anywhere." },
  notices: { works: true, sentence: "dunst shows notifications on this desktop." },
  files: {
    settings: "~/.config/tidemark/settings.json",
    history: "~/.local/share/tidemark/history.sqlite",
    log: "~/.local/state/tidemark/tidemark.log",
  },
};

export const withAutostart = (state: DesktopState, on: boolean): DesktopState => ({
  ...state,
  autostart: { on, can: true, sentence: on ? "Tidemark starts with your session, in the tray." : "Tidemark does not start by itself." },
});

export const checkup: DoctorReport = {
  checks: [
    { id: "app", level: "ok", title: "Tidemark", text: "Version 0.1.0 for linux, running." },
    { id: "display", level: "ok", title: "Display", text: "An X11 session." },
    { id: "tray", level: "ok", title: "Tray", text: "The desktop shows tray icons." },
    {
      id: "notices",
      level: "warning",
      title: "Notifications",
      text: "A notification service is there but does not answer. Until it does, Tidemark speaks in its window.",
    },
    { id: "keyring", level: "trouble", title: "Keyring", text: "It is locked, or access was denied. Unlock it." },
    { id: "network-global", level: "ok", title: "Way to MiniMax (global)", text: "api.minimax.io:443 can be reached." },
    {
      id: "network-china",
      level: "warning",
      title: "Way to MiniMax (China)",
      text: "api.minimax.cn:443 does not answer within 4 seconds. A proxy may still reach it.",
    },
    { id: "clock", level: "ok", title: "Clock", text: "It is 3 seconds off MiniMax's." },
    { id: "settings", level: "ok", title: "Settings file", text: "It can be read and written." },
    { id: "history", level: "ok", title: "History file", text: "It can be read and written." },
  ],
};
