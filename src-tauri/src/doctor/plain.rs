//! The results as plain English lines, as the command line prints them and as they are pasted into reports. Scripts and
//! maintainers rely on these texts, so they are not translated; the window has translated ones.

use serde::Serialize;
use tidemark_core::account::Region;
use tidemark_core::checkup::{Display, Finding, Reach, TrayHost, Verdict};
use tidemark_core::habits::NoticeService;
use tidemark_core::message::{KeyringTrouble, Remark};

use super::{Ask, Checkup};
use crate::error::keyring_words;
use crate::zone;

/// One result in its printed form.
#[derive(Debug, Serialize)]
pub(crate) struct Check {
    name: &'static str,
    verdict: &'static str,
    detail: String,
}

impl Checkup {
    /// Returns all results in their printed form.
    pub(crate) fn checks(&self) -> Vec<Check> {
        self.findings.iter().map(check).collect()
    }

    /// Returns all lines.
    pub(crate) fn lines(&self) -> String {
        let checks = self.checks();
        let lines: Vec<String> = checks.iter().map(line).chain(self.asks.iter().map(ask_line)).collect();
        lines.join("\n")
    }
}

fn line(check: &Check) -> String {
    let mark = match check.verdict {
        "ok" => "ok",
        "warning" => "look",
        _ => "FAILED",
    };
    format!("{mark:<7} {:<14} {}", check.name, check.detail)
}

fn ask_line(ask: &Ask) -> String {
    let Ask { account, next_at, because, .. } = ask;
    let next_at = next_at.to_zoned(zone::current()).strftime("%Y-%m-%d %H:%M:%S");
    format!("{:<7} {:<14} next ask at {next_at}, because {because}", "", format!("account {account}"))
}

fn check(finding: &Finding) -> Check {
    let verdict = match finding.verdict() {
        Verdict::Ok => "ok",
        Verdict::Warning => "warning",
        Verdict::Trouble => "failed",
    };
    let name = match finding {
        Finding::App { .. } => "tidemark",
        Finding::Display(_) => "display",
        Finding::Tray(_) => "tray",
        Finding::Notices(_) => "notifications",
        Finding::Keyring(_) => "keyring",
        Finding::StrayKeys(_) => "stray keys",
        Finding::Network { region: Region::Global, .. } => "global API",
        Finding::Network { region: Region::China, .. } => "China API",
        Finding::Clock(_) => "clock",
        Finding::Settings(_) => "settings",
        Finding::History(_) => "history",
    };
    Check { name, verdict, detail: detail(finding) }
}

fn detail(finding: &Finding) -> String {
    let plain = match finding {
        Finding::App { version, system, running } => {
            let running = if *running { "running" } else { "not running" };
            return format!("{version} {system}, {running}");
        }
        Finding::Display(display) => match display {
            Display::System => "the system's own",
            Display::Wayland => "Wayland",
            Display::X11 => "X11",
            Display::None => "none; only the command line works here",
        },
        Finding::Tray(host) => match host {
            TrayHost::System => "the system's own",
            TrayHost::There => "a StatusNotifier host is there",
            TrayHost::NoHost => "a StatusNotifier watcher without a host; Tidemark shows its window instead",
            TrayHost::Hung => {
                "a StatusNotifier watcher that does not answer; Tidemark shows its window instead"
            }
            TrayHost::Absent => {
                "no host; Tidemark shows its window instead. On GNOME the AppIndicator extension adds one"
            }
            TrayHost::NoBus => "no session bus",
        },
        Finding::Notices(service) => match service {
            NoticeService::System => "the system's own",
            NoticeService::Answers { .. } => "a service is there",
            NoticeService::Hung => "a service is there but does not answer; notices are shown in the window",
            NoticeService::Absent => {
                "no service runs; one may still be started on demand, else notices are shown in the window"
            }
            NoticeService::NoBus => "no session bus",
        },
        Finding::Keyring(None | Some(KeyringTrouble::NoEntry)) => "answers and is unlocked",
        Finding::Keyring(Some(trouble)) => keyring_words(*trouble),
        Finding::StrayKeys(count) => {
            return format!(
                "{count} of service tidemark belong to no account; remove one with `secret-tool clear service tidemark username ID`, or in your keyring manager, where it is named \"Tidemark: ID\" (`tidemark account list --json` lists the IDs in use)"
            );
        }
        Finding::Network { host, reach, .. } => {
            return match reach {
                Reach::Reached => format!("{host} can be reached"),
                Reach::Refused(why) => format!("{host}: {why}; a proxy may still reach it"),
                Reach::Silent => format!("{host} does not answer in 4 s"),
                Reach::Untried => "not tried by the simulation".to_owned(),
            };
        }
        Finding::Clock(None) => "not compared yet: no answer of MiniMax is kept",
        Finding::Clock(Some(skew)) => {
            let corrected = if finding.verdict() == Verdict::Ok { "" } else { "; countdowns are corrected" };
            // The difference is that of MiniMax's clock.
            let (seconds, direction) = (skew.unsigned_abs(), if *skew > 0 { "behind" } else { "ahead of" });
            return format!("{seconds} s {direction} MiniMax's{corrected}");
        }
        Finding::Settings(remark) | Finding::History(remark) => return file(remark.as_ref()),
    };
    plain.to_owned()
}

fn file(remark: Option<&Remark>) -> String {
    match remark {
        None => "can be read and written".to_owned(),
        Some(Remark::SettingsBroken { kept_as } | Remark::StoreBroken { kept_as: Some(kept_as) }) => {
            format!("could not be read; kept as {kept_as}")
        }
        Some(Remark::SettingsRestored { from }) => format!("was missing; restored from {from}"),
        Some(Remark::SettingsMended { fields }) => {
            format!("not understood, and used with their defaults: {}", fields.join(", "))
        }
        Some(Remark::SettingsNewer { kept_as }) => format!("from a newer version; a copy is {kept_as}"),
        Some(Remark::StoreNewer) => "from a newer version; left as it is, and nothing is kept".to_owned(),
        Some(Remark::InternalError | Remark::StoreBroken { kept_as: None }) => {
            "cannot be used: no permission, no room on the disk, or held by another program".to_owned()
        }
    }
}
