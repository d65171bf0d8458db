//! One account: the data of the server and the state of the model.

use tidemark_core::answer::Answer;
use tidemark_core::failure::{Failure, FailureKind};

use crate::model::{Flag, Meter, Purse, Say};

pub const LENGTHS: [i64; 2] = [18_000, 604_800];
/// Monday, 23 November 2026, 00:00 UTC.
pub const MONDAY: i64 = 1_795_392_000;
pub const STALE: i64 = 15 * 60;

/// How an account is answered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wire {
    Full,
    /// Bounds that are a few minutes off, differently each time.
    Jitter,
    NoBounds,
    /// Once, with the figures of the window before.
    Late,
    Offline,
    Refused,
    NoPlan,
}

#[derive(Debug, Default)]
pub struct Place {
    pub wire: Option<Wire>,
    /// For the interval and the week: the number of the window, what is left of it, and what was left of the former
    /// one.
    pub left: [(i64, u32, u32); 2],
    pub dollars: u32,
    pub meters: [Meter; 2],
    purse: Purse,
    had_plan: bool,
    refused: Flag,
    lapsed: Flag,
    /// When the last reading came by the local clock, and how far the server's clock is ahead of it.
    read: Option<(i64, i64)>,
    is_refused_now: bool,
}

impl Place {
    /// Starts with this percentage left.
    pub fn new(left: u32) -> Self {
        Self { left: [(0, left, left); 2], dollars: left, ..Self::default() }
    }

    /// Starts the windows of this time, if they are new.
    pub fn open_windows(&mut self, time: i64) {
        for (window, length) in self.left.iter_mut().zip(LENGTHS) {
            let number = (time - MONDAY).div_euclid(length);
            if number != window.0 {
                *window = (number, 100, window.1);
            }
        }
    }

    /// Answers as `wire` says at a time of the server's and of the local clock, and updates the model with what was
    /// really sent.
    pub fn answer(
        &mut self,
        is_plan: bool,
        (time, local): (i64, i64),
        slip: i64,
        thresholds: (u32, u32),
    ) -> Result<Answer, Failure> {
        let mut wire = self.wire.unwrap_or(Wire::Full);
        if wire == Wire::Late {
            self.wire = None;
        }
        // Without a countdown nothing shows that the clock is wrong, so no result can be expected to be right.
        if matches!(wire, Wire::NoBounds | Wire::Late) && time != local {
            wire = Wire::Full;
        }
        match wire {
            Wire::Offline => {
                return Err(Failure::new(FailureKind::Offline)).inspect_err(|_| self.is_refused_now = false);
            }
            Wire::Refused => {
                self.refused.set(true);
                self.is_refused_now = true;
                return Ok(code(1004));
            }
            Wire::NoPlan => {
                self.refused.set(false);
                self.lapsed.set(self.had_plan);
                self.is_refused_now = true;
                return Ok(code(2062));
            }
            Wire::Full | Wire::Jitter | Wire::NoBounds | Wire::Late => {}
        }
        self.is_refused_now = false;
        self.refused.set(false);
        self.lapsed.set(false);
        if !is_plan {
            self.read = Some((local, 0));
            let dollars = self.dollars;
            self.purse.read(if dollars == 0 { 3 } else { usize::from(dollars < 20) });
            return Ok(balance(dollars));
        }
        self.had_plan = true;
        let skew = if wire == Wire::NoBounds { 0 } else { time - local };
        self.read = Some((local, skew));
        let mut row = serde_json::json!({ "model_name": "general" });
        for (weekly, length) in LENGTHS.into_iter().enumerate() {
            let (number, left, former) = self.left[weekly];
            let is_late = wire == Wire::Late && weekly == 0;
            let (number, left) = if is_late { (number - 1, former) } else { (number, left) };
            // An end in the past is only recognized as such with a correct clock.
            let slip = if time == local { slip } else { slip.abs() };
            let slip = if wire == Wire::Jitter { slip } else { 0 };
            let begins = MONDAY + number * length + slip;
            let (prefix, status) = if weekly == 0 { ("", "interval") } else { ("weekly_", "weekly") };
            row[format!("current_{status}_status")] = if left == 0 { 2 } else { 1 }.into();
            row[format!("current_{status}_remaining_percent")] = left.into();
            if wire != Wire::NoBounds {
                row[format!("{prefix}start_time")] = (begins * 1000).into();
                row[format!("{prefix}end_time")] = ((begins + length) * 1000).into();
                if !is_late {
                    row[format!("{prefix}remains_time")] = ((begins + length - time) * 1000).into();
                }
            }
            let bounds = (wire != Wire::NoBounds).then_some((number, begins + length));
            self.meters[weekly].read(left, bounds, thresholds);
        }
        let body = serde_json::json!({ "model_remains": [row], "base_resp": { "status_code": 0 } });
        let date =
            jiff::Timestamp::from_second(time).expect("a moment").strftime("%a, %d %b %Y %H:%M:%S GMT");
        let date = (wire != Wire::NoBounds).then(|| ("date".to_owned(), date.to_string()));
        Ok(Answer { status: 200, headers: date.into_iter().collect(), body: body.to_string().into_bytes() })
    }

    pub fn due(&self, local: i64, is_purse: bool) -> Vec<(Say, (u64, usize))> {
        let mut due = Vec::new();
        due.extend(self.refused.due().then_some((Say::Refused, (0, 0))));
        due.extend(self.lapsed.due().then_some((Say::Lapsed, (0, 0))));
        let Some((at, skew)) = self.read.filter(|_| !self.is_refused_now) else { return due };
        if local - at > STALE || at - local > 90 {
            return due;
        }
        if is_purse {
            due.extend(self.purse.due().map(|say| (say, (0, 0))));
        }
        for (weekly, meter) in self.meters.iter().enumerate() {
            let say = meter.due(weekly == 1).filter(|_| meter.is_current(local + skew));
            due.extend(say.map(|say| (say, meter.stamp())));
        }
        due
    }

    pub fn said(&mut self, say: Say, stamp: (u64, usize), thresholds: (u32, u32)) {
        match say {
            Say::Worse(weekly, _) | Say::Back(weekly) => {
                self.meters[usize::from(weekly)].said(say, stamp, thresholds);
            }
            Say::Refused => self.refused.heard = self.refused.holds,
            Say::Lapsed => self.lapsed.heard = self.lapsed.holds,
            Say::Money(rung) => self.purse.said(rung),
        }
    }

    pub fn unwanted(&mut self, off: impl Fn(Say) -> bool) {
        self.meters.iter_mut().for_each(|meter| meter.unwanted(&off));
        self.refused.heard |= self.refused.holds && off(Say::Refused);
        self.lapsed.heard |= self.lapsed.holds && off(Say::Lapsed);
        if off(Say::Money(1)) {
            self.purse.unwanted();
        }
    }
}

fn code(code: i64) -> Answer {
    let body = serde_json::json!({ "base_resp": { "status_code": code, "status_msg": "" } });
    Answer { status: 200, headers: Vec::new(), body: body.to_string().into_bytes() }
}

fn balance(dollars: u32) -> Answer {
    let body = serde_json::json!({
        "available_amount": format!("{dollars}.00"), "balance_alert_switch": true, "balance_alert_threshold": "5.00",
        "base_resp": { "status_code": 0, "status_msg": "success" },
    });
    Answer { status: 200, headers: Vec::new(), body: body.to_string().into_bytes() }
}
