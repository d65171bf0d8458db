//! The card of an account.
//!
//! Figures of a plan that no longer exists are not shown, and no text treats old figures as current.

mod actions;
mod failure;
pub(super) mod forecast;
mod key;
mod quiet;
mod sentence;
mod ways;

pub(super) use ways::pair_of;

use super::{Scene, chips, meters};
use crate::account::Kind;
use crate::ahead::Ahead;
use crate::failure::FailureKind;
use crate::level::Level;
use crate::plan::Facts;
use crate::reading::{Percent, Plan, Reading};
use crate::tray::Shape;
use crate::view::Card;
use crate::watched::Watched;
use crate::wording::Wording;

/// Builds the card of an account.
pub(super) fn card(scene: &Scene<'_>, facts: &Facts, account: &Watched) -> Card {
    let wording = scene.wording(account);
    let level = scene.level(account);
    let has_no_plan = account.deciding_failure() == Some(FailureKind::NoActivePlan);
    // Figures of a plan that no longer exists would mislead, and so would a share left of a plan that is used
    // up by now.
    let is_gone = has_no_plan || is_overtaken(scene, account);
    let reading = account.good.as_ref().map(|g| &g.reading).filter(|_| !is_gone);
    let plan = account.plan().filter(|_| !is_gone);
    let (figure, figure_unit, ring) = figure(scene, &wording, account, reading);
    let said = sentence::said(scene, &wording, account, reading);
    let is_spent = scene.own_level(account) == Level::Spent;
    let (key_word, key_tone) = key::key(scene, account);
    Card {
        id: account.account.id.clone(),
        name: account.account.name.clone(),
        kind: account.account.kind,
        region: account.account.region,
        pair: account.account.pair.clone(),
        chips: chips(scene, account),
        last_four: account.account.last_four.clone(),
        team: account.account.team.clone(),
        key_word,
        key_tone,
        level,
        level_word: word_beside(scene, account, has_no_plan, figure.as_deref()),
        shape: Shape::of(level),
        ring,
        figure,
        figure_unit,
        meters: plan.map_or_else(Vec::new, |p| meters::meters(scene, facts, account, p, said.about)),
        sentence: said.sentence,
        outlook: said.outlook,
        quiet: quiet::quiet(scene, facts, &wording, account, reading),
        failure: failure::failure(scene, &wording, account, is_gone),
        stale: account
            .good
            .as_ref()
            .filter(|_| !scene.is_current(account) && reading.is_some())
            .map(|g| scene.words.put("as-of", &[("clock", scene.local_wording().clock(g.at).into())])),
        ways: if is_spent { ways::ways(scene, &wording, account) } else { Vec::new() },
        actions: actions::actions(scene, account, is_spent),
        answers: u32::try_from(account.answers).unwrap_or(u32::MAX),
    }
}

/// The level next to the account's name. Empty if there is no problem, and if the figure or the sentence says
/// it.
fn word_beside(scene: &Scene<'_>, account: &Watched, has_no_plan: bool, figure: Option<&str>) -> String {
    let level = scene.level(account);
    let word = match level {
        _ if has_no_plan => "level-no-plan",
        _ if scene.is_on_credits(account) => "level-credits",
        Level::Good | Level::Unknown => return String::new(),
        // The figure shows the debt, or there is no figure and the failure text explains it.
        Level::Spent if account.owes() || figure.is_none() => return String::new(),
        _ => level_word(level, account),
    };
    let word = scene.words.say(word);
    if figure == Some(word.as_str()) { String::new() } else { word }
}

/// The text id of a level; a balance has no limit, so its `Near` is "low".
pub(super) const fn level_word(level: Level, account: &Watched) -> &'static str {
    match level {
        Level::Near if matches!(account.account.kind, Kind::PayAsYouGo) => "level-low",
        Level::Good => "level-good",
        Level::Near => "level-near",
        Level::Critical => "level-critical",
        Level::Spent => "level-spent",
        Level::Unknown => "level-unknown",
        Level::Trouble => "level-trouble",
    }
}

/// Whether MiniMax reported the plan as used up after a reading with something left.
fn is_overtaken(scene: &Scene<'_>, account: &Watched) -> bool {
    let is_spent = account.deciding_failure() == Some(FailureKind::PlanExhausted);
    let blocking = account.plan().and_then(Plan::headline_row).map(|row| {
        let back = Ahead::of(row, &account.history, scene.now.at).back_at();
        back.is_some_and(|at| at > account.server_now(scene.now.at))
    });
    is_spent && blocking != Some(true)
}

fn figure(
    scene: &Scene<'_>,
    wording: &Wording<'_>,
    account: &Watched,
    reading: Option<&Reading>,
) -> (Option<String>, Option<String>, f64) {
    let level = scene.level(account);
    match reading {
        _ if scene.is_on_credits(account) => (Some(wording.words.say("level-credits")), None, 0.0),
        Some(Reading::Plan(plan)) => {
            let window =
                plan.headline_row().and_then(|r| r.tightest()).filter(|_| !account.has_ended(scene.now.at));
            let Some(window) = window else {
                // A plan without limits shows a full ring.
                return (None, None, if level == Level::Good { 1.0 } else { 0.0 });
            };
            let left = window.quota.metered_left().unwrap_or(Percent::ZERO);
            if level == Level::Spent {
                return (Some(wording.words.say("figure-spent")), None, 0.0);
            }
            let ring = wording.shown(left).fraction();
            (Some(wording.bare_figure(left)), Some(wording.unit(window)), ring)
        }
        Some(Reading::Balance(balance)) => {
            let amount = balance.available.map(|a| wording.balance(a, balance.currency));
            let is_shown = amount.is_some() && !account.owes();
            let unit = is_shown.then(|| wording.words.say("unit-available"));
            let own = crate::level::of_balance(balance, account.account.balance_below);
            let ring = if own == Level::Good { 1.0 } else { 0.0 };
            (amount, unit, ring)
        }
        // If only a status code said that the plan is used up, the failure text explains it.
        None => (None, None, 0.0),
    }
}
