//! Checks of this machine, for the window and for `tidemark doctor`.
//!
//! Each check has a deadline. The results contain no account names and no keys, so they can be posted in public.

pub(crate) mod plain;

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use tidemark_core::account::{Account, AccountId, Region};
use tidemark_core::checkup::{Display, Finding, Reach};
use tidemark_core::endpoint::{Endpoint, Hosts};
use tidemark_core::message::{KeyringTrouble, Remark};
use tidemark_core::schedule::Reason;
use tidemark_core::settings::Settings;

use crate::config::{self, Paths};
use crate::desktop::{dbus, tray};
use crate::instance;
use crate::keyring::{self, KeyStore as _, RequestOrigin, SystemKeyring};
use crate::store::{NotReadable, Store, look};

/// The time limit for checking files.
const DISK_MAY_TAKE: Duration = Duration::from_secs(5);
/// The time limit for connecting.
const NETWORK_MAY_TAKE: Duration = Duration::from_secs(4);

/// What to check.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patient<'a> {
    pub(crate) paths: &'a Paths,
    /// The hosts of MiniMax; `None` if no connection may be made.
    pub(crate) hosts: Option<&'a Hosts>,
}

/// When and why the running app polls an account next. Accounts are numbered because names are private.
#[derive(Debug, Serialize)]
pub(crate) struct Ask {
    account: usize,
    next_at: Timestamp,
    reason: &'static str,
    #[serde(skip)]
    because: &'static str,
}

/// All results.
#[derive(Debug)]
pub(crate) struct Checkup {
    pub(crate) findings: Vec<Finding>,
    /// When the running app polls next.
    pub(crate) asks: Vec<Ask>,
}

/// Runs all checks inside the running app, without touching the files it has open.
pub(crate) async fn beside_the_app(patient: Patient<'_>) -> Checkup {
    let paths = patient.paths.clone();
    let is_simulated = patient.hosts.is_none();
    let on_disk = tokio::task::spawn_blocking(move || {
        let loaded = if is_simulated { config::peek(&paths) } else { config::load(&paths, Timestamp::now()) };
        let (store, remark) = match look(&paths.store) {
            Ok(store) => (store.unwrap_or_else(Store::nowhere), None),
            Err(NotReadable::Newer) => (Store::nowhere(), Some(Remark::StoreNewer)),
            Err(_) => (Store::nowhere(), Some(Remark::StoreBroken { kept_as: None })),
        };
        Disk::of(&paths, &store, &loaded.settings, loaded.remark, remark)
    });
    let on_disk = async { tokio::time::timeout(DISK_MAY_TAKE, on_disk).await.ok()?.ok() };
    let (surroundings, disk) = tokio::join!(surroundings(patient.hosts, Some(std::process::id())), on_disk);
    // A simulation also counts as running, although a second start would not show it.
    whole(surroundings, Disk { running: true, ..disk.unwrap_or_else(Disk::hangs) }).await
}

/// Runs all checks as a separate command, which may open and repair the store.
pub(crate) async fn alone(patient: Patient<'_>) -> Checkup {
    let paths = patient.paths;
    let loaded = config::load(paths, Timestamp::now());
    let (store, remark) = Store::open(&paths.store, Timestamp::now());
    let disk = Disk::of(paths, &store, &loaded.settings, loaded.remark, remark);
    let app = if disk.running { instance::running_process(paths) } else { None };
    whole(surroundings(patient.hosts, app).await, disk).await
}

/// What the files on the disk say.
struct Disk {
    running: bool,
    clock: Option<i64>,
    settings: Option<Remark>,
    /// The accounts whose keys should be in the keyring; `None` if they are not known.
    accounts: Option<Vec<AccountId>>,
    history: Option<Remark>,
    asks: Vec<Ask>,
}

impl Disk {
    fn of(
        paths: &Paths,
        store: &Store,
        chosen: &Settings,
        settings: Option<Remark>,
        history: Option<Remark>,
    ) -> Self {
        let running = instance::is_running(paths);
        let asks = if running { asks(store, chosen) } else { Vec::new() };
        let accounts = Some(chosen.accounts.iter().map(|account| account.id.clone()).collect());
        Self { running, clock: clock(store, chosen), settings, accounts, history, asks }
    }

    /// The result for a disk that does not answer. Only the running app has a time limit for the disk, so `running` is
    /// true.
    fn hangs() -> Self {
        let history = Some(Remark::StoreBroken { kept_as: None });
        Self { running: true, clock: None, settings: None, accounts: None, history, asks: Vec::new() }
    }
}

async fn whole(surroundings: [Finding; 5], disk: Disk) -> Checkup {
    let system = std::env::consts::OS;
    let app = Finding::App { version: env!("CARGO_PKG_VERSION"), system, running: disk.running };
    let files =
        [Finding::Clock(disk.clock), Finding::Settings(disk.settings), Finding::History(disk.history)];
    let stray = stray_keys(disk.accounts.as_deref()).await.filter(|count| *count > 0).map(Finding::StrayKeys);
    let findings =
        [app, Finding::Display(display())].into_iter().chain(surroundings).chain(stray).chain(files);
    Checkup { findings: findings.collect(), asks: disk.asks }
}

async fn surroundings(hosts: Option<&Hosts>, app: Option<u32>) -> [Finding; 5] {
    let (tray, notices, keyring, global, china) = tokio::join!(
        tray::tray_host(app),
        dbus::notice_service(),
        keyring(),
        network(hosts, Region::Global),
        network(hosts, Region::China)
    );
    [Finding::Tray(tray), Finding::Notices(notices), Finding::Keyring(keyring), global, china]
}

fn display() -> Display {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match () {
        () if !cfg!(target_os = "linux") => Display::System,
        () if is_set("WAYLAND_DISPLAY") => Display::Wayland,
        () if is_set("DISPLAY") => Display::X11,
        () => Display::None,
    }
}

/// Reads a key that cannot exist: a keyring that reports it as missing works.
async fn keyring() -> Option<KeyringTrouble> {
    let nobody = AccountId("00000000-0000-0000-0000-000000000000".to_owned());
    match SystemKeyring::new().get(&nobody, RequestOrigin::Background).await {
        Ok(_) | Err(KeyringTrouble::NoEntry) => None,
        Err(trouble) => Some(trouble),
    }
}

/// Counts the keys that belong to no account, if keyring and settings can be read.
async fn stray_keys(accounts: Option<&[AccountId]>) -> Option<u32> {
    let accounts = accounts?;
    let held = tokio::time::timeout(RequestOrigin::Background.limit(), keyring::accounts_with_keys())
        .await
        .ok()??;
    u32::try_from(held.iter().filter(|id| !accounts.contains(id)).count()).ok()
}

/// Connects to the host without sending anything.
async fn network(hosts: Option<&Hosts>, region: Region) -> Finding {
    let Some(hosts) = hosts else {
        return Finding::Network { region, host: String::new(), reach: Reach::Untried };
    };
    let url = hosts.url(region, Endpoint::TokenPlan);
    let (scheme, rest) = url.split_once("://").unwrap_or(("https", &url));
    let host = rest.split('/').next().unwrap_or_default().to_owned();
    let port = if scheme == "http" { 80 } else { 443 };
    let has_port = host.rsplit_once(':').is_some_and(|(_, p)| p.parse::<u16>().is_ok());
    let address = if has_port { host.clone() } else { format!("{host}:{port}") };
    let connect = tokio::net::TcpStream::connect(&address);
    let reach = match tokio::time::timeout(NETWORK_MAY_TAKE, connect).await {
        Ok(Ok(_)) => Reach::Reached,
        Ok(Err(error)) => Reach::Refused(error.kind().to_string()),
        Err(_) => Reach::Silent,
    };
    Finding::Network { region, host, reach }
}

/// Returns the largest difference between MiniMax's clock and the local clock in the last answers, in seconds.
fn clock(store: &Store, settings: &Settings) -> Option<i64> {
    let kept = settings.accounts.iter().filter_map(|a| {
        let (at, answer) = store.last(&a.id).ok()?.good?;
        let reading = tidemark_core::answer::read(&answer, Endpoint::of(a.kind), a.region, at).ok()?;
        Some(reading.server_time()?.duration_since(at).as_secs())
    });
    kept.max_by_key(|skew| skew.abs())
}

/// Returns when the running app polls next.
fn asks(store: &Store, settings: &Settings) -> Vec<Ask> {
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
