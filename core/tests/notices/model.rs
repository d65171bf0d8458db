//! A model of what the user may and must be notified of, implemented in a second, different way.
//!
//! The model is given the window of a figure and does not derive it from bounds. Instead of levels it keeps for each
//! threshold whether a notification is still needed. The rules that are design decisions are repeated here:
//! - A first reading causes a notification only if already spent.
//! - A threshold is armed again once the figure has risen five points above it.
//! - Of several pending alerts only the worst is shown. If a level was reached and left without a notification, none is
//!   shown for it, and none for its return.
//! - The return of a spent window causes a notification; that of a near one only when a new window has started.
//! - Without bounds, a rise of ten points is a new window.

use tidemark_core::alert::NoticeKind;

/// Something that a notification says about an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Say {
    /// A window (weekly or not) has passed a threshold: 1 near, 2 critical, 3 spent.
    Worse(bool, usize),
    /// Quota is available again in that window.
    Back(bool),
    Refused,
    Lapsed,
    /// 1 low, 3 used up.
    Money(usize),
}

/// Returns the level of a share as a number: 0 good, 1 near, 2 critical, 3 spent.
pub fn rung(left: u32, near: u32, critical: u32) -> usize {
    let used = 100 - left;
    if left == 0 { 3 } else { usize::from(used >= near) + usize::from(used >= critical) }
}

/// The notification state of one window of one row.
#[derive(Clone, Debug, Default)]
pub struct Meter {
    seen: bool,
    /// The window's number and its end, as far as bounds were sent.
    number: Option<(i64, i64)>,
    /// Counts the windows as they are noticed.
    turn: u64,
    left: u32,
    rung: usize,
    /// For each threshold: whether it needs no more notification in this window.
    heard: [bool; 4],
    /// The last notification: the rung, and its turn.
    belief: (usize, u64),
    /// Whether a later figure of the same window has made the last notification outdated.
    risen: bool,
    /// Whether the last answer was about a former window.
    hidden: bool,
    late: u32,
}

impl Meter {
    /// Takes a figure. `number` is that of the window, with its end, if its bounds were sent.
    pub fn read(&mut self, left: u32, number: Option<(i64, i64)>, (near, critical): (u32, u32)) {
        let now = rung(left, near, critical);
        if !self.seen {
            *self = Self { seen: true, number, left, rung: now, ..Self::default() };
            for heard in 1..=now {
                self.heard[heard] = now != 3;
            }
            return;
        }
        let is_former = matches!((self.number, number), (Some(known), Some(sent)) if sent.0 < known.0);
        if is_former && self.late < 2 {
            self.late += 1;
            self.hidden = true;
            return;
        }
        (self.hidden, self.late) = (false, 0);
        let is_new = match (self.number, number) {
            (Some(known), Some(sent)) => sent.0 > known.0,
            (_, None) | (None, Some(_)) => left >= self.left + 10,
        };
        if is_new {
            self.turn += 1;
            self.heard = [false; 4];
            self.risen = false;
            self.number = number;
        } else {
            self.number = number.or(self.number);
            let clear = [0, 100 - near + 5, 100 - critical + 5, 5];
            for (heard, above) in self.heard.iter_mut().zip(clear) {
                *heard &= left < above;
            }
        }
        (self.left, self.rung) = (left, now);
        if self.belief.1 == self.turn && self.belief.0 > 0 {
            match self.belief.0 {
                3 if now == 3 => {
                    self.risen = false;
                    self.heard = [true; 4];
                }
                3 => self.risen |= left >= 5,
                _ if !self.risen => self.belief.0 = self.belief.0.min(self.known()),
                _ => {}
            }
        }
    }

    /// The rung that counts: a notified one counts until the figure is clear of it.
    fn known(&self) -> usize {
        let heard = (1..=3).rev().find(|rung| self.heard[*rung]).unwrap_or(0);
        self.rung.max(heard)
    }

    fn worse(&self) -> Option<usize> {
        (self.rung > 0 && !self.heard[self.rung] && self.known() == self.rung).then_some(self.rung)
    }

    fn is_back(&self) -> bool {
        let may_be = self.belief.1 != self.turn || self.risen;
        self.worse().is_none() && may_be && self.belief.0 > self.known()
    }

    /// Whether the figure is about the current window and that window still runs at a time of the server's clock.
    pub fn is_current(&self, at: i64) -> bool {
        !self.hidden && self.number.is_none_or(|(_, end)| end > at)
    }

    /// Returns the last figure, and its rung by the thresholds of that time.
    pub const fn read_last(&self) -> (u32, usize) {
        (self.left, self.rung)
    }

    /// Returns the pending notification.
    pub fn due(&self, weekly: bool) -> Option<Say> {
        let worse = self.worse().map(|rung| Say::Worse(weekly, rung));
        worse.or_else(|| self.is_back().then_some(Say::Back(weekly)))
    }

    /// Identifies the state while a notification is being shown: the turn, and the rung after a return.
    pub fn stamp(&self) -> (u64, usize) {
        (self.turn, self.known())
    }

    /// Records a notification as shown, with the stamp of its start.
    pub fn said(&mut self, say: Say, (turn, known): (u64, usize), (near, critical): (u32, u32)) {
        match say {
            Say::Worse(_, rung) => {
                self.belief = (rung, turn);
                self.risen = false;
                let above = [0, 100 - near + 5, 100 - critical + 5, 5][rung];
                if turn != self.turn {
                } else if self.rung >= rung || self.left < above {
                    self.heard[1..=rung].fill(true);
                } else if rung == 3 {
                    self.risen = true;
                } else {
                    self.belief.0 = self.known();
                }
            }
            Say::Back(_) => {
                self.belief = (known, turn);
                self.risen = false;
            }
            Say::Refused | Say::Lapsed | Say::Money(_) => {}
        }
    }

    /// Records unwanted notifications as shown.
    pub fn unwanted(&mut self, off: impl Fn(Say) -> bool) {
        if let Some(rung) = self.worse()
            && off(Say::Worse(false, rung))
        {
            self.heard[1..=rung].fill(true);
        }
        if self.is_back() && off(Say::Back(false)) {
            self.belief = (self.known(), self.turn);
            self.risen = false;
        }
    }
}

/// Something that is notified once for as long as it holds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Flag {
    pub holds: bool,
    pub heard: bool,
}

impl Flag {
    pub fn set(&mut self, holds: bool) {
        *self = Self { holds, heard: holds && self.heard };
    }

    pub const fn due(self) -> bool {
        self.holds && !self.heard
    }
}

/// The notification state of a balance.
#[derive(Clone, Copy, Debug, Default)]
pub struct Purse {
    seen: bool,
    rung: usize,
    heard: usize,
}

impl Purse {
    pub fn read(&mut self, rung: usize) {
        let heard = if self.seen { self.heard.min(rung) } else { rung % 3 };
        *self = Self { seen: true, rung, heard };
    }

    pub fn due(self) -> Option<Say> {
        (self.rung > self.heard).then_some(Say::Money(self.rung))
    }

    pub fn said(&mut self, rung: usize) {
        self.heard = self.heard.max(rung.min(self.rung));
    }

    pub fn unwanted(&mut self) {
        self.heard = self.heard.max(self.rung);
    }
}

/// Returns the kind by which the settings switch it.
pub const fn kind(say: Say) -> NoticeKind {
    match say {
        Say::Worse(_, 3) => NoticeKind::Spent,
        Say::Worse(..) => NoticeKind::Near,
        Say::Back(_) => NoticeKind::Back,
        Say::Refused => NoticeKind::Refused,
        Say::Lapsed => NoticeKind::Lapsed,
        Say::Money(_) => NoticeKind::Balance,
    }
}

/// Returns the name by which quiet hours allow it.
pub const fn name_of(say: Say) -> &'static str {
    match say {
        Say::Worse(_, 3) => "spent",
        Say::Worse(..) => "near",
        Say::Back(_) => "back",
        Say::Refused => "refused",
        Say::Lapsed => "lapsed",
        Say::Money(_) => "balance",
    }
}

/// Whether a UTC clock time is within hours such as `22:00-07:00`.
pub fn is_quiet(hours: &str, local: i64) -> bool {
    let clock = |text: &str| -> Option<i64> {
        let (hours, minutes) = text.split_once(':')?;
        Some(hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?)
    };
    let Some((from, to)) = hours.split_once('-').and_then(|(from, to)| Some((clock(from)?, clock(to)?)))
    else {
        return false;
    };
    let minute = local.rem_euclid(86_400) / 60;
    if from < to { (from..to).contains(&minute) } else { minute >= from || minute < to }
}
