//! `tidemark status`: one reading of every account and what it means.

use std::sync::Arc;

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use serde_json::json;
use tidemark_core::account::{Account, Kind};
use tidemark_core::answer;
use tidemark_core::endpoint::Endpoint;
use tidemark_core::failure::{Failure, FailureKind};
use tidemark_core::monitor::stale_after;
use tidemark_core::reading::Reading;
use tidemark_core::report::{self, AccountState, AccountStatus, SCHEMA, StatusReport, state_words};
use tidemark_core::schedule::BETWEEN_CLICKS;
use tidemark_core::settings::Settings;
use tidemark_core::watched::{self, Kept, Watched};
use tokio::task::JoinSet;

use super::{Problem, block_on, load_settings, now, print, print_json};
use crate::accounts::Desk;
use crate::api::Api;
use crate::keyring::{KeyStore as _, RequestOrigin, SystemKeyring};
use crate::store::Store;
use crate::{Machine, controller, instance, zone};

#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    /// Only this account.
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// Ask MiniMax now, also when the running app has asked a moment ago.
    #[arg(long)]
    fresh: bool,
    /// Print JSON.
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// How to print it.
    #[arg(long, value_enum, default_value = "plain")]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Lines to read.
    Plain,
    /// One line of Waybar's custom-module JSON.
    Waybar,
    /// A few characters for tmux's status line.
    Tmux,
}

pub(super) fn run(machine: Machine, args: &StatusArgs) -> Result<u8, Problem> {
    let settings = load_settings(&machine);
    let wanted: Vec<Account> = match &args.account {
        None => settings.accounts.clone(),
        Some(name) => {
            let missing = || {
                Problem::wrong_use(format!(
                    "There is no account {name:?}. `tidemark account list` shows them all."
                ))
            };
            vec![settings.named(name).cloned().ok_or_else(missing)?]
        }
    };
    let accounts = read(machine, &settings, &wanted, args.fresh)?;
    let report = StatusReport { schema: SCHEMA, at: now(), accounts };
    match args.format {
        _ if args.json => print_json(&report)?,
        Format::Plain => print(&plain(&report))?,
        Format::Waybar => print(&waybar(&report).to_string())?,
        Format::Tmux => print(&short(&report))?,
    }
    Ok(report::exit_code(&report))
}

/// Returns the statuses from the stored readings, without querying MiniMax.
pub(super) fn kept(machine: &Machine, settings: &Settings) -> Vec<AccountStatus> {
    let store = Store::open(&machine.paths.store, now()).0;
    let of = |account: &Account| judge(account, &controller::kept(&store, &account.id, now()), settings);
    settings.accounts.iter().map(of).collect()
}

/// Returns the stored readings that are younger than the poll interval while the app runs, and queries MiniMax for all
/// others. While MiniMax asks for a pause, only `--fresh` queries; if MiniMax has repeated the pause, `--fresh` queries
/// at most once a minute, as clicks in the window do.
fn read(
    machine: Machine,
    settings: &Settings,
    accounts: &[Account],
    fresh: bool,
) -> Result<Vec<AccountStatus>, Problem> {
    let store = Store::open(&machine.paths.store, now()).0;
    let app_runs = instance::is_running(&machine.paths);
    let api =
        Api::new(machine.hosts, Some(&settings.proxy)).map_err(|e| Problem::wrong_use(e.to_string()))?;
    let desk = Arc::new(Desk { api, keyring: SystemKeyring::new(), paths: machine.paths });
    let mut known: Vec<Kept> = accounts.iter().map(|a| controller::kept(&store, &a.id, now())).collect();
    let pauses: Vec<Option<Timestamp>> = accounts
        .iter()
        .zip(&known)
        .map(|(account, kept)| Watched::new(account.clone(), kept.clone(), now()).pause_until(now()))
        .collect();
    let has_repeated_itself = |kept: &Kept| kept.failure.is_some_and(|(_, f)| f.is_repeated_pause);
    let is_asked = |i: &usize| match pauses[*i] {
        Some(_) if has_repeated_itself(&known[*i]) => {
            fresh && !known[*i].is_younger_than(BETWEEN_CLICKS, now())
        }
        Some(_) => fresh,
        None => fresh || !app_runs || !known[*i].is_younger_than(settings.interval(), now()),
    };
    let asked: Vec<usize> = (0..accounts.len()).filter(is_asked).collect();
    let answers = block_on(async {
        let mut asks = JoinSet::new();
        for i in asked {
            let (desk, account) = (Arc::clone(&desk), accounts[i].clone());
            asks.spawn(async move { (i, ask(&desk, &account).await) });
        }
        asks.join_all().await
    })?;
    if !answers.is_empty()
        && let Err(error) = store.note(&settings.accounts)
    {
        tracing::debug!(%error, "the accounts could not be stored");
    }
    for (i, outcome) in answers {
        let at = now();
        let outcome = outcome.map_err(|failure| failure.within_pause(pauses[i], at));
        if let Err(error) = store.keep_outcome(&accounts[i].id, at, &outcome, None) {
            tracing::debug!(%error, "the reading could not be kept");
        }
        match outcome {
            Ok(answer) => {
                let mut history = std::mem::take(&mut known[i].history);
                if let Ok(reading) = watched::read(&answer, &accounts[i], at) {
                    let changes = history.take(&reading, watched::server_time(&reading, at));
                    if let Err(error) = store.keep_history(&accounts[i].id, &changes) {
                        tracing::debug!(%error, "the reading could not be stored in the history");
                    }
                }
                known[i] = Kept { good: Some((at, answer)), failure: None, history, next: None };
            }
            Err(failure) => known[i].failure = Some((at, failure)),
        }
    }
    Ok(accounts.iter().zip(&known).map(|(account, kept)| judge(account, kept, settings)).collect())
}

/// Queries MiniMax once; returns the answer only if it is a reading.
async fn ask(desk: &Desk<SystemKeyring>, account: &Account) -> Result<answer::Answer, Failure> {
    let endpoint = Endpoint::of(account.kind);
    let key = desk.keyring.get(&account.id, RequestOrigin::Background).await.map_err(|trouble| {
        tracing::debug!(?trouble, "the key could not be read");
        Failure::new(FailureKind::Keyring)
    })?;
    let answer = desk.api.ask(&key, account.region, endpoint).await?;
    answer::read(&answer, endpoint, account.region, now()).map(|_| answer)
}

fn judge(account: &Account, kept: &Kept, settings: &Settings) -> AccountStatus {
    let good = kept.good.as_ref();
    let reading: Option<(Timestamp, Reading)> =
        good.and_then(|(at, answer)| watched::read(answer, account, *at).ok().map(|reading| (*at, reading)));
    // The remaining pause, not the full length that MiniMax named then.
    let failure = kept.failure.map(|(at, failure)| (at, failure.remaining(at, now())));
    report::account_status(
        account,
        reading.as_ref().map(|(at, reading)| (at, reading)),
        failure.as_ref().map(|(at, failure)| (at, failure)),
        &kept.history,
        settings.thresholds(),
        stale_after(settings),
        now(),
    )
}

const fn state_name(state: AccountState) -> &'static str {
    match state {
        AccountState::Good => "good",
        AccountState::Near => "near",
        AccountState::Exhausted => "exhausted",
        AccountState::NoPlan => "no_plan",
        AccountState::Refused => "refused",
        AccountState::Stale => "stale",
        AccountState::Unknown => "unknown",
    }
}

fn plain(report: &StatusReport) -> String {
    if report.accounts.is_empty() {
        return "There is no account yet. Add one: tidemark account add NAME".to_owned();
    }
    report::plain_status(report, &zone::current())
}

/// Formats one account in a few characters.
fn figure(account: &AccountStatus) -> String {
    match (&account.headline, &account.balance) {
        (Some(headline), _) => format!("{}%", headline.remaining_percent.0),
        (None, Some(balance)) => {
            balance.available.map_or_else(|| "?".to_owned(), |a| format!("{a} {}", balance.currency))
        }
        (None, None) if account.kind == Kind::TokenPlan && account.state == AccountState::Good => {
            "∞".to_owned()
        }
        (None, None) => state_words(account.state).to_owned(),
    }
}

/// Returns the account that decides the short formats: the highest exit code, then the least remaining.
fn worst(report: &StatusReport) -> Option<&AccountStatus> {
    let code = |account: &&AccountStatus| {
        let alone = StatusReport { schema: SCHEMA, at: report.at, accounts: vec![(*account).clone()] };
        report::exit_code(&alone)
    };
    let left = |account: &&AccountStatus| account.headline.as_ref().map(|h| h.remaining_percent.0);
    // An account with a plan wins over a balance that is fine, because a balance has no percentage.
    report.accounts.iter().max_by_key(|a| (code(a), a.headline.is_some(), std::cmp::Reverse(left(a))))
}

fn short(report: &StatusReport) -> String {
    worst(report).map_or_else(|| "no key".to_owned(), figure)
}

/// Waybar parses both texts as markup, and an account may be named "R&D".
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn waybar(report: &StatusReport) -> serde_json::Value {
    let Some(worst) = worst(report) else {
        return json!({ "text": "no key", "tooltip": "Tidemark: no account yet", "class": "unknown", "percentage": 0 });
    };
    let left = worst.headline.as_ref().map_or(0, |h| h.remaining_percent.0.whole());
    json!({
        "text": escaped(&figure(worst)),
        "tooltip": escaped(plain(report).trim_end()),
        "class": state_name(worst.state),
        "percentage": left,
    })
}
