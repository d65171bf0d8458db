//! How fast a model answers: tokens per second, as MiniMax's FAQ defines it.
//!
//! Nothing is estimated: pieces are not counted as tokens, and a single time gives no speed.

mod events;
mod said;
mod standing;

use std::time::Duration;

use serde_json::{Value, json};

use crate::account::Account;
use crate::answer;
use crate::failure::{Failure, FailureKind};
use crate::redact::contains_key;

use events::Events;
pub use said::{busy, cost, failed, result, simulated, spent};
pub use standing::{Standing, standing};

/// Maximum number of tokens to request. At MiniMax's own figure of about 60 per second they take 7 seconds.
pub const OUTPUT_TOKENS: u32 = 400;

/// Maximum number of bytes of a stream; [`OUTPUT_TOKENS`] need about a tenth of it.
pub const STREAM_LIMIT: usize = 1024 * 1024;

/// Maximum length of a model name, in bytes.
const MODEL_LIMIT: usize = 100;

/// If all pieces came within this time, something on the way buffered them, and their times have no meaning.
const SHORTEST_SPAN: Duration = Duration::from_millis(10);

/// The model to measure an account with, if the user names none (MiniMax's FAQ, "What is the High-Speed
/// subscription?").
#[must_use]
pub const fn usual_model(account: &Account) -> &'static str {
    if account.high_speed { "MiniMax-M2.7-highspeed" } else { "MiniMax-M2.7" }
}

/// Whether a text can be the name of a model.
#[must_use]
pub fn is_model_name(name: &str) -> bool {
    (1..=MODEL_LIMIT).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_graphic())
        && !contains_key(name)
}

/// The JSON of the request. It asks for something long that needs no thought.
#[must_use]
pub fn request(model: &str) -> String {
    let ask = "Write the numbers from one to three hundred in English words, separated by commas, and nothing else.";
    json!({
        "model": model, "max_tokens": OUTPUT_TOKENS, "stream": true,
        "messages": [{ "role": "user", "content": [{ "type": "text", "text": ask }] }],
    })
    .to_string()
}

/// How a stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The answer is complete.
    Whole,
    /// The connection broke, nothing came any more, or MiniMax sent an error in the middle.
    Broken(FailureKind),
    /// The stream was longer than the limit of time or bytes.
    Endless,
}

/// The result of a measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// How many tokens MiniMax counted up to the last piece; `None` if it did not say.
    pub output_tokens: Option<u64>,
    /// The number of pieces of output.
    pub pieces: u64,
    /// From sending the request to the first piece.
    pub to_first: Duration,
    /// From the first piece to the last that was counted.
    pub span: Duration,
    pub end: End,
}

impl Measured {
    /// Output tokens / (time of last token − time of first token); `None` for a single token, for all of them
    /// at the same time, or without a count.
    #[must_use]
    pub fn tokens_per_second(&self) -> Option<f64> {
        let tokens = self.output_tokens.filter(|tokens| *tokens > 1)?;
        #[expect(clippy::cast_precision_loss, reason = "far fewer tokens than 2^52")]
        let rate = tokens as f64 / self.span.as_secs_f64();
        (self.pieces > 1 && self.span >= SHORTEST_SPAN).then_some(rate)
    }
}

/// How reading the stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// The server closed the stream, or no more of it is needed.
    Closed,
    /// The connection broke.
    Broke,
    /// Nothing came for too long.
    Silent,
    /// Bytes still came at the end of the time or of [`STREAM_LIMIT`].
    CutOff,
}

/// Reads one stream and records the times of its tokens.
#[derive(Debug, Default)]
pub struct Meter {
    events: Events,
    seen: Seen,
    bytes: usize,
}

/// The state after the events so far.
#[derive(Debug, Default)]
struct Seen {
    pieces: u64,
    first: Option<Duration>,
    last: Duration,
    /// MiniMax's count so far, and the time of the last piece before it.
    counted: Option<(u64, Duration)>,
    is_whole: bool,
    error: Option<Failure>,
}

impl Meter {
    /// Adds received bytes; `at` counts from the moment the request was sent. Returns whether more are
    /// needed.
    pub fn take(&mut self, bytes: &[u8], at: Duration) -> bool {
        self.bytes = self.bytes.saturating_add(bytes.len());
        let seen = &mut self.seen;
        self.events.take(bytes, |data| seen.event(data, at));
        !self.seen.is_over() && !self.is_full()
    }

    /// The result of the measurement.
    ///
    /// # Errors
    ///
    /// A [`Failure`] if not a single piece of output came: MiniMax's own error, otherwise by `reader`.
    pub fn finish(mut self, reader: Reader) -> Result<Measured, Failure> {
        let seen = &mut self.seen;
        let last = seen.last;
        self.events.end(|data| seen.event(data, last));
        let is_full = self.is_full();
        let Seen { pieces, first, last, counted, is_whole, error } = self.seen;
        let end = match (error, reader) {
            (Some(failure), _) => End::Broken(failure.kind),
            (None, _) if is_whole => End::Whole,
            (None, _) if is_full => End::Endless,
            (None, Reader::Closed | Reader::Broke) => End::Broken(FailureKind::Unreadable),
            (None, Reader::Silent) => End::Broken(FailureKind::Timeout),
            (None, Reader::CutOff) => End::Endless,
        };
        let Some(first) = first else {
            let kind = match end {
                End::Whole => FailureKind::NoData,
                End::Broken(kind) => kind,
                End::Endless => FailureKind::Timeout,
            };
            return Err(error.unwrap_or(Failure::new(kind)));
        };
        let (output_tokens, until) = counted.map_or((None, last), |(tokens, at)| (Some(tokens), at));
        Ok(Measured { output_tokens, pieces, to_first: first, span: until.saturating_sub(first), end })
    }

    const fn is_full(&self) -> bool {
        self.bytes >= STREAM_LIMIT
    }
}

impl Seen {
    const fn is_over(&self) -> bool {
        self.is_whole || self.error.is_some()
    }

    fn event(&mut self, data: &[u8], at: Duration) {
        // Data that is no JSON, such as the `[DONE]` of other APIs, is ignored.
        let Ok(event) = serde_json::from_slice::<Value>(data) else { return };
        if self.is_over() {
            return;
        }
        if let Some(failure) = answer::error_in(&event) {
            self.error = Some(failure);
            return;
        }
        match event["type"].as_str().unwrap_or_default() {
            "content_block_start" if has_output(&event["content_block"]) => self.piece(at),
            "content_block_delta" if has_output(&event["delta"]) => self.piece(at),
            "message_delta" => {
                let tokens = event["usage"]["output_tokens"].as_u64().filter(|tokens| *tokens > 0);
                if let Some(tokens) = tokens.filter(|_| self.pieces > 0) {
                    self.counted = Some((tokens, self.last));
                }
            }
            "message_stop" => self.is_whole = true,
            _ => {}
        }
    }

    fn piece(&mut self, at: Duration) {
        self.pieces += 1;
        self.first.get_or_insert(at);
        self.last = at;
    }
}

/// Thinking is output too. A signature is not, and an empty text only opens a block.
fn has_output(part: &Value) -> bool {
    ["text", "thinking", "partial_json"]
        .iter()
        .any(|name| part[*name].as_str().is_some_and(|t| !t.is_empty()))
}

#[cfg(test)]
mod tests;
