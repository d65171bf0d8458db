//! The alerts of one window, one key and one plan, in sequences of readings.

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::account::{Account, Kind, Region};
use crate::failure::{Failure, FailureKind};
use crate::message::Now;
use crate::reading::{Percent, Plan, Quota, Reading, Row, Span, Window};
use crate::settings::Settings;
use crate::watched::{Good, Kept, Watched};

const NAME: &str = "a";

struct Story {
    memory: Memory,
    watched: Watched,
    settings: Settings,
    resets_at: Option<Timestamp>,
    now: Now,
}

impl Story {
    fn new() -> Self {
        let now = Now { at: at("2026-11-23T06:00:00Z"), zone: jiff::tz::TimeZone::UTC };
        Self {
            memory: Memory::default(),
            watched: Watched::new(account(), Kept::default(), now.at),
            settings: Settings::default(),
            resets_at: Some(at("2026-11-23T10:00:00Z")),
            now,
        }
    }

    /// Reads a window with this percentage used.
    fn read(&mut self, used: f64) {
        let left = Percent::clamped(100.0 - used).expect("a number");
        let quota = if left.is_zero() { Quota::Exhausted } else { Quota::Limited { left } };
        let window = Window {
            span: Span::Interval,
            quota,
            count: None,
            boost: 1.0,
            starts_at: None,
            resets_at: self.resets_at,
            length_seconds: Some(18_000),
        };
        let row = Row { model: Some("general".to_owned()), windows: vec![window] };
        let reading = Reading::Plan(Plan { rows: vec![row], ..Plan::default() });
        let at = self.now.at;
        self.watched.good = Some(Good { at, changed_at: at, reading, skew: SignedDuration::ZERO });
        self.watched.failure = None;
        self.memory.read(&self.watched, self.settings.thresholds(), at);
    }

    fn fail(&mut self, kind: FailureKind) {
        let failure = Failure::new(kind);
        self.watched.failure = Some((self.now.at, failure));
        self.memory.failed(&self.watched.account.id, &failure);
    }

    fn pending(&mut self) -> Vec<PendingAlert> {
        self.memory.suppress(std::slice::from_ref(&self.watched), &self.settings, &self.now);
        self.memory.pending(std::slice::from_ref(&self.watched), &self.settings, &self.now)
    }

    /// Records the due alerts as shown and returns their names.
    fn mark_notified(&mut self) -> Vec<String> {
        let pending = self.pending();
        let keys: Vec<_> = pending.iter().map(|o| o.key.clone()).collect();
        self.memory.mark_notified(&keys, self.settings.thresholds());
        pending.iter().map(|o| name(&o.event)).collect()
    }

    fn used(&mut self, used: f64) -> Vec<String> {
        self.read(used);
        self.mark_notified()
    }

    fn next_window(&mut self) {
        self.resets_at = self.resets_at.map(|r| r + SignedDuration::from_hours(5));
        self.now.at += SignedDuration::from_hours(5);
    }

    fn restart(&mut self) {
        let kept = serde_json::to_string(&self.memory).expect("it writes");
        self.memory = serde_json::from_str(&kept).expect("it reads");
    }
}

fn account() -> Account {
    let written =
        serde_json::json!({ "id": NAME, "name": NAME, "kind": Kind::TokenPlan, "region": Region::Global });
    serde_json::from_value(written).expect("an account")
}

fn name(event: &AlertEvent) -> String {
    match event {
        AlertEvent::Worse { level, .. } => format!("{level:?}"),
        AlertEvent::Money { level, .. } => format!("Money{level:?}"),
        AlertEvent::Back { .. } => "Back".to_owned(),
        other => format!("{other:?}"),
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

#[test]
fn each_level_is_told_once_on_the_way_down_and_the_reset_once() {
    let mut story = Story::new();
    let told: Vec<_> = [10.0, 79.0, 80.0, 81.0, 94.0, 95.0, 99.0, 100.0, 100.0]
        .into_iter()
        .flat_map(|used| story.used(used))
        .collect();
    assert_eq!(told, ["Near", "Critical", "Spent"]);
    story.next_window();
    assert_eq!(story.used(0.0), ["Back"]);
    assert!(story.used(1.0).is_empty());
}

#[test]
fn a_first_reading_speaks_only_if_spent() {
    assert!(Story::new().used(85.0).is_empty());
    assert!(Story::new().used(97.0).is_empty());
    assert_eq!(Story::new().used(100.0), ["Spent"]);
}

#[test]
fn what_was_never_said_does_not_come_back() {
    let mut story = Story::new();
    story.used(85.0);
    story.next_window();
    assert!(story.used(0.0).is_empty());
}

#[test]
fn a_restart_tells_nothing_twice_and_loses_nothing() {
    let mut story = Story::new();
    story.used(10.0);
    assert_eq!(story.used(82.0), ["Near"]);
    story.restart();
    assert!(story.used(83.0).is_empty());
    story.restart();
    story.read(100.0);
    story.restart();
    assert_eq!(story.mark_notified(), ["Spent"]);
    story.restart();
    story.next_window();
    assert_eq!(story.used(3.0), ["Back"]);
}

#[test]
fn a_figure_that_trembles_at_a_threshold_is_told_once() {
    let mut story = Story::new();
    story.used(10.0);
    assert_eq!(story.used(80.0), ["Near"]);
    for used in [79.0, 80.0, 78.0, 81.0, 76.0, 80.0] {
        assert!(story.used(used).is_empty(), "{used}");
    }
    // Five points above the threshold it is armed again.
    assert!(story.used(75.0).is_empty());
    assert_eq!(story.used(80.0), ["Near"]);
}

#[test]
fn what_was_not_told_yet_is_told_as_it_is_now() {
    let mut story = Story::new();
    story.used(10.0);
    story.read(85.0);
    story.read(100.0);
    assert_eq!(story.mark_notified(), ["Spent"], "near is overtaken");
    story.next_window();
    story.read(2.0);
    story.next_window();
    story.read(90.0);
    assert_eq!(story.mark_notified(), ["Near"], "that it was back is no longer true in this way");
    story.read(100.0);
    story.read(98.0);
    assert_eq!(story.mark_notified(), ["Critical"], "something is left again");
    assert_eq!(story.used(100.0), ["Spent"]);
}

#[test]
fn what_came_and_went_before_anyone_could_be_told_is_not_told() {
    let mut story = Story::new();
    story.used(10.0);
    story.read(100.0);
    story.next_window();
    assert!(story.used(0.0).is_empty());
}

#[test]
fn a_return_that_nobody_was_told_of_is_none_when_it_is_spent_again() {
    let mut story = Story::new();
    story.used(10.0);
    assert_eq!(story.used(100.0), ["Spent"]);
    story.read(93.0);
    story.read(100.0);
    assert!(story.mark_notified().is_empty(), "the user knows it as spent");
    assert_eq!(story.used(93.0), ["Back"]);
    assert!(story.used(95.0).is_empty(), "too close to what was told");
}

#[test]
fn a_window_that_changed_while_a_notice_was_shown_is_told_right_afterwards() {
    let mut story = Story::new();
    story.used(10.0);
    story.read(85.0);
    let keys: Vec<_> = story.pending().iter().map(|o| o.key.clone()).collect();
    story.read(100.0);
    story.memory.mark_notified(&keys, story.settings.thresholds());
    assert_eq!(story.mark_notified(), ["Spent"]);
    story.next_window();
    story.read(100.0);
    let keys: Vec<_> = story.pending().iter().map(|o| o.key.clone()).collect();
    story.next_window();
    story.read(0.0);
    story.memory.mark_notified(&keys, story.settings.thresholds());
    assert_eq!(story.mark_notified(), ["Back"], "the user was just told that it is spent");
}

#[test]
fn bounds_that_tremble_or_slide_are_no_new_window() {
    let mut story = Story::new();
    story.used(10.0);
    assert_eq!(story.used(90.0), ["Near"]);
    for _ in 0..100 {
        story.resets_at = story.resets_at.map(|r| r + SignedDuration::from_mins(5));
        assert!(story.used(90.0).is_empty());
    }
}

#[test]
fn a_late_answer_about_the_former_window_says_nothing() {
    let mut story = Story::new();
    story.used(10.0);
    story.used(100.0);
    story.next_window();
    assert_eq!(story.used(0.0), ["Back"]);
    let now = story.resets_at;
    story.resets_at = Some(at("2026-11-23T10:00:00Z"));
    assert!(story.used(100.0).is_empty());
    story.resets_at = now;
    assert!(story.used(1.0).is_empty());
    assert_eq!(story.used(85.0), ["Near"]);
}

#[test]
fn a_new_window_that_is_already_near_is_told() {
    let mut story = Story::new();
    story.used(10.0);
    story.used(100.0);
    story.next_window();
    assert_eq!(story.used(85.0), ["Near"]);
    story.next_window();
    assert_eq!(story.used(2.0), ["Back"]);
}

#[test]
fn without_any_reset_time_a_rising_figure_tells_of_the_reset() {
    let mut story = Story::new();
    story.resets_at = None;
    story.used(10.0);
    assert_eq!(story.used(100.0), ["Spent"]);
    assert_eq!(story.used(40.0), ["Back"]);
}

#[test]
fn what_is_switched_off_is_noted_in_silence() {
    let mut story = Story::new();
    story.settings.notice_near = false;
    story.used(10.0);
    assert!(story.used(85.0).is_empty());
    story.settings.notice_near = true;
    assert!(story.used(86.0).is_empty(), "old news");
    assert_eq!(story.used(96.0), ["Critical"]);
    story.settings.notice_back = false;
    story.next_window();
    assert!(story.used(0.0).is_empty());
    story.settings.notice_back = true;
    assert!(story.used(0.0).is_empty());
}

#[test]
fn nothing_is_told_that_nobody_knows_any_more() {
    let mut story = Story::new();
    story.used(10.0);
    story.read(85.0);
    story.now.at += SignedDuration::from_mins(16);
    assert!(story.mark_notified().is_empty(), "three intervals old");
    story.read(85.0);
    story.fail(FailureKind::KeyRejected);
    assert_eq!(story.mark_notified(), ["Refused"]);
    assert_eq!(story.used(85.0), ["Near"]);
    story.read(100.0);
    story.now.at = at("2026-11-23T10:00:01Z");
    story.watched.good.as_mut().expect("a reading").at = story.now.at;
    assert!(story.mark_notified().is_empty(), "its window has ended");
}

#[test]
fn a_refused_key_is_told_once_until_it_works_again() {
    let mut story = Story::new();
    story.fail(FailureKind::KeyRejected);
    assert_eq!(story.mark_notified(), ["Refused"]);
    story.fail(FailureKind::KeyRejected);
    assert!(story.mark_notified().is_empty());
    story.used(10.0);
    story.fail(FailureKind::KeyRejected);
    story.restart();
    assert_eq!(story.mark_notified(), ["Refused"]);
}

#[test]
fn a_plan_that_was_never_there_cannot_lapse() {
    let mut story = Story::new();
    story.fail(FailureKind::NoActivePlan);
    assert!(story.mark_notified().is_empty());
    story.used(10.0);
    story.fail(FailureKind::NoActivePlan);
    assert_eq!(story.mark_notified(), ["Lapsed"]);
    story.fail(FailureKind::NoActivePlan);
    assert!(story.mark_notified().is_empty());
}

#[test]
fn a_plan_said_to_be_spent_by_a_code_comes_back_by_its_rows() {
    let mut story = Story::new();
    story.used(10.0);
    story.fail(FailureKind::PlanExhausted);
    assert_eq!(story.mark_notified(), ["PlanSpent"]);
    assert!(story.used(100.0).is_empty(), "the rows say the same");
    story.next_window();
    assert_eq!(story.used(0.0), ["Back"]);
    story.fail(FailureKind::PlanExhausted);
    assert_eq!(story.mark_notified(), ["PlanSpent"]);
    assert_eq!(story.used(5.0), ["PlanBack"]);
    story.used(100.0);
    story.fail(FailureKind::PlanExhausted);
    assert!(story.mark_notified().is_empty(), "its rows have said so");
}

#[test]
fn what_the_first_version_kept_is_understood() {
    let written = r#"{"accounts":{"a":{"windows":{"general/interval":{"level":"near","said":true,
        "resets_at":"2026-11-23T10:00:00Z","left":18.0}},"refused":true,"lapsed":false,"plan_spent":false,
        "had_plan":true,"money":"good"}},"pending":[]}"#;
    let mut story = Story::new();
    story.memory = serde_json::from_str(written).expect("it reads");
    assert!(story.used(83.0).is_empty(), "it was told");
    assert_eq!(story.used(96.0), ["Critical"]);
    let pending =
        r#""pending":[{"id":"a/near/1795406402","account":"a","title":"","body":"","urgent":false}]"#;
    story.memory = serde_json::from_str(&written.replace(r#""pending":[]"#, pending)).expect("it reads");
    assert_eq!(story.used(83.0), ["Near"], "it was pending");
}
