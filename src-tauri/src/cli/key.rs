//! `tidemark key`: the key to use now, for tools that run a command to get theirs.
//!
//! This is the only place that writes a key to standard output. It fails while the setting for it is off, and on a
//! terminal without `--show`.

use std::io::{IsTerminal as _, Write as _};

use clap::Args;
use secrecy::zeroize::Zeroizing;
use tidemark_core::account::{Account, Kind};
use tidemark_core::handover::{Reason, Use, Useless};
use tidemark_core::message::KeyringTrouble;
use tidemark_core::settings::Settings;

use super::output::{complain, written};
use super::{Problem, block_on, load_settings, now};
use crate::api::Api;
use crate::error::AppError;
use crate::handover::{LIMITS, NoChoice, Switch};
use crate::key::ApiKey;
use crate::keyring::{KeyStore, RequestOrigin, SystemKeyring};
use crate::store::Store;
use crate::{Machine, instance};

#[derive(Debug, Args)]
pub(super) struct KeyArgs {
    /// Of this account; needed where there is more than one plan.
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// Print it on a terminal too.
    #[arg(long)]
    show: bool,
}

pub(super) fn run(machine: Machine, args: &KeyArgs) -> Result<u8, Problem> {
    let settings = load_settings(&machine);
    if !settings.key_command {
        return Err(Problem::other(
            "Printing keys is switched off. Switch it on with `tidemark settings set key_command true`.",
        ));
    }
    let is_seen = std::io::stdout().is_terminal();
    if is_seen && !args.show {
        return Err(Problem::wrong_use(
            "A key is not printed on a terminal, where others may read it. Add --show to print it all the same.",
        ));
    }
    let account = wanted(&settings, args.account.as_deref())?;
    // A keyring dialog helps only if a user is at the terminal.
    let origin = if is_seen { RequestOrigin::User } else { RequestOrigin::Background };
    let keyring = SystemKeyring::new();
    let key = block_on(key_of(machine, &settings, account, &keyring, origin))??;
    hand_over(&key)?;
    Ok(0)
}

/// Returns the account to use: the named one, else the only plan, else the only account.
fn wanted<'a>(settings: &'a Settings, name: Option<&str>) -> Result<&'a Account, Problem> {
    if let Some(name) = name {
        return settings.named(name).ok_or_else(|| {
            Problem::wrong_use(format!(
                "There is no account {name:?}. `tidemark account list` shows them all."
            ))
        });
    }
    let plans: Vec<&Account> = settings.accounts.iter().filter(|a| a.kind == Kind::TokenPlan).collect();
    match (plans.as_slice(), settings.accounts.as_slice()) {
        (_, []) => Err(Problem::wrong_use("There is no account yet. Add one: tidemark account add NAME")),
        ([plan], _) => Ok(plan),
        (_, [only]) => Ok(only),
        _ => {
            let names: Vec<String> = settings.accounts.iter().map(|a| format!("{:?}", a.name)).collect();
            Err(Problem::wrong_use(format!("Say whose key with --account: there are {}.", names.join(", "))))
        }
    }
}

async fn key_of(
    machine: Machine,
    settings: &Settings,
    account: &Account,
    keyring: &SystemKeyring,
    origin: RequestOrigin,
) -> Result<ApiKey, Problem> {
    let own = async || keyring.get(&account.id, origin).await.map_err(unreadable);
    if account.kind == Kind::PayAsYouGo {
        return own().await;
    }
    let pair = account
        .pair
        .as_ref()
        .and_then(|id| settings.account(id))
        .filter(|paired| paired.kind == Kind::PayAsYouGo);
    // A paired account that was removed counts as none.
    let plan = Account { pair: pair.map(|paired| paired.id.clone()), ..account.clone() };
    let api =
        Api::new(machine.hosts, Some(&settings.proxy)).map_err(|e| Problem::wrong_use(e.to_string()))?;
    let switch = Switch {
        api: api.with_limits(LIMITS),
        keyring,
        paths: &machine.paths,
        store: Store::open(&machine.paths.store, now()).0,
        settings,
        app_runs: instance::is_running(&machine.paths),
        origin,
    };
    let choice = switch.choose(&plan).await.map_err(|why| no_choice(account, why))?;
    match (choice.takes, pair) {
        (Use::Paired, Some(paired)) => match keyring.get(&paired.id, origin).await {
            Err(KeyringTrouble::NoEntry) => {
                complain(&format!(
                    "The plan is used up, and the keyring holds no key for {:?}; this is the plan's key.",
                    paired.name
                ));
                own().await
            }
            other => other.map_err(unreadable),
        },
        (Use::Paired, None) | (Use::Plan, _) => {
            if choice.reason == Reason::NoPair {
                complain(&format!(
                    "The plan is used up and nothing takes over; this is the plan's key. Pair an account with `tidemark account pair {:?} NAME`.",
                    account.name
                ));
            }
            own().await
        }
    }
}

fn no_choice(account: &Account, why: NoChoice) -> Problem {
    let name = &account.name;
    match why {
        NoChoice::Keyring(trouble) => unreadable(trouble),
        NoChoice::Useless(Useless::Refused) => Problem::refused(format!(
            "MiniMax refuses the key of {name:?}. Replace it with `tidemark account replace-key {name:?}`."
        )),
        NoChoice::Useless(Useless::NoPlan) => Problem::refused(format!(
            "There is no active plan behind {name:?}. Renew it on MiniMax's pages, or name a pay-as-you-go account."
        )),
    }
}

fn unreadable(trouble: KeyringTrouble) -> Problem {
    AppError::from(trouble).into()
}

/// Writes the key and a line break in one call: a complete line is not held in the buffer of standard output.
fn hand_over(key: &ApiKey) -> Result<(), Problem> {
    let mut line = Zeroizing::new(Vec::with_capacity(key.expose().len() + 1));
    line.extend_from_slice(key.expose().as_bytes());
    line.push(b'\n');
    written(std::io::stdout().lock().write_all(&line))
}
