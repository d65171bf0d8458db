//! The words of a notice.

use super::Scene;
use crate::account::AccountId;
use crate::alert::{Edge, Notice, NoticeId};
use crate::level::{self, Level};
use crate::reading::{Row, Span, Window};
use crate::wording::Wording;

/// Words the edges of one account as one notice; the gravest gives the title.
#[must_use]
pub fn notice(scene: &Scene<'_>, account: &AccountId, edges: &[Edge]) -> Option<Notice> {
    let watched = scene.accounts.iter().find(|a| a.account.id == *account)?;
    let wording = scene.wording(watched);
    let name = watched.account.name.as_str();
    let (first, others) = edges.split_first()?;
    let (title, mut body) = words_of(&wording, name, first, watched.plan().and_then(|p| p.headline_row()));
    for edge in others {
        let (more, _) = words_of(&wording, name, edge, None);
        // The name stands in the title already.
        let more = more.split_once([':', '：']).map_or(more.as_str(), |(_, rest)| rest).trim().to_owned();
        body = wording.words.put("notice-also", &[("body", body.into()), ("more", more.into())]);
    }
    let title =
        if scene.demo { wording.words.put("notice-simulated", &[("title", title.into())]) } else { title };
    Some(Notice {
        id: NoticeId(format!("{}/{}/{}", account.0, kind(first), scene.now.at.as_second())),
        account: account.clone(),
        title,
        body,
        // Nothing simulated needs anyone.
        urgent: matches!(first, Edge::Refused) && !scene.demo,
    })
}

fn kind(edge: &Edge) -> &'static str {
    match edge {
        Edge::Worse { level: Level::Spent, .. } => "spent",
        Edge::Worse { level: Level::Critical, .. } => "critical",
        Edge::Worse { .. } => "near",
        Edge::Back { .. } => "back",
        Edge::PlanSpent => "plan-spent",
        Edge::PlanBack => "plan-back",
        Edge::Refused => "refused",
        Edge::Lapsed => "lapsed",
        Edge::Money { .. } => "money",
    }
}

/// Gives title and body of one edge. The headline row needs no name of its own.
fn words_of(wording: &Wording<'_>, account: &str, edge: &Edge, headline: Option<&Row>) -> (String, String) {
    let words = wording.words;
    let say = |id: &str| words.put(id, &[("account", account.into())]);
    match edge {
        Edge::Worse { row, window, level } => {
            let name = window_name(wording, row, window, headline);
            let left = window.quota.metered_left().unwrap_or(crate::reading::Percent::ZERO);
            let id = if *level == Level::Spent { "notice-spent" } else { "notice-near" };
            let title = words.put(
                id,
                &[
                    ("account", account.into()),
                    ("figure", wording.figure(left).into()),
                    ("window", name.into()),
                ],
            );
            // A spent row is back only when all its spent windows are.
            let back = if *level == Level::Spent { level::blocked_until(row) } else { window.resets_at };
            let body = back.map_or_else(
                || words.say(&format!("{id}-body")),
                |at| {
                    let values = [("clock", wording.clock(at).into()), ("span", wording.until(at).into())];
                    words.put(&format!("{id}-body-reset"), &values)
                },
            );
            (title, body)
        }
        Edge::Back { row, window } => {
            let name = window_name(wording, row, window, headline);
            let figure = window.quota.metered_left().map(|l| wording.figure(l)).unwrap_or_default();
            let title = words.put("notice-back", &[("account", account.into()), ("window", name.into())]);
            (title, words.put("notice-back-body", &[("figure", figure.into())]))
        }
        Edge::PlanSpent => (say("notice-plan-spent"), words.say("notice-spent-body")),
        Edge::PlanBack => (say("notice-plan-back"), String::new()),
        Edge::Refused => (say("notice-refused"), words.say("notice-refused-body")),
        Edge::Lapsed => (say("notice-lapsed"), words.say("notice-lapsed-body")),
        Edge::Money { balance, level: Level::Spent } => {
            let _ = balance;
            (say("notice-empty"), words.say("notice-empty-body"))
        }
        Edge::Money { balance, .. } => {
            let amount = balance.available.map(|a| wording.money(a, balance.currency)).unwrap_or_default();
            let title = words.put("notice-low", &[("account", account.into()), ("amount", amount.into())]);
            (title, words.say("notice-low-body"))
        }
    }
}

fn window_name(wording: &Wording<'_>, row: &Row, window: &Window, headline: Option<&Row>) -> String {
    let is_headline = headline.is_some_and(|h| h.model == row.model);
    let name = match window.span {
        Span::Weekly if is_headline => wording.words.say("window-week-inline"),
        Span::Weekly | Span::Interval => wording.window(window),
    };
    if is_headline {
        return name;
    }
    wording.words.put("window-with-row", &[("row", wording.row(row).into()), ("window", name.into())])
}
