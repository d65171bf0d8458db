//! The texts of a notification.

use super::Scene;
use crate::account::{Account, AccountId};
use crate::alert::{AlertEvent, Notice, NoticeAction, NoticeButton, NoticeId, NoticeKind, PendingAlert};
use crate::level::{self, Level};
use crate::reading::{Row, Window};
use crate::settings::notices::name_of;
use crate::wording::{Wording, columns, isolated, shortened};

/// Columns of a title that are certain to be visible; desktops cut longer ones.
const TITLE: usize = 60;
/// An account name is not cut below this, even if the rest is long.
const LEAST_NAME: usize = 10;
/// Maximum columns of a title for the name of a row that is not the headline row.
const ROW: usize = 18;

/// Builds one notification from all pending alerts, by what is true now; the most severe one gives the title.
/// `id` maps the name of its kind to its id.
#[must_use]
pub fn notice(
    scene: &Scene<'_>,
    pending: &[PendingAlert],
    id: impl FnOnce(&str) -> NoticeId,
) -> Option<Notice> {
    let (first, others) = pending.split_first()?;
    let (what, body) = words_of(scene, first)?;
    let title = titled(scene, first, what, None);
    let words = scene.words;
    let told = others.iter().map(|other| {
        let (what, _) = words_of(scene, other)?;
        Some(titled(scene, other, what, first.account.as_ref()))
    });
    let told: Vec<String> = told.collect::<Option<_>>()?;
    let and = |first: String, second: String| {
        words.put("notice-and", &[("first", first.into()), ("second", second.into())])
    };
    let body = match told.into_iter().reduce(and) {
        Some(more) => words.put("notice-also", &[("body", body.into()), ("more", more.into())]),
        None => body,
    };
    let account = first.account.clone().filter(|_| others.iter().all(|other| other.account == first.account));
    let kind = first.event.kind();
    Some(Notice {
        id: id(name_of(kind)),
        kind,
        account,
        title: marked(scene, title),
        body: body.trim().to_owned(),
        // Nothing simulated is urgent.
        urgent: matches!(first.event, AlertEvent::Refused) && !scene.demo,
        buttons: vec![
            button(scene, "notice-open", NoticeAction::Open),
            button(scene, "notice-snooze", NoticeAction::Snooze),
        ],
    })
}

/// Puts an account's name before the event, shortened so that the event is certain to be visible. `told` is
/// the account whose name is already in the title.
fn titled(scene: &Scene<'_>, pending: &PendingAlert, what: String, told: Option<&AccountId>) -> String {
    let watched = pending.account.as_ref().and_then(|id| scene.accounts.iter().find(|a| a.account.id == *id));
    let Some(account) = watched.map(|w| &w.account).filter(|account| Some(&account.id) != told) else {
        return what;
    };
    let around =
        columns(&marked(scene, scene.words.put("notice-of", &[("account", "".into()), ("what", "".into())])));
    let room = TITLE.saturating_sub(around + columns(&what)).max(LEAST_NAME);
    let name = isolated(shortened(&account.name, room));
    scene.words.put("notice-of", &[("account", name.into()), ("what", what.into())])
}

/// The test notification, which only shows that notifications work.
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

/// The event and the body of an alert. The headline row is not named.
fn words_of(scene: &Scene<'_>, pending: &PendingAlert) -> Option<(String, String)> {
    let Some(id) = &pending.account else { return of_no_account(scene, &pending.event) };
    let watched = scene.accounts.iter().find(|a| a.account.id == *id)?;
    let headline = watched.plan().and_then(|plan| plan.headline_row());
    Some(of_account(&scene.wording(watched), &watched.account, &pending.event, headline))
}

fn of_no_account(scene: &Scene<'_>, event: &AlertEvent) -> Option<(String, String)> {
    let AlertEvent::Peak { until } = event else { return None };
    let clock = scene.local_wording().clock(*until);
    let body = scene.words.put("notice-peak-body", &[("clock", clock.into())]);
    Some((scene.words.say("notice-peak"), body))
}

fn of_account(
    wording: &Wording<'_>,
    account: &Account,
    event: &AlertEvent,
    headline: Option<&Row>,
) -> (String, String) {
    let (words, has_credits) = (wording.words, account.has_credits);
    let say = |id: &str| words.say(id);
    match event {
        AlertEvent::Worse { row, window, level } => {
            let name = window_name(wording, row, window, headline);
            let left = window.quota.metered_left().unwrap_or(crate::reading::Percent::ZERO);
            let id = if *level == Level::Spent { "notice-spent" } else { "notice-near" };
            let body_id = if *level == Level::Spent && has_credits { "notice-spent-credits" } else { id };
            let title = words.put(id, &[("figure", wording.figure(left).into()), ("window", name.into())]);
            // A used-up row is available again only when all its used-up windows are.
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
        AlertEvent::Back { row, window } => {
            let name = window_name(wording, row, window, headline);
            let figure = window.quota.metered_left().map(|l| wording.figure(l)).unwrap_or_default();
            let title = words.put("notice-back", &[("window", name.into())]);
            (title, words.put("notice-back-body", &[("figure", figure.into())]))
        }
        AlertEvent::PlanSpent => (say("notice-plan-spent"), words.say("notice-spent-body")),
        AlertEvent::PlanBack => (say("notice-plan-back"), String::new()),
        AlertEvent::Refused => (say("notice-refused"), words.say("notice-refused-body")),
        AlertEvent::Lapsed => (say("notice-lapsed"), words.say("notice-lapsed-body")),
        AlertEvent::Money { level: Level::Spent, .. } => {
            (say("notice-empty"), words.say("notice-empty-body"))
        }
        AlertEvent::Money { balance, .. } => {
            let amount = balance.available.map(|a| wording.money(a, balance.currency)).unwrap_or_default();
            let title = words.put("notice-low", &[("amount", amount.into())]);
            (title, words.say("notice-low-body"))
        }
        AlertEvent::RunsOut { row, window, at, before_reset } => {
            let name = window_name(wording, row, window, headline);
            let values = [("window", name.into()), ("at", wording.at(*at).into())];
            let title = words.put("notice-runs-out", &values);
            let figure = window.quota.metered_left().map(|l| wording.figure(l)).unwrap_or_default();
            let values = [("figure", figure.into()), ("span", wording.span(*before_reset).into())];
            (title, words.put("notice-runs-out-body", &values))
        }
        AlertEvent::Unused { row, window } => {
            let name = window_name(wording, row, window, headline);
            let figure = window.quota.metered_left().map(|l| wording.figure(l)).unwrap_or_default();
            let title = words.put("notice-unused", &[("window", name.into())]);
            let body = window.resets_at.map(|at| {
                let (clock, span) = (wording.clock(at).into(), wording.until(at).into());
                let values = [("figure", figure.into()), ("clock", clock), ("span", span)];
                words.put("notice-unused-body", &values)
            });
            (title, body.unwrap_or_default())
        }
        // Peak hours belong to no account.
        AlertEvent::Peak { .. } => (words.say("notice-peak"), String::new()),
    }
}

fn window_name(wording: &Wording<'_>, row: &Row, window: &Window, headline: Option<&Row>) -> String {
    let is_headline = headline.is_some_and(|h| h.model == row.model);
    if is_headline {
        return wording.window_inline(window);
    }
    let (row, name) = (shortened(&wording.row(row), ROW), wording.window(window));
    wording.words.put("window-with-row", &[("row", row.into()), ("window", name.into())])
}
