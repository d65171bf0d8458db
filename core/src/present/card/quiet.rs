//! The small lines at the bottom of a card: parts of a balance, peak hours, what the rest is enough for.
//!
//! Facts about the plan that no answer contains are used only if the user set them.

use rust_decimal::Decimal;

use crate::account::{Account, Kind, Tier};
use crate::plan::{self, Facts};
use crate::present::Scene;
use crate::reading::{Balance, Note, Plan, Quota, Reading, Row, Window};
use crate::watched::Watched;
use crate::wording::Wording;

/// Maximum number of unreadable windows to name.
const MOST_UNREAD: usize = 3;

/// The small lines of an account.
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
                let values = [("calls", wording.count(calls).into()), ("many", calls.into())];
                let each = ("requests", facts.vlm_requests.into());
                wording.words.put("quiet-vlm", &[&values[..], &[each]].concat())
            });
            let lines = peak(scene, facts, &account.account).into_iter().chain(calls);
            lines.chain(high_speed(wording, &account.account)).chain(of_plan(wording, plan)).collect()
        }
    }
}

fn of_balance(wording: &Wording<'_>, account: &Account, balance: &Balance) -> Vec<String> {
    let is_shown = |amount: &Decimal| !amount.is_zero();
    let owed = balance.available.and_then(|amount| Decimal::ZERO.checked_sub(amount));
    let parts = [
        // Cash equal to the available sum is already shown as the figure.
        ("quiet-cash", balance.cash.filter(is_shown).filter(|cash| Some(*cash) != balance.available)),
        ("quiet-voucher", balance.voucher.filter(is_shown)),
        ("quiet-credit", balance.credit.filter(is_shown)),
        ("quiet-owed", balance.owed.filter(is_shown).filter(|amount| Some(*amount) != owed)),
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
    // The card's sentence covers the headline row.
    let headline = plan.headline_row();
    let is_headline = |row: &Row| headline.is_some_and(|h| std::ptr::eq(h, row));
    let absent = plan.rows.iter().filter(|r| r.is_not_in_plan() && !is_headline(r));
    let remarks = plan.notes.iter().filter_map(|note| match note {
        Note::StatusContradictsShare => Some("quiet-contradiction"),
        Note::DirectionGuessed => Some("quiet-guessed"),
        Note::RowSentTwice => Some("quiet-sent-twice"),
        Note::CountLeftOut | Note::RowLeftOut => None,
    });
    absent
        .map(|r| words.put("row-not-in-plan", &[("row", wording.row(r).into())]))
        .chain(remarks.map(|id| words.say(id)))
        .chain(unread(wording, plan))
        .collect()
}

/// The windows without a readable figure, and what to do about it.
fn unread(wording: &Wording<'_>, plan: &Plan) -> Option<String> {
    let headline = plan.headline_row();
    let is_headline = |row: &Row| headline.is_some_and(|h| std::ptr::eq(h, row));
    let named = |row: &Row, window: &Window| {
        let name = wording.window(window);
        if is_headline(row) {
            return name;
        }
        wording.words.put("window-with-row", &[("row", wording.row(row).into()), ("window", name.into())])
    };
    let windows = plan.rows.iter().flat_map(|row| row.windows.iter().map(move |w| (row, w)));
    let unread: Vec<String> = windows
        .filter(|(_, window)| window.quota == Quota::Unknown { left: None })
        .map(|(row, window)| named(row, window))
        .collect();
    let rest = unread.len().saturating_sub(MOST_UNREAD);
    let more = (rest > 0).then(|| wording.words.put("list-more", &[("count", rest.into())]));
    let windows = wording.words.list(unread.into_iter().take(MOST_UNREAD).chain(more));
    (!windows.is_empty()).then(|| wording.words.put("quiet-unread", &[("windows", windows.into())]))
}

/// The peak hours while they last, with the number of agents if the user set the tier.
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

/// MiniMax's name of a tier, the same in both languages.
const fn tier_name(tier: Tier) -> &'static str {
    match tier {
        Tier::Starter => "Starter",
        Tier::Plus => "Plus",
        Tier::Max => "Max",
        Tier::Ultra => "Ultra",
    }
}

/// How many image-understanding calls are left, if the text row has counts.
fn vlm_calls(plan: &Plan, facts: &Facts) -> Option<u64> {
    let row = plan.headline_row().filter(|r| r.model.as_deref().is_some_and(Row::is_text_name))?;
    let left = row.windows.iter().filter_map(|w| w.count).map(|count| count.left).min()?;
    Some(left / u64::from(facts.vlm_requests.max(1))).filter(|calls| *calls > 0)
}

/// The models that only a High-Speed plan includes.
fn high_speed(wording: &Wording<'_>, account: &Account) -> Option<String> {
    if !account.high_speed {
        return None;
    }
    let models = plan::models().iter().filter(|m| m.high_speed).map(|m| m.model.clone());
    let listed = wording.words.list(models);
    (!listed.is_empty()).then(|| wording.words.put("quiet-high-speed", &[("models", listed.into())]))
}
