//! A forecast in words: as a card's sentence, and as the small line of a meter.
//!
//! Owns which window the sentence is about. Refuses numbers that a first guess cannot bear.

use jiff::{SignedDuration, Timestamp};

use super::sentence::Said;
use crate::ahead::Ahead;
use crate::forecast::{Confidence, Forecast, Outcome};
use crate::level::Level;
use crate::reading::{Percent, Window};
use crate::text::Put;
use crate::wording::Wording;

/// Says whether a row lasts; `headline` is the window whose figure stands above the sentence. `None` with too little
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
        // That today's window lasts is no answer where the week is what is near its limit.
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

/// Says what comes of one window, as a small line.
pub(in crate::present) fn line(
    wording: &Wording<'_>,
    window: &Window,
    forecast: Forecast,
    rolling: bool,
) -> String {
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
        // Without a reset there is no moment to name a share for.
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

/// Words how long before a reset something happens; `None` where that is under a minute, or no reset is known.
fn ahead_of_reset(wording: &Wording<'_>, before_reset: Option<SignedDuration>) -> Option<String> {
    before_reset.filter(|span| span.as_secs() >= 60).map(|span| wording.span(span))
}
