//! What MiniMax answers to one account: usage that only grows within a window, and the ways in which it fails.

use jiff::Timestamp;
use serde_json::{Value, json};
use tidemark_core::answer::Answer;
use tidemark_core::failure::{Failure, FailureKind};

/// The start of the first windows, in seconds.
pub const FIRST: i64 = 1_795_341_600;
/// The lengths of the two windows, in seconds.
const LENGTHS: [i64; 2] = [5 * 3_600, 7 * 86_400];
/// The pause that MiniMax asks for, in seconds.
pub const PAUSE: i64 = 3_600;

/// How MiniMax answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Good,
    /// A good answer whose windows end in the year 9999.
    EndOfTime,
    /// A good answer with a date of 1970.
    OldDate,
    /// HTTP 429 with a pause of [`PAUSE`].
    Pause,
    RateLimited,
    Refused,
    NoPlan,
    ServerError,
    Garbage,
    Empty,
    Offline,
    Timeout,
    Keyring,
}

impl Mode {
    pub const ALL: [Self; 15] = [
        Self::Good,
        Self::Good,
        Self::Good,
        Self::EndOfTime,
        Self::OldDate,
        Self::Pause,
        Self::RateLimited,
        Self::Refused,
        Self::NoPlan,
        Self::ServerError,
        Self::Garbage,
        Self::Empty,
        Self::Offline,
        Self::Timeout,
        Self::Keyring,
    ];
}

/// The server's data of one account.
#[derive(Debug)]
pub struct Server {
    pub is_plan: bool,
    pub mode: Mode,
    /// The number of each window and the percentage used of it.
    used: [(i64, i64); 2],
    dollars: i64,
}

impl Server {
    pub fn new(is_plan: bool) -> Self {
        Self { is_plan, mode: Mode::Good, used: [(0, 10); 2], dollars: 100 }
    }

    pub fn spend(&mut self, percent: i64, time: i64) {
        self.turn(time);
        for (_, used) in &mut self.used {
            *used = (*used + percent).min(100);
        }
        self.dollars = (self.dollars - percent).max(-5);
    }

    /// Returns the numbers of the two windows at a time.
    pub fn windows(time: i64) -> [i64; 2] {
        LENGTHS.map(|length| (time - FIRST).div_euclid(length))
    }

    fn turn(&mut self, time: i64) {
        for (slot, number) in self.used.iter_mut().zip(Self::windows(time)) {
            if slot.0 != number {
                *slot = (number, 0);
            }
        }
    }

    pub fn answer(&mut self, time: i64) -> Result<Answer, Failure> {
        self.turn(time);
        let date = |second: i64| {
            Timestamp::from_second(second).expect("a moment").strftime("%a, %d %b %Y %H:%M:%S GMT")
        };
        let dated = |second: i64| vec![("date".to_owned(), date(second).to_string())];
        let answer = |status, headers, body: String| Ok(Answer { status, headers, body: body.into_bytes() });
        match self.mode {
            Mode::Good => answer(200, dated(time), self.body(time).to_string()),
            Mode::EndOfTime => {
                let mut body = self.body(time);
                if self.is_plan {
                    for key in ["end_time", "weekly_end_time"] {
                        body["model_remains"][0][key] = 253_402_207_200_000_i64.into();
                    }
                    for key in ["remains_time", "weekly_remains_time"] {
                        body["model_remains"][0][key] = (-1).into();
                    }
                }
                answer(200, dated(time), body.to_string())
            }
            Mode::OldDate => answer(200, dated(0), self.body(time).to_string()),
            Mode::Pause => answer(429, vec![("retry-after".to_owned(), PAUSE.to_string())], String::new()),
            Mode::RateLimited => answer(429, Vec::new(), String::new()),
            Mode::Refused => answer(200, Vec::new(), code(1004)),
            Mode::NoPlan => answer(200, Vec::new(), code(2062)),
            Mode::ServerError => answer(503, Vec::new(), String::new()),
            Mode::Garbage => answer(200, Vec::new(), "{\"model_remains\":[{\"end_time\":".to_owned()),
            Mode::Empty => answer(200, Vec::new(), json!({ "model_remains": [] }).to_string()),
            Mode::Offline => Err(Failure::new(FailureKind::Offline)),
            Mode::Timeout => Err(Failure::new(FailureKind::Timeout)),
            Mode::Keyring => Err(Failure::new(FailureKind::Keyring)),
        }
    }

    fn body(&self, time: i64) -> Value {
        if !self.is_plan {
            return json!({ "available_amount": format!("{}.00", self.dollars), "base_resp": { "status_code": 0 } });
        }
        let mut row = json!({ "model_name": "general" });
        for (index, (number, used)) in self.used.into_iter().enumerate() {
            let (prefix, name) = [("", "interval"), ("weekly_", "weekly")][index];
            let begins = FIRST + number * LENGTHS[index];
            row[format!("current_{name}_status")] = if used == 100 { 2 } else { 1 }.into();
            row[format!("current_{name}_remaining_percent")] = (100 - used).into();
            row[format!("{prefix}start_time")] = (begins * 1000).into();
            row[format!("{prefix}end_time")] = ((begins + LENGTHS[index]) * 1000).into();
            row[format!("{prefix}remains_time")] = ((begins + LENGTHS[index] - time) * 1000).into();
        }
        json!({ "model_remains": [row], "base_resp": { "status_code": 0 } })
    }
}

fn code(code: i64) -> String {
    json!({ "base_resp": { "status_code": code, "status_msg": "" } }).to_string()
}
