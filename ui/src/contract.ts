// The interface between page and backend: types only, so that tests and the preview can replace the backend.
import type { AccountId } from "./generated/AccountId";
import type { DesktopState } from "./generated/DesktopState";
import type { DoctorReport } from "./generated/DoctorReport";
import type { Chart } from "./generated/Chart";
import type { FieldView } from "./generated/FieldView";
import type { Found } from "./generated/Found";
import type { Judged } from "./generated/Judged";
import type { Kind } from "./generated/Kind";
import type { Link } from "./generated/Link";
import type { Range } from "./generated/Range";
import type { Region } from "./generated/Region";
import type { Section } from "./generated/Section";
import type { Span } from "./generated/Span";
import type { Step } from "./generated/Step";
import type { View } from "./generated/View";

/** The Fluent source of the page's labels, and its language as a BCP 47 tag. */
export type Texts = { language: string; source: string };

/** Data for the first paint, available before any command has answered. */
export type Opening = { view: View; texts: Texts };

export type ScreenName = "overview" | "account" | "keys" | "add" | "settings" | "about";

/** The screen to open; the `account`, if any, is scrolled to and focused. */
export type Show = { account: AccountId | null; screen: ScreenName };

/**
 * A key to check. `null` for region or kind means that the backend detects it; `replaces` is the account whose key is
 * replaced.
 */
export type KeyToCheck = {
  key: string;
  region: Region | null;
  kind: Kind | null;
  unchecked: boolean;
  replaces: AccountId | null;
};

/** The account whose key was kept, with a sentence that says so. */
export type Kept = { id: AccountId; sentence: string };

/** Why a command failed: a code that the page may act on, and a message to display. */
export type Refusal = { code: string; message: string };

/** How long to snooze notifications: an hour, or until the next reset. */
export type SnoozeLength = "hour" | "until_reset";

/** A text from the core, to display as it is. */
export type Said = { sentence: string };

/** One of Tidemark's folders. */
export type Folder = "settings" | "history" | "log";

export type Unsubscribe = () => void;

/** The backend as the page sees it. Every command rejects with a {@link Refusal}. */
export type Bridge = {
  /** Data that the backend included when it created the window; may be a moment old. */
  opening(): Opening | null;
  onView(hear: (view: View) => void): Promise<Unsubscribe>;
  onShow(hear: (show: Show) => void): Promise<Unsubscribe>;
  view(): Promise<View>;
  texts(): Promise<Texts>;
  onAdmission(hear: (steps: Step[]) => void): Promise<Unsubscribe>;
  /**
   * Asks MiniMax what a key is; progress goes to `onAdmission`. The backend holds the key until it is kept or dropped.
   */
  checkKey(key: KeyToCheck): Promise<Found>;
  /** What a pasted text looks like, without asking MiniMax; `null` if there is nothing to say. */
  lookAtKey(key: KeyToCheck): Promise<Judged | null>;
  /** Keeps the checked key. The name is used for a new account only. */
  keepKey(name: string, team: string | null): Promise<Kept>;
  /** Ends the running check, and drops the key that is not kept. */
  dropKey(): Promise<void>;
  /** Moves an account before another, or to the end with `null`. */
  moveAccount(id: AccountId, before: AccountId | null): Promise<void>;
  renameAccount(id: AccountId, name: string): Promise<void>;
  removeAccount(id: AccountId, withHistory: boolean): Promise<void>;
  /** Copies an account's key to the clipboard; the key never reaches the page. */
  copyKey(id: AccountId): Promise<void>;
  /** Sets the pay-as-you-go account that takes over while a plan is used up; `null` removes it. */
  pairAccount(id: AccountId, other: AccountId | null): Promise<void>;
  /** What the speed test would cost. */
  speedCost(id: AccountId): Promise<Said>;
  /** Runs the speed test; takes as long as MiniMax needs to write the text. */
  measureSpeed(id: AccountId): Promise<Said>;
  settings(): Promise<Section[]>;
  /** Returns the settings after the change. */
  setSetting(key: string, value: string): Promise<Section[]>;
  accountSettings(id: AccountId): Promise<FieldView[]>;
  setAccount(id: AccountId, field: string, value: string): Promise<void>;
  /** The current state of the desktop's features; takes up to two seconds if a service hangs. */
  desktopState(): Promise<DesktopState>;
  setAutostart(on: boolean): Promise<DesktopState>;
  /** Opens the desktop's file dialog; the sentence is empty if the user cancels. */
  exportSettings(): Promise<Said>;
  /** Opens the desktop's file dialog; the sentence is empty if the user cancels. */
  importSettings(): Promise<Said>;
  /** Deletes the readings of an account, or of all with `null`; accounts and keys stay. */
  forgetHistory(id: AccountId | null): Promise<Said>;
  openFolder(which: Folder): Promise<void>;
  /** Runs all checks; takes up to five seconds. */
  doctor(): Promise<DoctorReport>;
  /** Copies the results to the clipboard, as text without private data. */
  copyDoctor(): Promise<void>;
  /**
   * The history of a window. `null` for row and window: the tightest window, or the balance. `null` for the range: the
   * last used one.
   */
  chart(id: AccountId, row: string | null, window: Span | null, range: Range | null): Promise<Chart>;
  testNotice(): Promise<void>;
  snooze(length: SnoozeLength, account: AccountId | null): Promise<void>;
  endSnooze(): Promise<void>;
  checkNow(): Promise<void>;
  dismiss(id: string): Promise<void>;
  retryKeyring(): Promise<void>;
  startDemo(): Promise<void>;
  leaveDemo(): Promise<void>;
  openLink(link: Link, region: Region): Promise<void>;
  closeWindow(): Promise<void>;
  /** Sends the height, in CSS pixels, at which nothing needs to scroll. */
  fit(height: number): Promise<void>;
};

/** Converts a thrown value to a refusal; the message of a foreign error is dropped. */
export function asRefusal(thrown: unknown): Refusal {
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown) {
    const { code, message } = thrown;
    if (typeof code === "string" && typeof message === "string") return { code, message };
  }
  return { code: "other", message: "" };
}
