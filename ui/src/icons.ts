// The page's icons, drawn on an 18 by 18 grid with a 1.5 stroke.
const dot = (x: number, y: number): string => `M${x} ${y}h.01`;

/** The SVG path of each icon. */
export const icons = {
  ring: "M9 2.6a6.4 6.4 0 1 1-6.2 4.8",
  refresh: "M14.6 9A5.6 5.6 0 1 1 12.9 5M14.8 2.6v3.2h-3.2",
  key: "M11.6 10.1a3.9 3.9 0 1 0-3.7-3.7L2.8 11.5v3.7h3.4v-1.9h1.9v-1.9h1.9zM12.2 5.8h.01",
  back: "M11 4 6 9l5 5",
  close: "M5 5l8 8M13 5l-8 8",
  eye: "M1.8 9S4.4 4.2 9 4.2 16.2 9 16.2 9 13.6 13.8 9 13.8 1.8 9 1.8 9zM9 6.9a2.1 2.1 0 1 1 0 4.2 2.1 2.1 0 0 1 0-4.2z",
  eyeOff: "M7.1 4.5A6.6 6.6 0 0 1 9 4.2c4.6 0 7.2 4.8 7.2 4.8a12 12 0 0 1-1.9 2.4M4.5 5.7A11.6 11.6 0 0 0 1.8 9S4.4 13.8 9 13.8a6.7 6.7 0 0 0 3.5-1M7.5 7.5a2.1 2.1 0 0 0 3 3M2.5 2.5l13 13",
  plus: "M9 3.5v11M3.5 9h11",
  down: "M5 7l4 4 4-4",
  up: "M5 11l4-4 4 4",
  warning: `M9 2.6 16.2 15H1.8zM9 7v3.6${dot(9, 12.8)}`,
  info: `M9 2a7 7 0 1 1 0 14A7 7 0 0 1 9 2zM9 8.3v4${dot(9, 5.6)}`,
  offline: `M2.5 7.3a9.5 9.5 0 0 1 4-2.3M11.5 5a9.5 9.5 0 0 1 4 2.3M5 10.1A5.9 5.9 0 0 1 8 8.5M12.2 9.5l.8.6M2.5 2.5l13 13${dot(9, 13.6)}`,
  shield: `M9 1.9l5.8 2.2v4.3c0 3.6-2.4 6.4-5.8 7.7-3.4-1.3-5.8-4.1-5.8-7.7V4.1zM9 5.9v3.4${dot(9, 11.9)}`,
  cloud: `M5.2 13.8a3.3 3.3 0 0 1-.3-6.6 4.4 4.4 0 0 1 8.5 1 2.8 2.8 0 0 1-.3 5.6z`,
  wait: "M9 2a7 7 0 1 1 0 14A7 7 0 0 1 9 2zM9 5.2V9l2.6 1.7",
  gear: "M7.8 3.6L7.9 2L10.1 2L10.2 3.6L11.9 4.3L13.2 3.3L14.7 4.8L13.7 6.1L14.4 7.8L16 7.9L16 10.1L14.4 10.2L13.7 11.9L14.7 13.2L13.2 14.7L11.9 13.7L10.2 14.4L10.1 16L7.9 16L7.8 14.4L6.1 13.7L4.8 14.7L3.3 13.2L4.3 11.9L3.6 10.2L2 10.1L2 7.9L3.6 7.8L4.3 6.1L3.3 4.8L4.8 3.3L6.1 4.3zM9 6.7a2.3 2.3 0 1 1 0 4.6 2.3 2.3 0 0 1 0-4.6z",
  bell: "M9 2.6a4.2 4.2 0 0 1 4.2 4.2c0 3.7 1.6 5 1.6 5H3.2s1.6-1.3 1.6-5A4.2 4.2 0 0 1 9 2.6zM7.4 14.6a1.7 1.7 0 0 0 3.2 0",
  bellOff: "M6.2 3.6A4.2 4.2 0 0 1 9 2.6a4.2 4.2 0 0 1 4.2 4.2c0 1.2.2 2.2.4 3M11.8 11.8H3.2s1.6-1.3 1.6-5c0-.4 0-.7.1-1M7.4 14.6a1.7 1.7 0 0 0 3.2 0M2.5 2.5l13 13",
  more: "M4.1 9h.6M4.4 8.7v.6M8.7 9h.6M9 8.7v.6M13.3 9h.6M13.6 8.7v.6",
  check: "M4 9.5 7.4 13 14 5.5",
  external: "M7.5 4H4v10h10v-3.5M10.5 3.5h4v4M14.2 3.8 8.5 9.5",
} as const;

export type IconName = keyof typeof icons;

const byFailure: Record<string, IconName> = {
  key_rejected: "key",
  key_rejected_or_wrong_region: "key",
  keyring: "key",
  offline: "offline",
  timeout: "wait",
  rate_limited: "wait",
  no_data: "wait",
  server_error: "cloud",
  blocked: "shield",
  tls: "shield",
  redirect_refused: "shield",
  no_active_plan: "info",
};

/** The icon for a failure's kind; the kinds are those of `interface.md`. */
export function failureIcon(kind: string): IconName {
  return byFailure[kind] ?? "warning";
}
