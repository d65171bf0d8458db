//! The sentence of a card: what the figures mean.
//!
//! Of old figures it gives only their age.

use super::forecast;
use crate::ahead::Ahead;
use crate::level::{self, Level};
use crate::present::Scene;
use crate::reading::{Balance, Plan, Quota, Reading, Row, Span};
use crate::spend::{self, Spend};
use crate::watched::Watched;
use crate::wording::Wording;

/// The texts of a card.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Said {
    /// What the figures mean.
    pub(super) sentence: String,
    /// Additional information.
    pub(super) outlook: Option<String>,
    /// The window of the headline row that the forecast is about, so that its meter does not repeat it.
    pub(super) about: Option<Span>,
}

impl Said {
    /// A sentence without additional information.
    pub(super) fn only(sentence: String) -> Self {
        Self { sentence, ..Self::default() }
    }
}

/// The texts for the state of an account.
pub(super) fn said(
    scene: &Scene<'_>,
    wording: &Wording<'_>,
    account: &Watched,
    reading: Option<&Reading>,
) -> Said {
    let words = wording.words;
    if scene.is_on_credits(account) {
        return Said::only(credits(wording, account));
    }
    let Some(good) = account.good.as_ref().filter(|_| reading.is_some()) else {
        let awaited = account.schedule.is_awaiting() && account.failure.is_none();
        return Said::only(match () {
            () if awaited => words.say("say-asking"),
            () if account.failure.is_some() => String::new(),
            () => words.say("say-none-yet"),
        });
    };
    if scene.is_stale(account) {
        let clock = scene.local_wording().clock(good.at);
        return Said::only(words.put("say-stale", &[("clock", clock.into())]));
    }
    match &good.reading {
        Reading::Balance(balance) => {
            let spent = spend::of(account.history.money(), wording.zone, wording.now);
            let outlook = spent.filter(|_| scene.is_current(account));
            let outlook = outlook.and_then(|spent| spent_said(wording, balance, &spent));
            Said { outlook, ..balance_said(wording, account, balance) }
        }
        Reading::Plan(_) if account.has_ended(scene.now.at) => Said::only(words.say("say-waiting")),
        Reading::Plan(plan) => plan_said(scene, wording, account, plan),
    }
}

/// The sentence for a used-up plan with Credits, which take over automatically.
fn credits(wording: &Wording<'_>, account: &Watched) -> String {
    let row = account.plan().and_then(Plan::headline_row);
    let back = row.and_then(|r| Ahead::of(r, &account.history, wording.now).back_at());
    back.filter(|at| *at > wording.now).map_or_else(
        || wording.words.say("say-credits"),
        |at| wording.words.put("say-credits-until", &[("clock", wording.clock(at).into())]),
    )
}

fn balance_said(wording: &Wording<'_>, account: &Watched, balance: &Balance) -> Said {
    let (words, own) = (wording.words, account.account.balance_below);
    Said::only(match (level::of_balance(balance, own), level::crossed_line(balance, own)) {
        (Level::Spent, _) if account.owes() => words.say("say-balance-owed"),
        (Level::Spent, _) => words.say("say-balance-empty"),
        (Level::Near, Some(line)) => {
            words.put("say-balance-alert", &[("line", wording.money(line, balance.currency).into())])
        }
        (Level::Good, _) => words.say("say-balance-good"),
        (Level::Near | Level::Critical | Level::Unknown | Level::Trouble, _) => {
            words.say("say-balance-unknown")
        }
    })
}

/// Spending today, average spending per day, and how many days the balance lasts at that rate.
fn spent_said(wording: &Wording<'_>, balance: &Balance, spent: &Spend) -> Option<String> {
    let words = wording.words;
    let today = ("today", wording.money(spent.today, balance.currency).into());
    let Some(per_day) = spent.per_day.filter(|day| !day.is_zero()) else {
        return (!spent.today.is_zero()).then(|| words.put("outlook-spent-today", &[today]));
    };
    let day = ("day", wording.money(per_day, balance.currency).into());
    Some(match spent.days_left {
        Some(days) => words.put("outlook-spent-days", &[today, day, ("days", days.into())]),
        None => words.put("outlook-spent", &[today, day]),
    })
}

fn plan_said(scene: &Scene<'_>, wording: &Wording<'_>, account: &Watched, plan: &Plan) -> Said {
    let words = wording.words;
    let level = scene.level(account);
    // While the account itself has a problem, the last good figures are not interpreted.
    if level == Level::Trouble {
        return Said::default();
    }
    let row = plan.headline_row();
    let Some((row, window)) = row.and_then(|r| Some((r, r.tightest()?))) else {
        return Said::only(words.say(unmetered(plan)));
    };
    let ahead = Ahead::of(row, &account.history, wording.now);
    if level == Level::Spent {
        let told = scene.settings.notices && scene.settings.notice_back;
        let outlook = told.then(|| words.say("outlook-told"));
        return Said { sentence: spent(scene, wording, account, row), outlook, about: None };
    }
    if let Some(said) = forecast::said(wording, &ahead, window, level).filter(|_| scene.is_current(account)) {
        return said;
    }
    let (with_time, without, rolling) = match level {
        Level::Good | Level::Unknown | Level::Trouble | Level::Spent => {
            ("say-good-reset", "say-good", "say-good-rolling")
        }
        Level::Near => ("say-near-reset", "say-near", "say-near-rolling"),
        Level::Critical => ("say-critical-reset", "say-critical", "say-critical-rolling"),
    };
    Said::only(match window.resets_at {
        _ if ahead.is_rolling(window) => words.say(rolling),
        Some(at) => {
            words.put(with_time, &[("at", wording.at(at).into()), ("span", wording.until(at).into())])
        }
        None => words.say(without),
    })
}

/// Why no window of a plan is metered.
fn unmetered(plan: &Plan) -> &'static str {
    let row = plan.headline_row();
    match row {
        Some(row) if row.windows.iter().any(|w| w.quota == Quota::Unlimited) => "say-good-unlimited",
        Some(row) if row.is_not_in_plan() => "say-not-in-plan",
        None if !plan.rows.is_empty() => "say-not-in-plan",
        Some(_) | None => "say-rows-unknown",
    }
}

/// That nothing is left, until when, and what can take over.
fn spent(scene: &Scene<'_>, wording: &Wording<'_>, account: &Watched, row: &Row) -> String {
    let words = wording.words;
    let ahead = Ahead::of(row, &account.history, wording.now);
    // MiniMax may report a plan as used up although its older figures had a share left.
    let Some(blocking) = ahead.blocking() else { return words.say("say-spent") };
    let back = ahead.back_at().filter(|at| *at > wording.now);
    let short = row.window(Span::Interval).filter(|_| blocking.span == Span::Weekly);
    // The week is used up but the short window is not: the bar of the short window alone would mislead.
    let roomy = short.and_then(|w| Some((w, w.quota.metered_left().filter(|l| !l.is_zero())?)));
    match (back, roomy) {
        (Some(at), Some((short, left))) => words.put(
            "say-blocked-week",
            &[
                ("clock", wording.clock(at).into()),
                ("window", wording.window(short).into()),
                ("figure", wording.figure(left).into()),
            ],
        ),
        (Some(at), None) if ahead.is_rolling(blocking) => {
            words.put("say-spent-rolling-from", &[("clock", wording.clock(at).into())])
        }
        (None, _) if ahead.is_rolling(blocking) => words.say("say-spent-rolling"),
        (Some(at), None) => match super::ways::usable_pair(scene, account) {
            Some(pair) => words.put(
                "say-spent-back-pair",
                &[("at", wording.at(at).into()), ("pair", pair.account.name.clone().into())],
            ),
            None => words.put("say-spent-back", &[("at", wording.at(at).into())]),
        },
        (None, _) => words.say("say-spent"),
    }
}
