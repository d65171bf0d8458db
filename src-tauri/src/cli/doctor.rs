//! `tidemark doctor`: what works on this machine and what does not. Safe to paste in public: no key, no account name.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use tidemark_core::account::{Account, AccountId, Region};
use tidemark_core::endpoint::{Endpoint, Hosts};
use tidemark_core::message::{KeyringTrouble, Remark};
use tidemark_core::reading::Reading;
use tidemark_core::schedule::Reason;
use tidemark_core::settings::Settings;

use super::{Problem, block_on, is_set, print, print_json};
use crate::desktop::bus;
use crate::error::keyring_words;
use crate::store::Store;
use crate::vault::{KeyVault as _, Keyring, Patience};
use crate::{Machine, config, instance};

/// How one thing fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    Ok,
    Warning,
    Failed,
}

#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    verdict: Verdict,
    detail: String,
}

/// When the running app asks about an account next, and why. Accounts are numbered: names are not for the public.
#[derive(Debug, Serialize)]
struct Ask {
    account: usize,
    next_at: Timestamp,
    reason: &'static str,
    #[serde(skip)]
    because: &'static str,
}

impl Ask {
    fn line(&self) -> String {
        let Self { account, next_at, because, .. } = self;
        format!("{:<7} {:<14} next ask at {next_at:.0}, because {because}", "", format!("account {account}"))
    }
}

const KEYRING: &str = "keyring";

pub(super) fn run(machine: &Machine, json: bool) -> Result<u8, Problem> {
    let loaded = config::load(&machine.paths, Timestamp::now());
    let (store, store_remark) = Store::open(&machine.paths.store, Timestamp::now());
    let mut checks = vec![app(machine), display()];
    checks.extend(block_on(async {
        let (tray, notices) = tokio::join!(tray_host(), notifications());
        let (keyring, global, china) = tokio::join!(
            keyring(),
            network(&machine.hosts, Region::Global),
            network(&machine.hosts, Region::China)
        );
        [tray, notices, keyring, global, china]
    })?);
    checks.push(clock(&store, &loaded.settings));
    checks.push(file("settings", loaded.remark.as_ref()));
    checks.push(file("history", store_remark.as_ref()));
    let failed = |name: Option<&str>| {
        checks.iter().any(|c| c.verdict == Verdict::Failed && name.is_none_or(|n| n == c.name))
    };
    let code = if failed(Some(KEYRING)) { 7 } else { u8::from(failed(None)) };
    let asking = asking(machine, &store, &loaded.settings);
    if json {
        let version = env!("CARGO_PKG_VERSION");
        print_json(&serde_json::json!({
            "schema": 1, "version": version, "checks": checks, "asking": asking,
        }))?;
    } else {
        let lines: Vec<String> = checks.iter().map(line).chain(asking.iter().map(Ask::line)).collect();
        print(&lines.join("\n"));
    }
    Ok(code)
}

fn line(check: &Check) -> String {
    let mark = match check.verdict {
        Verdict::Ok => "ok",
        Verdict::Warning => "look",
        Verdict::Failed => "FAILED",
    };
    format!("{mark:<7} {:<14} {}", check.name, check.detail)
}

fn check(name: &'static str, verdict: Verdict, detail: impl Into<String>) -> Check {
    Check { name, verdict, detail: detail.into() }
}

fn app(machine: &Machine) -> Check {
    let running = if instance::is_running(&machine.paths) { "running" } else { "not running" };
    check(
        "tidemark",
        Verdict::Ok,
        format!("{} {}, {running}", env!("CARGO_PKG_VERSION"), std::env::consts::OS),
    )
}

fn display() -> Check {
    match () {
        () if !cfg!(target_os = "linux") => check("display", Verdict::Ok, "the system's own"),
        () if is_set("WAYLAND_DISPLAY") => check("display", Verdict::Ok, "Wayland"),
        () if is_set("DISPLAY") => check("display", Verdict::Ok, "X11"),
        () => check("display", Verdict::Failed, "none; only the command line works here"),
    }
}

async fn tray_host() -> Check {
    match bus::has_owner("org.kde.StatusNotifierWatcher").await {
        _ if !cfg!(target_os = "linux") => check("tray", Verdict::Ok, "the system's own"),
        Some(true) => check("tray", Verdict::Ok, "a StatusNotifier host is there"),
        Some(false) => check(
            "tray",
            Verdict::Warning,
            "no host; Tidemark shows its window instead. On GNOME the AppIndicator extension adds one",
        ),
        None => check("tray", Verdict::Failed, "no session bus"),
    }
}

async fn notifications() -> Check {
    match bus::has_owner("org.freedesktop.Notifications").await {
        _ if !cfg!(target_os = "linux") => check("notifications", Verdict::Ok, "the system's own"),
        Some(true) => check("notifications", Verdict::Ok, "a service is there"),
        Some(false) => check(
            "notifications",
            Verdict::Warning,
            "no service runs; one may still be started on demand, else notices are shown in the window",
        ),
        None => check("notifications", Verdict::Failed, "no session bus"),
    }
}

/// Looks for a key that cannot be there: a keyring that says so is in order.
async fn keyring() -> Check {
    let nobody = AccountId("00000000-0000-0000-0000-000000000000".to_owned());
    match Keyring::new().get(&nobody, Patience::Background).await {
        Ok(_) | Err(KeyringTrouble::NoEntry) => check(KEYRING, Verdict::Ok, "answers and is unlocked"),
        Err(trouble) => check(KEYRING, Verdict::Failed, keyring_words(trouble)),
    }
}

/// Connects to the host without sending anything.
async fn network(hosts: &Hosts, region: Region) -> Check {
    let name = match region {
        Region::Global => "global API",
        Region::China => "China API",
    };
    let url = hosts.url(region, Endpoint::TokenPlan);
    let (scheme, rest) = url.split_once("://").unwrap_or(("https", &url));
    let authority = rest.split('/').next().unwrap_or_default().to_owned();
    let port = if scheme == "http" { 80 } else { 443 };
    let has_port = authority.rsplit_once(':').is_some_and(|(_, p)| p.parse::<u16>().is_ok());
    let address = if has_port { authority.clone() } else { format!("{authority}:{port}") };
    let connect = tokio::net::TcpStream::connect(&address);
    match tokio::time::timeout(Duration::from_secs(4), connect).await {
        Ok(Ok(_)) => check(name, Verdict::Ok, format!("{authority} can be reached")),
        Ok(Err(error)) => {
            let what = error.kind();
            check(name, Verdict::Warning, format!("{authority}: {what}; a proxy may still reach it"))
        }
        Err(_) => check(name, Verdict::Warning, format!("{authority} does not answer in 4 s")),
    }
}

/// Compares the local clock with MiniMax's in the last answers.
fn clock(store: &Store, settings: &Settings) -> Check {
    let kept = settings.accounts.iter().filter_map(|a| {
        let (at, answer) = store.last(&a.id).ok()?.good?;
        let reading = tidemark_core::answer::read(&answer, Endpoint::of(a.kind), a.region, at).ok()?;
        match reading {
            Reading::Plan(plan) => plan.server_time.map(|server| server.duration_since(at).as_secs()),
            Reading::Balance(_) => None,
        }
    });
    match kept.max_by_key(|skew| skew.abs()) {
        None => check("clock", Verdict::Ok, "not compared yet: no answer of MiniMax is kept"),
        Some(skew) if skew.abs() <= 90 => check("clock", Verdict::Ok, format!("{skew} s from MiniMax's")),
        Some(skew) => {
            check("clock", Verdict::Warning, format!("{skew} s from MiniMax's; countdowns are corrected"))
        }
    }
}

/// Gives what the running app means to do; one that does not run asks nobody.
fn asking(machine: &Machine, store: &Store, settings: &Settings) -> Vec<Ask> {
    if !instance::is_running(&machine.paths) {
        return Vec::new();
    }
    let next = |(number, account): (usize, &Account)| {
        let (next_at, reason) = store.next_ask(&account.id).ok()??;
        Some(Ask { account: number + 1, next_at, reason: reason.name(), because: because(reason) })
    };
    settings.accounts.iter().enumerate().filter_map(next).collect()
}

const fn because(reason: Reason) -> &'static str {
    match reason {
        Reason::Start => "the app has just started",
        Reason::Interval => "that is your interval",
        Reason::Watched => "the window is open",
        Reason::NearLimit => "a window is near its limit and moving",
        Reason::Reset => "a window starts anew then",
        Reason::Backoff => "the last ask failed",
        Reason::ToldToWait => "MiniMax named that time",
        Reason::Rest => "the key is refused or nothing is behind it",
        Reason::Asked => "you, the network or a wake asked for it",
    }
}

fn file(name: &'static str, remark: Option<&Remark>) -> Check {
    match remark {
        None => check(name, Verdict::Ok, "can be read and written"),
        Some(Remark::SettingsBroken { kept_as } | Remark::StoreBroken { kept_as: Some(kept_as) }) => {
            check(name, Verdict::Failed, format!("could not be read; kept as {kept_as}"))
        }
        Some(Remark::SettingsMended { fields }) => {
            let fields = fields.join(", ");
            check(name, Verdict::Warning, format!("not understood, and used with their defaults: {fields}"))
        }
        Some(Remark::SettingsNewer { kept_as }) => {
            check(name, Verdict::Warning, format!("from a newer version; a copy is {kept_as}"))
        }
        Some(Remark::StoreNewer) => {
            check(name, Verdict::Failed, "from a newer version; left as it is, and nothing is kept")
        }
        Some(Remark::StoreBroken { kept_as: None }) => check(
            name,
            Verdict::Failed,
            "cannot be used: no permission, no room on the disk, or held by another program",
        ),
    }
}
