//! `tidemark speed`: measures once how fast a model answers.

use std::io::{IsTerminal as _, Write as _};

use clap::Args;
use serde::Serialize;
use tidemark_core::account::{Account, Kind};
use tidemark_core::report::SCHEMA;
use tidemark_core::settings::Settings;
use tidemark_core::speed::{self, End, Measured};
use tidemark_core::text::{Tongue, Words};
use tidemark_core::watched::Watched;

use super::{Problem, block_on, load_settings, now, print, print_json};
use crate::Machine;
use crate::accounts::Desk;
use crate::api::Api;
use crate::keyring::SystemKeyring;
use crate::store::Store;

#[derive(Debug, Args)]
pub(super) struct SpeedArgs {
    /// The account to measure, where there are several.
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// The model; the plan's usual one where none is given.
    #[arg(long, value_name = "M")]
    model: Option<String>,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// The measurement in JSON.
#[derive(Debug, Serialize)]
struct Told<'a> {
    schema: u32,
    at: jiff::Timestamp,
    account: &'a str,
    model: &'a str,
    tokens_per_second: Option<f64>,
    output_tokens: Option<u64>,
    seconds: f64,
    time_to_first_token_seconds: f64,
    complete: bool,
}

pub(super) fn run(machine: Machine, args: &SpeedArgs) -> Result<u8, Problem> {
    let settings = load_settings(&machine);
    let account = chosen(&settings, args.account.as_deref())?.clone();
    let model = args.model.as_deref().unwrap_or_else(|| speed::usual_model(&account));
    if !speed::is_model_name(model) {
        return Err(Problem::wrong_use("This is no name of a model. Write it as MiniMax-M2.7."));
    }
    let words = Words::new(Tongue::English);
    let kept = Store::open(&machine.paths.store, now()).0.last(&account.id).unwrap_or_default();
    let standing = speed::standing(&Watched::new(account.clone(), kept, now()), &settings, now());
    if !standing.is_spent {
        agree(&speed::cost(&words, account.kind, model), args.yes)?;
    }
    let api =
        Api::new(machine.hosts, Some(&settings.proxy)).map_err(|e| Problem::wrong_use(e.to_string()))?;
    let desk = Desk { api, keyring: SystemKeyring::new(), paths: machine.paths };
    let measured = block_on(desk.measure(standing, model, &settings, &words))??;
    let sentence = speed::result(&words, &measured, model);
    if args.json {
        print_json(&told(&measured, &account, model))?;
    } else if measured.tokens_per_second().is_some() && measured.end == End::Whole {
        print(&sentence)?;
    }
    match (measured.end, measured.tokens_per_second()) {
        (End::Whole, Some(_)) => Ok(0),
        (End::Whole, None) => Err(Problem::other(sentence)),
        (End::Broken(_) | End::Endless, _) => Err(Problem { code: 6, message: sentence }),
    }
}

/// Returns the account to measure: the named one, the only one, or the only plan.
fn chosen<'a>(settings: &'a Settings, name: Option<&str>) -> Result<&'a Account, Problem> {
    if let Some(name) = name {
        return settings.named(name).ok_or_else(|| {
            Problem::wrong_use(format!(
                "There is no account {name:?}. `tidemark account list` shows them all."
            ))
        });
    }
    let mut plans = settings.accounts.iter().filter(|a| a.kind == Kind::TokenPlan);
    match (settings.accounts.as_slice(), plans.next(), plans.next()) {
        ([], ..) => Err(Problem::wrong_use("There is no account yet. Add one: tidemark account add NAME")),
        ([only], ..) => Ok(only),
        (_, Some(plan), None) => Ok(plan),
        _ => Err(Problem::wrong_use("There are several accounts. Name the one to measure with --account.")),
    }
}

/// Prints the cost, and asks whether to go ahead.
fn agree(cost: &str, yes: bool) -> Result<(), Problem> {
    let mut out = std::io::stderr();
    if yes {
        let _ = writeln!(out, "{cost}");
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        return Err(Problem::wrong_use(format!("{cost} Add --yes to measure without a question.")));
    }
    let _ = write!(out, "{cost} Measure now? [y/N] ");
    let _ = out.flush();
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).map_err(|e| Problem::other(e.to_string()))?;
    if matches!(answer.trim(), "y" | "Y" | "yes") {
        return Ok(());
    }
    Err(Problem::other("Nothing was measured."))
}

fn told<'a>(measured: &Measured, account: &'a Account, model: &'a str) -> Told<'a> {
    Told {
        schema: SCHEMA,
        at: now(),
        account: &account.name,
        model,
        tokens_per_second: measured.tokens_per_second().map(tenths),
        output_tokens: measured.output_tokens,
        seconds: measured.span.as_secs_f64(),
        time_to_first_token_seconds: measured.to_first.as_secs_f64(),
        complete: measured.end == End::Whole,
    }
}

/// Rounds to one decimal: a single request is not more precise.
fn tenths(rate: f64) -> f64 {
    (rate * 10.0).round() / 10.0
}
