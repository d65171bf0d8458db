//! Answers of the scripted MiniMax, in the shapes that MiniMax is known to send. No fixed times: windows are relative
//! to the time of the answer.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

#[derive(Clone, Debug)]
pub struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) delay: Duration,
    body: Body,
}

#[derive(Clone, Debug)]
enum Body {
    Text(String),
    Plan { interval: Window, week: Window },
    Stream(Stream),
}

/// A streamed text answer.
#[derive(Clone, Copy, Debug)]
pub struct Stream {
    pub(crate) every: Duration,
    pub(crate) end: StreamEnd,
    pieces: u32,
    tokens: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamEnd {
    /// With its count of tokens and a proper end.
    Whole,
    /// The connection is closed in the middle.
    Broken,
    /// Nothing more is sent, and the connection stays open.
    Silent,
}

impl Stream {
    /// The chunks of the stream, in order.
    pub(crate) fn pieces(&self) -> Vec<String> {
        let start = json!({ "type": "message_start", "message": {
            "id": "test", "type": "message", "role": "assistant", "content": [], "model": "MiniMax-M2.7",
            "usage": { "input_tokens": 30, "output_tokens": 0 } } });
        let open = json!({ "type": "content_block_start", "index": 0,
            "content_block": { "type": "thinking", "thinking": "" } });
        let delta = json!({ "type": "content_block_delta", "index": 0,
            "delta": { "type": "thinking_delta", "thinking": "one, " } });
        let mut pieces = vec![event(&start) + ": a comment\n\n" + &event(&open)];
        pieces.extend((0..self.pieces).map(|_| event(&delta)));
        if self.end == StreamEnd::Whole {
            let usage = json!({ "type": "message_delta", "delta": { "stop_reason": "max_tokens" },
                "usage": { "output_tokens": self.tokens } });
            pieces.push(event(&usage) + &event(&json!({ "type": "message_stop" })));
        }
        pieces
    }
}

fn event(data: &Value) -> String {
    format!("event: {}\ndata: {data}\n\n", data["type"].as_str().unwrap_or_default())
}

/// One window of the plan's main row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    left: u8,
    starts_at: Timestamp,
    length: SignedDuration,
}

impl Window {
    /// A five-hour window of which one hour has passed.
    #[must_use]
    pub fn interval(left: u8) -> Self {
        Self { left, starts_at: since(SignedDuration::from_hours(1)), length: SignedDuration::from_hours(5) }
    }

    /// A week of which two days have passed.
    #[must_use]
    pub fn week(left: u8) -> Self {
        Self {
            left,
            starts_at: since(SignedDuration::from_hours(48)),
            length: SignedDuration::from_hours(7 * 24),
        }
    }

    /// The same window with another share left.
    #[must_use]
    pub const fn left(self, left: u8) -> Self {
        Self { left, ..self }
    }

    /// The next window, unused; it begins when this one ends.
    #[must_use]
    pub fn next(self) -> Self {
        Self { left: 100, starts_at: self.starts_at + self.length, ..self }
    }

    /// The same window, moved so that it ends in that many seconds.
    #[must_use]
    pub fn ending_in(self, seconds: i64) -> Self {
        Self { starts_at: Timestamp::now() + SignedDuration::from_secs(seconds) - self.length, ..self }
    }

    fn ends_at(self) -> Timestamp {
        self.starts_at + self.length
    }

    fn status(self) -> u8 {
        if self.left == 0 { 2 } else { 1 }
    }
}

impl Answer {
    /// A plan with these percentages left in the five-hour window and the week.
    #[must_use]
    pub fn plan(interval: u8, week: u8) -> Self {
        Self::windows(Window::interval(interval), Window::week(week))
    }

    #[must_use]
    pub const fn windows(interval: Window, week: Window) -> Self {
        Self::of(200, Body::Plan { interval, week })
    }

    /// A plan with exactly these rows, see [`row`].
    #[must_use]
    pub fn rows(given: &[Value]) -> Self {
        Self::json(&rows(given))
    }

    /// A pay-as-you-go account with this balance, such as `"12.34"`.
    #[must_use]
    pub fn balance(available: &str) -> Self {
        Self::json(&json!({
            "available_amount": available, "cash_balance": available, "voucher_balance": "0.00",
            "credit_balance": "0.00", "owed_amount": "0.00", "balance_alert_switch": false,
            "balance_alert_threshold": "5.00", "base_resp": { "status_code": 0, "status_msg": "success" },
        }))
    }

    /// A failure with HTTP status 200, as MiniMax reports most of them.
    #[must_use]
    pub fn code(code: i64, message: &str) -> Self {
        Self::json(&json!({
            "base_resp": { "status_code": code, "status_msg": message }, "model_remains": null,
        }))
    }

    /// The page of a network filter between the user and MiniMax.
    #[must_use]
    pub fn filter_page() -> Self {
        let page =
            "<!DOCTYPE html><html><head><title>Attention Required!</title></head><body>Blocked</body></html>";
        let answer = Self::of(403, Body::Text(page.to_owned()));
        answer.header("Content-Type", "text/html; charset=UTF-8").header("Server", "cloudflare")
    }

    /// An HTTP status with an empty body.
    #[must_use]
    pub const fn status(status: u16) -> Self {
        Self::of(status, Body::Text(String::new()))
    }

    /// Any JSON with HTTP 200.
    #[must_use]
    pub fn json(body: &Value) -> Self {
        Self::of(200, Body::Text(body.to_string()))
    }

    /// Streams `pieces` chunks, one every `every`, and reports them as `tokens` tokens.
    #[must_use]
    pub const fn stream(pieces: u32, every: Duration, tokens: u32, end: StreamEnd) -> Self {
        Self::of(200, Body::Stream(Stream { every, end, pieces, tokens }))
    }

    /// An error of the path that streams text, with MiniMax's own code at its end.
    #[must_use]
    pub fn text_error(status: u16, kind: &str, message: &str) -> Self {
        let error = json!({ "type": "error", "error": { "type": kind, "message": message } });
        Self::of(status, Body::Text(error.to_string()))
    }

    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Delays the answer.
    #[must_use]
    pub const fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// The body for the current time.
    pub(crate) fn body(&self) -> String {
        match &self.body {
            Body::Text(text) => text.clone(),
            Body::Plan { interval, week } => rows(&[row("general", *interval, *week)]).to_string(),
            Body::Stream(stream) => stream.pieces().concat(),
        }
    }

    pub(crate) const fn stream_of(&self) -> Option<&Stream> {
        if let Body::Stream(stream) = &self.body { Some(stream) } else { None }
    }

    const fn of(status: u16, body: Body) -> Self {
        Self { status, headers: Vec::new(), delay: Duration::ZERO, body }
    }
}

/// One row in the format of June 2026 and later: the percentages count, the counts are 0.
#[must_use]
pub fn row(name: &str, interval: Window, week: Window) -> Value {
    let now = Timestamp::now();
    let remains = |window: Window| window.ends_at().duration_since(now).as_millis();
    json!({
        "model_name": name,
        "start_time": interval.starts_at.as_millisecond(),
        "end_time": interval.ends_at().as_millisecond(),
        "remains_time": i64::try_from(remains(interval)).unwrap_or(0),
        "current_interval_total_count": 0,
        "current_interval_usage_count": 0,
        "current_interval_remaining_percent": interval.left,
        "current_interval_status": interval.status(),
        "weekly_start_time": week.starts_at.as_millisecond(),
        "weekly_end_time": week.ends_at().as_millisecond(),
        "weekly_remains_time": i64::try_from(remains(week)).unwrap_or(0),
        "current_weekly_total_count": 0,
        "current_weekly_usage_count": 0,
        "current_weekly_remaining_percent": week.left,
        "current_weekly_status": week.status(),
    })
}

fn rows(rows: &[Value]) -> Value {
    json!({ "model_remains": rows, "base_resp": { "status_code": 0, "status_msg": "success" } })
}

fn since(passed: SignedDuration) -> Timestamp {
    Timestamp::now() - passed
}
