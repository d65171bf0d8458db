//! The card of an account.

use jiff::SignedDuration;

use super::{Scene, chips, meters};
use crate::account::Kind;
use crate::failure::{Failure, FailureKind};
use crate::level::{self, Level};
use crate::reading::{Balance, Note, Percent, Plan, Reading};
use crate::tray::Shape;
use crate::view::{BannerAction, Card, CardFailure, Does, Link, Tone, Way};
use crate::watched::Watched;
use crate::wording::Wording;

/// Gives the card of an account.
pub(super) fn card(scene: &Scene<'_>, account: &Watched) -> Card {
    let wording = scene.wording(account);
    let level = scene.level(account);
    let has_no_plan = account.deciding_failure() == Some(FailureKind::NoActivePlan);
    // Figures of a plan that is gone would only mislead.
    let reading = account.good.as_ref().map(|g| &g.reading).filter(|_| !has_no_plan);
    let plan = account.plan().filter(|_| !has_no_plan);
    let (figure, figure_unit, ring) = figure(&wording, account, reading, level, scene.now.at);
    let is_old = account.failure.is_some() || scene.is_stale(account);
    Card {
        id: account.account.id.clone(),
        name: account.account.name.clone(),
        kind: account.account.kind,
        region: account.account.region,
        pair: account.account.pair.clone(),
        chips: chips(scene, account),
        last_four: account.account.last_four.clone(),
        level,
        level_word: scene.words.say(if has_no_plan { "level-no-plan" } else { level_word(level) }),
        shape: Shape::of(level),
        ring,
        figure,
        figure_unit,
        sentence: sentence(scene, &wording, account, reading, level),
        outlook: None,
        meters: plan.map_or_else(Vec::new, |p| meters::meters(scene, account, p)),
        quiet: quiet(&wording, reading),
        failure: account.failure.map(|(_, f)| failure(&wording, account, &f)),
        stale: account
            .good
            .as_ref()
            .filter(|_| is_old && reading.is_some())
            .map(|g| scene.words.put("as-of", &[("clock", scene.local_wording().clock(g.at).into())])),
        ways: if level == Level::Spent { ways(scene, &wording, account) } else { Vec::new() },
        actions: Vec::new(),
    }
}

/// Names a level.
pub(super) const fn level_word(level: Level) -> &'static str {
    match level {
        Level::Good => "level-good",
        Level::Near => "level-near",
        Level::Critical => "level-critical",
        Level::Spent => "level-spent",
        Level::Unknown => "level-unknown",
        Level::Trouble => "level-trouble",
    }
}

fn figure(
    wording: &Wording<'_>,
    account: &Watched,
    reading: Option<&Reading>,
    level: Level,
    now: jiff::Timestamp,
) -> (Option<String>, Option<String>, f64) {
    match reading {
        Some(Reading::Plan(plan)) => {
            let window = plan.headline_row().and_then(|r| r.tightest()).filter(|_| !account.has_ended(now));
            let Some(window) = window else { return (None, None, 0.0) };
            let left = window.quota.metered_left().unwrap_or(Percent::ZERO);
            if level == Level::Spent {
                return (Some(wording.words.say("figure-spent")), None, 0.0);
            }
            let ring = wording.shown(left).fraction();
            (Some(wording.bare_figure(left)), Some(wording.unit(window)), ring)
        }
        Some(Reading::Balance(balance)) => {
            let amount = balance.available.map(|a| wording.money(a, balance.currency));
            let unit = amount.is_some().then(|| wording.words.say("unit-available"));
            let ring = if level::of_balance(balance) == Level::Good { 1.0 } else { 0.0 };
            (amount, unit, ring)
        }
        None if level == Level::Spent => (Some(wording.words.say("figure-spent")), None, 0.0),
        None => (None, None, 0.0),
    }
}

fn sentence(
    scene: &Scene<'_>,
    wording: &Wording<'_>,
    account: &Watched,
    reading: Option<&Reading>,
    level: Level,
) -> String {
    let words = wording.words;
    let Some(good) = account.good.as_ref().filter(|_| reading.is_some()) else {
        let awaited = account.schedule.is_awaiting() && account.failure.is_none();
        return match () {
            () if awaited => words.say("say-asking"),
            () if account.failure.is_some() => String::new(),
            () => words.say("say-none-yet"),
        };
    };
    if scene.is_stale(account) {
        let clock = scene.local_wording().clock(good.at);
        return words.put("say-stale", &[("clock", clock.into())]);
    }
    match &good.reading {
        Reading::Balance(balance) => balance_sentence(wording, balance),
        Reading::Plan(_) if account.has_ended(scene.now.at) => words.say("say-waiting"),
        Reading::Plan(plan) => plan_sentence(wording, plan, level),
    }
}

fn balance_sentence(wording: &Wording<'_>, balance: &Balance) -> String {
    let words = wording.words;
    match (level::of_balance(balance), balance.alert_below) {
        (Level::Spent, _) => words.say("say-balance-empty"),
        (Level::Near, Some(line)) => {
            words.put("say-balance-alert", &[("line", wording.money(line, balance.currency).into())])
        }
        (Level::Near, None) => words.say("say-balance-low"),
        (Level::Good, _) => words.say("say-balance-good"),
        (Level::Critical | Level::Unknown | Level::Trouble, _) => words.say("say-balance-unknown"),
    }
}

fn plan_sentence(wording: &Wording<'_>, plan: &Plan, level: Level) -> String {
    let words = wording.words;
    let row = plan.headline_row();
    let Some(window) = row.and_then(|r| r.tightest()) else {
        let unlimited =
            row.is_some_and(|r| r.windows.iter().any(|w| w.quota == crate::reading::Quota::Unlimited));
        return words.say(if unlimited { "say-good-unlimited" } else { "say-rows-unknown" });
    };
    let moment = match level {
        Level::Spent => row.and_then(level::blocked_until),
        _ => window.resets_at,
    };
    let (with_time, without) = match level {
        Level::Good | Level::Unknown | Level::Trouble => ("say-good-reset", "say-good"),
        Level::Near => ("say-near-reset", "say-near"),
        Level::Critical => ("say-critical-reset", "say-critical"),
        Level::Spent => ("say-spent-back", "say-spent"),
    };
    // What the last good figures mean is not said while something is wrong with the account itself.
    if level == Level::Trouble {
        return String::new();
    }
    moment.map_or_else(
        || words.say(without),
        |at| words.put(with_time, &[("at", wording.at(at).into()), ("span", wording.until(at).into())]),
    )
}

fn quiet(wording: &Wording<'_>, reading: Option<&Reading>) -> Vec<String> {
    let words = wording.words;
    match reading {
        None => Vec::new(),
        Some(Reading::Balance(balance)) => {
            let parts = [
                ("quiet-cash", balance.cash),
                ("quiet-voucher", balance.voucher),
                ("quiet-credit", balance.credit),
                ("quiet-owed", balance.owed),
            ];
            parts
                .into_iter()
                .filter_map(|(id, amount)| amount.filter(|a| !a.is_zero()).map(|a| (id, a)))
                .map(|(id, a)| words.put(id, &[("amount", wording.money(a, balance.currency).into())]))
                .collect()
        }
        Some(Reading::Plan(plan)) => {
            let absent = plan.rows.iter().filter(|r| r.is_not_in_plan());
            let remarks = plan.notes.iter().filter_map(|note| match note {
                Note::StatusContradictsShare => Some("quiet-contradiction"),
                Note::DirectionGuessed => Some("quiet-guessed"),
                Note::RowSentTwice => Some("quiet-sent-twice"),
                Note::CountLeftOut | Note::RowLeftOut => None,
            });
            absent
                .map(|r| words.put("row-not-in-plan", &[("row", wording.row(r).into())]))
                .chain(remarks.map(|id| words.say(id)))
                .collect()
        }
    }
}

fn failure(wording: &Wording<'_>, account: &Watched, failure: &Failure) -> CardFailure {
    let words = wording.words;
    let name = failure.kind.name();
    let title = words.say(&format!("failure-{name}"));
    let number =
        |id: &str, code: String| words.put(id, &[("title", title.clone().into()), ("code", code.into())]);
    let shows_number = matches!(failure.kind, FailureKind::Other | FailureKind::ServerError);
    let title = match (failure.code, failure.http_status) {
        (Some(code), _) if shows_number => number("failure-code", code.to_string()),
        (None, Some(status)) if shows_number => number("failure-http", status.to_string()),
        _ => title,
    };
    let body = words.say(&format!("failure-{name}-body"));
    let wait =
        failure.retry_after.and_then(|d| SignedDuration::try_from(d).ok()).filter(|d| d.as_secs() >= 60);
    let body = match wait {
        Some(wait) => {
            words.put("failure-wait", &[("span", wording.span(wait).into()), ("body", body.into())])
        }
        None => body,
    };
    let tone = match level::of_failure(failure.kind) {
        Some(Level::Trouble) => Tone::Trouble,
        Some(_) => Tone::Info,
        None => Tone::Warning,
    };
    CardFailure { kind: name.to_owned(), tone, title, body, action: remedy(wording, account, failure.kind) }
}

fn remedy(wording: &Wording<'_>, account: &Watched, kind: FailureKind) -> Option<BannerAction> {
    let action = |label: &str, does| Some(BannerAction { label: wording.words.say(label), does });
    match kind {
        FailureKind::KeyRejected | FailureKind::KeyRejectedOrWrongRegion => {
            action("do-replace-key", Does::ReplaceKey { account: account.account.id.clone() })
        }
        FailureKind::NoActivePlan => {
            action("do-open-plans", Does::OpenLink { link: Link::Plan, region: account.account.region })
        }
        FailureKind::Keyring => action("do-try-again", Does::RetryKeyring),
        // While MiniMax asks for a pause, a button to ask again would be bad advice.
        FailureKind::RateLimited => None,
        FailureKind::NoData
        | FailureKind::PlanExhausted
        | FailureKind::ServerError
        | FailureKind::Blocked
        | FailureKind::EndpointMissing
        | FailureKind::RedirectRefused
        | FailureKind::Unreadable
        | FailureKind::Other
        | FailureKind::Offline
        | FailureKind::Timeout
        | FailureKind::Tls => action("do-check-now", Does::CheckNow),
    }
}

/// Gives the FAQ's ways on, each doable from here.
fn ways(scene: &Scene<'_>, wording: &Wording<'_>, account: &Watched) -> Vec<Way> {
    let words = wording.words;
    let region = account.account.region;
    let open =
        |link| Some(BannerAction { label: words.say("way-open"), does: Does::OpenLink { link, region } });
    let way = |title: &str, body: String, aside: String, action| Way {
        title: words.say(title),
        body,
        aside,
        action,
        also: None,
    };
    if account.account.kind == Kind::PayAsYouGo {
        return vec![way("way-open", words.say("notice-empty-body"), String::new(), open(Link::Balance))];
    }
    let back = account.plan().and_then(Plan::headline_row).and_then(level::blocked_until);
    let wait = match (back, account.headline()) {
        (Some(at), Some((_, window))) => way(
            "way-wait",
            words.put(
                "way-wait-body",
                &[("window", wording.window(window).into()), ("clock", wording.clock(at).into())],
            ),
            wording.until(at),
            None,
        ),
        _ => way("way-wait", words.say("way-wait-unknown"), String::new(), None),
    };
    vec![
        wait,
        way("way-credits", words.say("way-credits-body"), String::new(), open(Link::Credits)),
        way("way-upgrade", words.say("way-upgrade-body"), String::new(), open(Link::Plan)),
        paired(scene, wording, account).unwrap_or_else(|| {
            way("way-payg", words.say("way-payg-body"), String::new(), open(Link::ApiKey))
        }),
    ]
}

/// Gives the way over the paired account, with its balance.
fn paired(scene: &Scene<'_>, wording: &Wording<'_>, account: &Watched) -> Option<Way> {
    let id = account.account.pair.as_ref()?;
    let pair = scene.accounts.iter().find(|a| a.account.id == *id)?;
    let balance = match pair.good.as_ref().map(|g| &g.reading) {
        Some(Reading::Balance(balance)) => balance.available.map(|a| wording.money(a, balance.currency)),
        Some(Reading::Plan(_)) | None => None,
    };
    let name = pair.account.name.clone();
    let body = wording.words.put("way-payg-pair", &[("account", name.into())]);
    Some(Way {
        title: wording.words.say("way-payg"),
        body,
        aside: balance.unwrap_or_default(),
        action: None,
        also: None,
    })
}
