// What the page may ask of the backend and what it gets back. Owns the words of that contract; holds no code that speaks
// to anyone, so tests and the preview can stand in for the backend.
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

/** The Fluent source of the page's own labels, and its language as a BCP 47 tag. */
export type Texts = { language: string; source: string };

/** What the page begins with, so that it draws before it has asked. */
export type Opening = { view: View; texts: Texts };

/** A screen that can be gone to. */
export type ScreenName = "overview" | "account" | "keys" | "add" | "settings" | "about";

/** Where the backend wants the page to go; `account` is scrolled to and focused. */
export type Show = { account: AccountId | null; screen: ScreenName };

/** A key to be checked. `null` leaves finding it to the backend; `replaces` names the account whose next key it is. */
export type KeyToCheck = {
  key: string;
  region: Region | null;
  kind: Kind | null;
  unchecked: boolean;
  replaces: AccountId | null;
};

/** The account whose key was kept, with a sentence that says so. */
export type Kept = { id: AccountId; sentence: string };

/** Why a command failed: a code the page may act on, and a message ready to be read. */
export type Refusal = { code: string; message: string };

/** How long notices are to be silent: an hour, or until the next reset. */
export type SnoozeLength = "hour" | "until_reset";

/** Something the core worded, ready to be read. */
export type Said = { sentence: string };

/** One of our folders. */
export type Folder = "settings" | "history" | "log";

/** Ends a subscription. */
export type Unsubscribe = () => void;

/** The backend as the page knows it. Every command rejects with a {@link Refusal}. */
export type Bridge = {
  /** What the backend gave along when it made the window; it may be a moment old. */
  opening(): Opening | null;
  onView(hear: (view: View) => void): Promise<Unsubscribe>;
  onShow(hear: (show: Show) => void): Promise<Unsubscribe>;
  view(): Promise<View>;
  texts(): Promise<Texts>;
  onAdmission(hear: (steps: Step[]) => void): Promise<Unsubscribe>;
  /** Asks MiniMax what a key is, told step by step to `onAdmission`; the backend holds it until it is kept or dropped. */
  checkKey(key: KeyToCheck): Promise<Found>;
  /** Says what a pasted text looks like, without asking anybody; `null` where there is nothing to say. */
  lookAtKey(key: KeyToCheck): Promise<Judged | null>;
  /** Keeps the key that was checked. The name counts for a new account only. */
  keepKey(name: string, team: string | null): Promise<Kept>;
  /** Ends the check that is under way, and forgets the key that is not kept. */
  dropKey(): Promise<void>;
  /** Puts an account before another, or last. */
  moveAccount(id: AccountId, before: AccountId | null): Promise<void>;
  renameAccount(id: AccountId, name: string): Promise<void>;
  removeAccount(id: AccountId, withHistory: boolean): Promise<void>;
  /** Puts an account's key on the clipboard; it never comes to the page. */
  copyKey(id: AccountId): Promise<void>;
  /** Lets a pay-as-you-go account take over from a plan while it is spent; `null` parts them. */
  pairAccount(id: AccountId, other: AccountId | null): Promise<void>;
  /** Says what measuring would cost. */
  speedCost(id: AccountId): Promise<Said>;
  /** Measures; takes as long as MiniMax takes to write. */
  measureSpeed(id: AccountId): Promise<Said>;
  settings(): Promise<Section[]>;
  /** Gives the settings as they are then. */
  setSetting(key: string, value: string): Promise<Section[]>;
  accountSettings(id: AccountId): Promise<FieldView[]>;
  setAccount(id: AccountId, field: string, value: string): Promise<void>;
  /** Tells how Tidemark stands with the desktop now; takes up to two seconds where a service hangs. */
  desktopState(): Promise<DesktopState>;
  setAutostart(on: boolean): Promise<DesktopState>;
  /** Asks for a file by the desktop's own dialog; says nothing where the user thinks better of it. */
  exportSettings(): Promise<Said>;
  /** Asks for a file by the desktop's own dialog; says nothing where the user thinks better of it. */
  importSettings(): Promise<Said>;
  /** Deletes the readings of an account, or of all; accounts and keys stay. */
  forgetHistory(id: AccountId | null): Promise<Said>;
  openFolder(which: Folder): Promise<void>;
  /** Looks at everything; takes up to five seconds. */
  doctor(): Promise<DoctorReport>;
  /** Puts what the doctor finds on the clipboard, in lines that can be shown to anybody. */
  copyDoctor(): Promise<void>;
  /** Gives what was read of a window over time; `null` for the tightest, for a balance, and for as far back as last time. */
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
  /** Tells the height, in CSS pixels, at which nothing needs to scroll. */
  fit(height: number): Promise<void>;
};

/** Reads whatever was thrown as a refusal; a message that is not ours is dropped. */
export function asRefusal(thrown: unknown): Refusal {
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown) {
    const { code, message } = thrown;
    if (typeof code === "string" && typeof message === "string") return { code, message };
  }
  return { code: "other", message: "" };
}
