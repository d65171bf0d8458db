//! The words of a notice.

use super::Scene;
use crate::account::Account;
use crate::alert::{Edge, Notice, NoticeAction, NoticeButton, NoticeId, NoticeKind, Owed};
use crate::level::{self, Level};
use crate::reading::{Row, Span, Window};
use crate::settings::notices::name_of;
use crate::wording::{Wording, isolated};

/// Words what is owed as one notice, by what is true now; the gravest gives the title. `id` names it by its kind.
#[must_use]
pub fn notice(scene: &Scene<'_>, owed: &[Owed], id: impl FnOnce(&str) -> NoticeId) -> Option<Notice> {
    let (first, others) = owed.split_first()?;
    let (title, mut body) = words_of(scene, first, true)?;
    for other in others {
        let (more, _) = words_of(scene, other, false)?;
        // Its own name stands in the title already.
        let more = match more.split_once([':', '：']) {
            Some((_, rest)) if other.account == first.account => rest.trim().to_owned(),
            Some(_) | None => more,
        };
        body = scene.words.put("notice-also", &[("body", body.into()), ("more", more.into())]);
    }
    let account = first.account.clone().filter(|_| others.iter().all(|other| other.account == first.account));
    let kind = first.edge.kind();
    Some(Notice {
        id: id(name_of(kind)),
        kind,
        account,
        title: marked(scene, title),
        body: body.trim().to_owned(),
        // Nothing simulated needs anyone.
        urgent: matches!(first.edge, Edge::Refused) && !scene.demo,
        buttons: vec![
            button(scene, "notice-open", NoticeAction::Open),
            button(scene, "notice-snooze", NoticeAction::Snooze),
        ],
    })
}

/// Words the notice that only shows that notices are shown.
#[must_use]
pub fn test_notice(scene: &Scene<'_>, id: NoticeId) -> Notice {
    Notice {
        id,
        kind: NoticeKind::Test,
        account: None,
        title: marked(scene, scene.words.say("notice-test")),
        body: scene.words.say("notice-test-body"),
        urgent: false,
        buttons: vec![button(scene, "notice-open", NoticeAction::Open)],
    }
}

fn marked(scene: &Scene<'_>, title: String) -> String {
    if scene.demo { scene.words.put("notice-simulated", &[("title", title.into())]) } else { title }
}

fn button(scene: &Scene<'_>, label: &str, does: NoticeAction) -> NoticeButton {
    NoticeButton { label: scene.words.say(label), does }
}

/// Gives title and body of what is owed; in the title the headline row needs no name of its own.
fn words_of(scene: &Scene<'_>, owed: &Owed, is_title: bool) -> Option<(String, String)> {
    let Some(id) = &owed.account else { return of_no_account(scene, &owed.edge) };
    let watched = scene.accounts.iter().find(|a| a.account.id == *id)?;
    let headline = watched.plan().and_then(|plan| plan.headline_row()).filter(|_| is_title);
    Some(of_account(&scene.wording(watched), &watched.account, &owed.edge, headline))
}

fn of_no_account(scene: &Scene<'_>, edge: &Edge) -> Option<(String, String)> {
    let Edge::Peak { until } = edge else { return None };
    let clock = scene.local_wording().clock(*until);
    let body = scene.words.put("notice-peak-body", &[("clock", clock.into())]);
    Some((scene.words.say("notice-peak"), body))
}

fn of_account(
    wording: &Wording<'_>,
    account: &Account,
    edge: &Edge,
    headline: Option<&Row>,
) -> (String, String) {
    let (words, has_credits, name) = (wording.words, account.has_credits, isolated(account.name.clone()));
    let account = name.as_str();
    let say = |id: &str| words.put(id, &[("account", account.into())]);
    match edge {
        Edge::Worse { row, window, level } => {
            let name = window_name(wording, row, window, headline);
            let left = window.quota.metered_left().unwrap_or(crate::reading::Percent::ZERO);
            let id = if *level == Level::Spent { "notice-spent" } else { "notice-near" };
            let body_id = if *level == Level::Spent && has_credits { "notice-spent-credits" } else { id };
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
                || words.say(&format!("{body_id}-body")),
                |at| {
                    let values = [("clock", wording.clock(at).into()), ("span", wording.until(at).into())];
                    words.put(&format!("{body_id}-body-reset"), &values)
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
        Edge::Money { level: Level::Spent, .. } => (say("notice-empty"), words.say("notice-empty-body")),
        Edge::Money { balance, .. } => {
            let amount = balance.available.map(|a| wording.money(a, balance.currency)).unwrap_or_default();
            let title = words.put("notice-low", &[("account", account.into()), ("amount", amount.into())]);
            (title, words.say("notice-low-body"))
        }
        Edge::RunsOut { row, window, at, before_reset } => {
            let name = window_name(wording, row, window, headline);
            let values =
                [("account", account.into()), ("window", name.into()), ("at", wording.at(*at).into())];
            let title = words.put("notice-runs-out", &values);
            let figure = window.quota.metered_left().map(|l| wording.figure(l)).unwrap_or_default();
            let values = [("figure", figure.into()), ("span", wording.span(*before_reset).into())];
            (title, words.put("notice-runs-out-body", &values))
        }
        Edge::Unused { row, window } => {
            let name = window_name(wording, row, window, headline);
            let figure = window.quota.metered_left().map(|l| wording.figure(l)).unwrap_or_default();
            let values = [("account", account.into()), ("window", name.into())];
            let title = words.put("notice-unused", &values);
            let body = window.resets_at.map(|at| {
                let (clock, span) = (wording.clock(at).into(), wording.until(at).into());
                let values = [("figure", figure.into()), ("clock", clock), ("span", span)];
                words.put("notice-unused-body", &values)
            });
            (title, body.unwrap_or_default())
        }
        // It belongs to no account.
        Edge::Peak { .. } => (words.say("notice-peak"), String::new()),
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
