//! The quiet lines at the foot of a card.
//!
//! Owns what helps without being news: parts of a balance, peak hours, what the rest is enough for. Refuses anything
//! that the user did not say of the plan, where no answer says it.

use crate::account::{Account, Kind, Tier};
use crate::plan::{self, Facts};
use crate::present::Scene;
use crate::reading::{Balance, Note, Plan, Reading, Row};
use crate::watched::Watched;
use crate::wording::Wording;

/// Gives the quiet lines of an account.
pub(super) fn quiet(
    scene: &Scene<'_>,
    facts: &Facts,
    wording: &Wording<'_>,
    account: &Watched,
    reading: Option<&Reading>,
) -> Vec<String> {
    match reading {
        None => Vec::new(),
        Some(Reading::Balance(balance)) => of_balance(wording, &account.account, balance),
        Some(Reading::Plan(plan)) => {
            let is_current = scene.is_current(account) && !account.has_ended(scene.now.at);
            let calls = vlm_calls(plan, facts).filter(|_| is_current).map(|calls| {
                let values = [("calls", calls.into()), ("requests", facts.vlm_requests.into())];
                wording.words.put("quiet-vlm", &values)
            });
            let lines = peak(scene, facts, &account.account).into_iter().chain(calls);
            lines.chain(high_speed(wording, &account.account)).chain(of_plan(wording, plan)).collect()
        }
    }
}

fn of_balance(wording: &Wording<'_>, account: &Account, balance: &Balance) -> Vec<String> {
    let is_shown = |amount: &rust_decimal::Decimal| !amount.is_zero();
    let parts = [
        ("quiet-cash", balance.cash.filter(is_shown)),
        ("quiet-voucher", balance.voucher.filter(is_shown)),
        ("quiet-credit", balance.credit.filter(is_shown)),
        ("quiet-owed", balance.owed.filter(is_shown)),
        ("quiet-alert", balance.alert_below),
        ("quiet-own-line", account.balance_below),
    ];
    parts
        .into_iter()
        .filter_map(|(id, amount)| Some((id, amount?)))
        .map(|(id, amount)| {
            wording.words.put(id, &[("amount", wording.money(amount, balance.currency).into())])
        })
        .collect()
}

fn of_plan(wording: &Wording<'_>, plan: &Plan) -> Vec<String> {
    let words = wording.words;
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

/// Tells of the peak hours while they last, with how many agents the tier keeps going where the user has named it.
fn peak(scene: &Scene<'_>, facts: &Facts, account: &Account) -> Option<String> {
    let (at, zone, words) = (scene.now.at, &scene.now.zone, scene.words);
    let peak = facts.peak.as_ref().filter(|p| account.kind == Kind::TokenPlan && p.is_peak(at, zone))?;
    let clock = scene.local_wording().clock(peak.next_change(at, zone)?);
    let known = account.tier.map(|tier| (tier, facts.agents(tier))).filter(|(_, agents)| *agents > 0);
    Some(match known {
        Some((tier, agents)) => words.put(
            "quiet-peak-tier",
            &[("clock", clock.into()), ("agents", agents.into()), ("tier", tier_name(tier).into())],
        ),
        None => words.put("quiet-peak", &[("clock", clock.into())]),
    })
}

/// Gives MiniMax's own name of a tier, the same in both languages.
const fn tier_name(tier: Tier) -> &'static str {
    match tier {
        Tier::Starter => "Starter",
        Tier::Plus => "Plus",
        Tier::Max => "Max",
        Tier::Ultra => "Ultra",
    }
}

/// Gives how many image-understanding calls the rest is enough for, where the text row has counts.
fn vlm_calls(plan: &Plan, facts: &Facts) -> Option<u64> {
    let row = plan.headline_row().filter(|r| r.model.as_deref().is_some_and(Row::is_text_name))?;
    let left = row.windows.iter().filter_map(|w| w.count).map(|count| count.left).min()?;
    Some(left / u64::from(facts.vlm_requests.max(1))).filter(|calls| *calls > 0)
}

/// Names the models that only a High-Speed plan has.
fn high_speed(wording: &Wording<'_>, account: &Account) -> Option<String> {
    if !account.high_speed {
        return None;
    }
    let models = plan::models().iter().filter(|m| m.high_speed).map(|m| m.model.clone());
    let listed = models.reduce(|first, second| {
        wording.words.put("list-and", &[("first", first.into()), ("second", second.into())])
    });
    listed.map(|models| wording.words.put("quiet-high-speed", &[("models", models.into())]))
}
