//! Texts of a forecast: the card's sentence and the small line of a meter.
//!
//! A forecast of low confidence is shown without numbers.

use jiff::{SignedDuration, Timestamp};

use super::sentence::Said;
use crate::ahead::Ahead;
use crate::forecast::{Confidence, Forecast, Outcome};
use crate::level::Level;
use crate::reading::{Percent, Window};
use crate::text::Put;
use crate::wording::Wording;

/// Whether a row lasts; `headline` is the window of the figure above the sentence. `None` with too little
/// data.
pub(super) fn said(
    wording: &Wording<'_>,
    ahead: &Ahead<'_>,
    headline: &Window,
    level: Level,
) -> Option<Said> {
    let (leading, forecast) = ahead.leading()?;
    match forecast.outcome {
        Outcome::RunsOut { at, before_reset } => {
            let named = (leading.span != headline.span).then(|| wording.window(leading));
            Some(Said {
                sentence: runs_out(wording, named, at, before_reset),
                outlook: is_guess(forecast).then(|| wording.words.say("outlook-guess")),
                about: Some(leading.span),
            })
        }
        // If the week is near its limit, it does not help that today's window lasts.
        Outcome::Lasts { .. } if level != Level::Good && leading.span != headline.span => {
            let forecast = ahead.forecast(headline)?;
            let Outcome::Lasts { left } = forecast.outcome else { return None };
            Some(lasts(wording, ahead, headline, None, (forecast, left), level))
        }
        Outcome::Lasts { left } => {
            let named = (leading.span != headline.span).then(|| wording.window(leading));
            Some(lasts(wording, ahead, leading, named, (forecast, left), level))
        }
    }
}

/// The forecast of one window as a small line.
pub(crate) fn line(wording: &Wording<'_>, window: &Window, forecast: Forecast, rolling: bool) -> String {
    let words = wording.words;
    match forecast.outcome {
        Outcome::RunsOut { at, before_reset } => {
            let clock = ("clock", wording.clock(at).into());
            match ahead_of_reset(wording, before_reset) {
                Some(span) => words.put("meter-runs-out", &[clock, ("span", span.into())]),
                None => words.put("meter-runs-out-open", &[clock]),
            }
        }
        Outcome::Lasts { .. } if rolling || window.resets_at.is_none() => words.say("meter-lasts-open"),
        Outcome::Lasts { .. } if is_guess(forecast) => words.say("meter-lasts-guess"),
        Outcome::Lasts { left } => {
            let id = if wording.show_used { "meter-lasts-used" } else { "meter-lasts" };
            words.put(id, &[("percent", wording.about(left).into())])
        }
    }
}

fn runs_out(
    wording: &Wording<'_>,
    named: Option<String>,
    at: Timestamp,
    before_reset: Option<SignedDuration>,
) -> String {
    let clock: Put<'_> = ("clock", wording.clock(at).into());
    let words = wording.words;
    match (ahead_of_reset(wording, before_reset), named) {
        (Some(span), None) => words.put("say-runs-out", &[clock, ("span", span.into())]),
        (None, None) => words.put("say-runs-out-open", &[clock]),
        (Some(span), Some(window)) => {
            words.put("say-runs-out-of", &[clock, ("span", span.into()), ("window", window.into())])
        }
        (None, Some(window)) => words.put("say-runs-out-of-open", &[clock, ("window", window.into())]),
    }
}

fn lasts(
    wording: &Wording<'_>,
    ahead: &Ahead<'_>,
    window: &Window,
    named: Option<String>,
    (forecast, left): (Forecast, Percent),
    level: Level,
) -> Said {
    let words = wording.words;
    let reset = window.resets_at.filter(|_| !ahead.is_rolling(window));
    let (until_reset, open) = match level {
        Level::Near => ("say-lasts-near", "say-lasts-near-open"),
        Level::Critical | Level::Spent => ("say-lasts-critical", "say-lasts-critical-open"),
        Level::Good | Level::Unknown | Level::Trouble => ("say-lasts", "say-lasts-open"),
    };
    let sentence =
        reset.map_or_else(|| words.say(open), |at| words.put(until_reset, &[("at", wording.at(at).into())]));
    let percent: Put<'_> = ("percent", wording.about(left).into());
    let outlook = match (named, wording.show_used) {
        _ if is_guess(forecast) => Some(words.say("outlook-guess")),
        // Without a reset there is no time that the share would refer to.
        _ if reset.is_none() => None,
        (None, false) => Some(words.put("outlook-left", &[percent])),
        (None, true) => Some(words.put("outlook-used", &[percent])),
        (Some(window), false) => Some(words.put("outlook-left-of", &[percent, ("window", window.into())])),
        (Some(window), true) => Some(words.put("outlook-used-of", &[percent, ("window", window.into())])),
    };
    Said { sentence, outlook, about: Some(window.span) }
}

fn is_guess(forecast: Forecast) -> bool {
    forecast.confidence == Confidence::Low
}

/// The time between running out and the reset; `None` under a minute, or if no reset is known.
fn ahead_of_reset(wording: &Wording<'_>, before_reset: Option<SignedDuration>) -> Option<String> {
    before_reset.filter(|span| span.as_secs() >= 60).map(|span| wording.span(span))
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::reading::{Quota, Span};
    use crate::text::{Tongue, Words};

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    fn share(percent: f64) -> Percent {
        Percent::clamped(percent).expect("a share")
    }

    /// A 5-hour window until 18:00, as at 15:00.
    fn window() -> Window {
        Window {
            span: Span::Interval,
            quota: Quota::Limited { left: share(40.0) },
            count: None,
            boost: 1.0,
            starts_at: Some(at("2026-11-23T13:00:00Z")),
            resets_at: Some(at("2026-11-23T18:00:00Z")),
            length_seconds: Some(18_000),
        }
    }

    fn runs_out_at(text: &str, minutes_before: Option<i64>, confidence: Confidence) -> Forecast {
        let before_reset = minutes_before.map(SignedDuration::from_mins);
        Forecast { outcome: Outcome::RunsOut { at: at(text), before_reset }, confidence }
    }

    fn lasts_with(percent: f64, confidence: Confidence) -> Forecast {
        Forecast { outcome: Outcome::Lasts { left: share(percent) }, confidence }
    }

    fn with(tongue: Tongue, show_used: bool, test: impl Fn(&Wording<'_>)) {
        let words = Words::new(tongue);
        let zone = TimeZone::UTC;
        test(&Wording { words: &words, zone: &zone, now: at("2026-11-23T15:00:00Z"), show_used });
    }

    /// The small line of every kind of forecast.
    fn lines(wording: &Wording<'_>) -> Vec<String> {
        let open = Window { resets_at: None, ..window() };
        [
            (window(), runs_out_at("2026-11-23T16:40:00Z", Some(80), Confidence::Good), false),
            (window(), runs_out_at("2026-11-23T16:40:00Z", None, Confidence::Good), true),
            (window(), lasts_with(34.6, Confidence::Good), false),
            (window(), lasts_with(34.6, Confidence::Low), false),
            (window(), lasts_with(34.6, Confidence::Good), true),
            (open, lasts_with(34.6, Confidence::Fair), false),
        ]
        .map(|(window, forecast, rolling)| line(wording, &window, forecast, rolling))
        .to_vec()
    }

    #[test]
    fn a_meter_says_when_its_window_runs_out_or_what_will_be_left() {
        with(Tongue::English, false, |wording| {
            assert_eq!(
                lines(wording),
                [
                    "runs out about 16:40, 1 h 20 min before the reset",
                    "runs out about 16:40",
                    "lasts, about 35 % left at the reset",
                    "lasts, by a first guess",
                    "lasts at this pace",
                    "lasts at this pace",
                ]
            );
        });
        with(Tongue::English, true, |wording| {
            assert_eq!(lines(wording)[2], "lasts, about 65 % used at the reset");
        });
        with(Tongue::Chinese, false, |wording| {
            assert_eq!(
                lines(wording)[..3],
                ["预计 16:40 左右用完，比重置早 1 小时 20 分", "预计 16:40 左右用完", "够用，重置时约剩 35%"]
            );
        });
    }

    #[test]
    fn a_sentence_names_the_window_only_where_the_figure_is_that_of_another_one() {
        with(Tongue::English, false, |wording| {
            let when = at("2026-11-23T16:40:00Z");
            let before = Some(SignedDuration::from_mins(80));
            assert_eq!(
                runs_out(wording, None, when, before),
                "Runs out about 16:40, 1 h 20 min before the reset."
            );
            assert_eq!(runs_out(wording, None, when, None), "Runs out about 16:40.");
            let named = || Some("5 hours".to_owned());
            assert_eq!(
                runs_out(wording, named(), when, before),
                "5 hours: runs out about 16:40, 1 h 20 min before the reset."
            );
            assert_eq!(runs_out(wording, named(), when, None), "5 hours: runs out about 16:40.");
        });
    }

    #[test]
    fn what_lasts_says_until_when_and_how_much_will_be_left() {
        with(Tongue::English, false, |wording| {
            let (history, window) = (crate::history::History::default(), window());
            let row =
                crate::reading::Row { model: Some("general".to_owned()), windows: vec![window.clone()] };
            let ahead = Ahead::of(&row, &history, wording.now);
            let said = |named: Option<&str>, confidence, level| {
                let forecast = (lasts_with(34.6, confidence), share(34.6));
                let said = lasts(wording, &ahead, &window, named.map(ToOwned::to_owned), forecast, level);
                (said.sentence, said.outlook.unwrap_or_default())
            };
            let pair = |sentence: &str, outlook: &str| (sentence.to_owned(), outlook.to_owned());
            assert_eq!(
                said(None, Confidence::Good, Level::Good),
                pair("Good until the reset at 18:00.", "About 35 % will be left then.")
            );
            assert_eq!(
                said(Some("5 hours"), Confidence::Fair, Level::Good),
                pair("Good until the reset at 18:00.", "5 hours: about 35 % will be left then.")
            );
            assert_eq!(
                said(None, Confidence::Low, Level::Near),
                pair(
                    "Little is left, but it lasts until the reset at 18:00.",
                    "A first guess; there is little to go by yet."
                )
            );
        });
    }
}
