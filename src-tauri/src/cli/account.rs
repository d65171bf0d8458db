//! `tidemark account`: the same key management as in the window.

use std::ffi::OsString;
use std::io::{IsTerminal as _, Write as _};
use std::path::Path;

use clap::{Args, Subcommand};
use serde::Serialize;
use tidemark_core::account::{AccountId, Kind, Region, Tier};

use super::key_input::read_key;
use super::{KindName, Problem, RegionName, block_on, load_settings, now, print, print_json, status};
use crate::Machine;
use crate::accounts::{Admitted, Desk, NewAccount};
use crate::api::Api;
use crate::error::{AppError, Code};
use crate::keyring::SystemKeyring;
use crate::store::Store;

#[derive(Debug, Subcommand)]
pub(super) enum AccountCommand {
    /// List the accounts; never a key.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Add an account; its key is read from standard input.
    Add {
        /// Your name for it.
        name: String,
        /// Your name for the team behind it.
        #[arg(long)]
        team: Option<String>,
        /// The platform; both are asked where it is not given.
        #[arg(long, value_enum)]
        region: Option<RegionName>,
        /// The kind of key; found where it is not given.
        #[arg(long, value_enum)]
        kind: Option<KindName>,
        /// Keep the key without asking MiniMax.
        #[arg(long)]
        unchecked: bool,
        #[command(flatten)]
        surplus: Surplus,
    },
    /// Give an account another name.
    Rename {
        /// Its name.
        name: String,
        /// Its new name.
        new: String,
    },
    /// Replace the key of an account; the new one is read from standard input.
    ReplaceKey {
        /// Its name.
        name: String,
        /// Keep the key without asking MiniMax.
        #[arg(long)]
        unchecked: bool,
        #[command(flatten)]
        surplus: Surplus,
    },
    /// Remove an account and its key.
    Remove {
        /// Its name.
        name: String,
        /// Remove what is kept of its readings too.
        #[arg(long)]
        with_history: bool,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
    /// Say of an account what MiniMax does not, such as its tier.
    Set {
        /// Its name.
        name: String,
        #[arg(help = "What is said: credits, tier, high_speed, balance_below or team")]
        field: String,
        #[arg(
            allow_hyphen_values = true,
            help = "on or off; starter, plus, max, ultra or none; an amount or none; a name or none"
        )]
        value: String,
    },
    /// Name the pay-as-you-go account that takes over while a plan is spent.
    Pair {
        /// The plan account.
        plan: String,
        /// The pay-as-you-go account.
        payg: String,
    },
    /// End a pair.
    Unpair {
        /// The plan account.
        plan: String,
    },
}

/// Arguments after the last one that is known. Most likely one is the key, so none is repeated, whatever it looks like.
#[derive(Args, Debug)]
pub(super) struct Surplus {
    #[arg(hide = true)]
    arguments: Vec<OsString>,
}

impl Surplus {
    fn refuse(&self) -> Result<(), Problem> {
        if self.arguments.is_empty() {
            return Ok(());
        }
        Err(Problem::wrong_use(
            "A key is not taken as an argument, where other programs can see it and your shell remembers it. Give it on standard input, or type it when asked; and consider replacing this one.",
        ))
    }
}

/// An account as `account list` prints it.
#[derive(Debug, Serialize)]
struct Listed<'a> {
    id: &'a AccountId,
    name: &'a str,
    team: Option<&'a str>,
    kind: Kind,
    region: Region,
    state: tidemark_core::report::AccountState,
    last_four: Option<&'a str>,
    unchecked: bool,
    pair: Option<&'a str>,
    credits: bool,
    tier: Option<Tier>,
    high_speed: bool,
    balance_below: Option<String>,
}

pub(super) fn run(machine: Machine, command: AccountCommand) -> Result<u8, Problem> {
    if let AccountCommand::List { json } = command {
        return list(&machine, json);
    }
    let settings = load_settings(&machine);
    let id = |name: &str| {
        let missing = || {
            AppError::new(
                Code::NotFound,
                format!("There is no account {name:?}. `tidemark account list` shows them all."),
            )
        };
        settings.named(name).map(|a| a.id.clone()).ok_or_else(missing)
    };
    let store = machine.paths.store.clone();
    let api =
        Api::new(machine.hosts, Some(&settings.proxy)).map_err(|e| Problem::wrong_use(e.to_string()))?;
    let desk = Desk { api, keyring: SystemKeyring::new(), paths: machine.paths };
    match command {
        AccountCommand::List { .. } => {}
        AccountCommand::Add { name, team, region, kind, unchecked, surplus } => {
            surplus.refuse()?;
            let new = NewAccount {
                name,
                team,
                region: region.map(Into::into),
                kind: kind.map(Into::into),
                unchecked,
            };
            let key = read_key()?;
            noted(&store, &block_on(desk.add(new, &key))?.map_err(with_option)?)?;
        }
        AccountCommand::Rename { name, new } => desk.rename(&id(&name)?, &new)?,
        AccountCommand::ReplaceKey { name, unchecked, surplus } => {
            surplus.refuse()?;
            let id = id(&name)?;
            let key = read_key()?;
            noted(&store, &block_on(desk.replace(&id, &key, unchecked))?.map_err(with_option)?)?;
        }
        AccountCommand::Remove { name, with_history, yes } => {
            let id = id(&name)?;
            let with_history = if yes { with_history } else { confirm(&name, with_history)? };
            let store = Store::open(&store, now()).0;
            // Store the name, so that the readings keep it after the account is removed.
            let _ = store.note(&settings.accounts);
            block_on(desk.remove(&id))??;
            store.forget(&id, with_history).map_err(|e| {
                Problem::other(format!("The account is removed, but not what was kept of it: {e}."))
            })?;
            print(&removed(&name, with_history))?;
        }
        AccountCommand::Set { name, field, value } => {
            desk.set_account(&id(&name)?, &field, &value).map_err(AppError::from)?;
        }
        AccountCommand::Pair { plan, payg } => desk.pair(&id(&plan)?, Some(&id(&payg)?))?,
        AccountCommand::Unpair { plan } => desk.pair(&id(&plan)?, None)?,
    }
    Ok(0)
}

/// Adds the command-line option that corresponds to the window's button.
fn with_option(error: AppError) -> AppError {
    let option = match error.code {
        "offline" => " That is the option --unchecked.",
        _ => "",
    };
    AppError { message: error.message + option, ..error }
}

/// Prints the result, and stores the first reading so that lists show the account's state immediately.
fn noted(store: &Path, admitted: &Admitted) -> Result<(), Problem> {
    let (store, id) = (Store::open(store, now()).0, &admitted.account.id);
    let kept = match &admitted.outcome {
        Some(outcome) => store.keep_outcome(id, now(), outcome, None),
        // What MiniMax said about the former key, including a pause, does not apply to this one.
        None => store.forget(id, false),
    };
    if let Err(error) = kept {
        tracing::debug!(%error, "the first reading could not be kept");
    }
    print(&admitted.sentence())
}

fn list(machine: &Machine, json: bool) -> Result<u8, Problem> {
    let settings = load_settings(machine);
    let report = status::kept(machine, &settings);
    let name_of = |id: &AccountId| settings.account(id).map(|a| a.name.as_str());
    let listed: Vec<Listed<'_>> = settings
        .accounts
        .iter()
        .zip(&report)
        .map(|(account, status)| Listed {
            id: &account.id,
            name: &account.name,
            team: account.team.as_deref(),
            kind: account.kind,
            region: account.region,
            state: status.state,
            last_four: account.last_four.as_deref(),
            unchecked: account.unchecked,
            pair: account.pair.as_ref().and_then(name_of),
            credits: account.has_credits,
            tier: account.tier,
            high_speed: account.high_speed,
            balance_below: account.balance_below.map(|amount| amount.to_string()),
        })
        .collect();
    if json {
        print_json(&serde_json::json!({ "schema": 1, "accounts": listed }))?;
    } else if listed.is_empty() {
        print("There is no account yet. Add one: tidemark account add NAME")?;
    } else {
        print(&listed.iter().map(line).collect::<String>())?;
    }
    Ok(0)
}

fn line(account: &Listed<'_>) -> String {
    let key = account.last_four.map(|four| format!("  ends in {four}")).unwrap_or_default();
    let team = account.team.map(|team| format!("  {team}")).unwrap_or_default();
    let state = tidemark_core::report::state_words(account.state);
    format!("{}  {}  {}{team}{key}  {state}\n", account.name, account.kind.name(), account.region.name())
}

fn removed(name: &str, with_history: bool) -> String {
    if with_history {
        format!("{name} is removed, and so are its key and its history.")
    } else {
        format!("{name} is removed, and so is its key. Its history stays; `tidemark history` shows it.")
    }
}

/// Asks whether to remove the account, and whether to remove its history unless `--with-history` says so.
fn confirm(name: &str, with_history: bool) -> Result<bool, Problem> {
    if !std::io::stdin().is_terminal() {
        return Err(Problem::wrong_use(
            "Removing an account asks first. Add --yes to remove it without a question.",
        ));
    }
    let what = if with_history { "its key and its history" } else { "its key" };
    if !is_yes(&format!("Remove {name} and {what} from this computer? [y/N] "))? {
        return Err(Problem::other("Nothing was removed."));
    }
    Ok(with_history || is_yes("Remove what was read of it until now, too? [y/N] ")?)
}

fn is_yes(question: &str) -> Result<bool, Problem> {
    let mut out = std::io::stderr();
    let _ = write!(out, "{question}");
    let _ = out.flush();
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).map_err(|e| Problem::other(e.to_string()))?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
