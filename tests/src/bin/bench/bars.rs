//! The limits that Tidemark promises, and the comparison with the measured figures. Limits are not adjusted to
//! measurements.

use std::fmt;
use std::time::Duration;

use crate::Figures;
use crate::gauge::Memory;

/// One line of the table.
#[derive(Debug)]
pub struct Line {
    what: &'static str,
    ours: f64,
    yardstick: Option<f64>,
    unit: &'static str,
    bar: Option<Bar>,
}

/// The limit of a figure.
#[derive(Clone, Copy, Debug)]
enum Bar {
    /// At most this multiple of the yardstick's figure.
    Times(f64),
    /// At most this value.
    Most(f64),
    /// Less than this value.
    Under(f64),
}

impl Line {
    pub fn has_bar(&self) -> bool {
        self.bar.is_some()
    }

    /// Whether the figure is over its limit.
    pub fn is_missed(&self) -> bool {
        match self.bar {
            None => false,
            Some(Bar::Times(times)) => self.yardstick.is_none_or(|yardstick| self.ours > times * yardstick),
            Some(Bar::Most(most)) => self.ours > most,
            Some(Bar::Under(limit)) => self.ours >= limit,
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, ours, yardstick, unit, bar } = self;
        write!(f, "{what:<46} {ours:>8.2} {unit:<5}")?;
        match yardstick {
            Some(yardstick) => write!(f, " yardstick {yardstick:>8.2} ({:>5.2} x)", ours / yardstick)?,
            None => write!(f, "{:29}", "")?,
        }
        let verdict = if self.is_missed() { "MISS" } else { "PASS" };
        match bar {
            None => Ok(()),
            Some(Bar::Times(times)) => write!(f, "  {verdict}  at most {times} x"),
            Some(Bar::Most(most)) => write!(f, "  {verdict}  at most {most} {unit}"),
            Some(Bar::Under(limit)) => write!(f, "  {verdict}  under {limit} {unit}"),
        }
    }
}

/// The line for the first paint.
pub fn first_paint([ours, yardstick]: [Duration; 2]) -> Line {
    Line {
        what: "window asked for to first paint with data",
        ours: milliseconds(ours),
        yardstick: Some(milliseconds(yardstick)),
        unit: "ms",
        bar: Some(Bar::Times(1.3)),
    }
}

/// The table: the app's figures beside the yardstick's.
pub fn judge(ours: &Figures, yardstick: &Figures, first_paint: Line) -> Vec<Line> {
    let beside = |what, figure: fn(&Figures) -> f64, unit, bar| Line {
        what,
        ours: figure(ours),
        yardstick: Some(figure(yardstick)),
        unit,
        bar,
    };
    let alone = |what, ours, unit, bar| Line { what, ours, yardstick: None, unit, bar: Some(bar) };
    let mut lines = vec![
        beside("memory in the tray", |f| anonymous(f.rest), "MiB", Some(Bar::Times(1.5))),
        beside("  the same, all that is resident", |f| resident(f.rest), "MiB", None),
        beside(
            "memory after the first closing",
            |f| anonymous(f.first_closed),
            "MiB",
            Some(Bar::Times(1.25)),
        ),
        beside("  the same, all that is resident", |f| resident(f.first_closed), "MiB", None),
        beside("memory after the last closing", |f| anonymous(f.last_closed), "MiB", None),
        alone("  growth from the first to the last", growth(ours), "MiB", Bar::Under(1.0)),
        beside("processor time at rest", |f| f.activity.percent, "%", None),
        alone("  the same", ours.activity.percent, "%", Bar::Most(0.05)),
        beside("wake-ups a minute at rest", |f| f.activity.wakeups, "", None),
        alone("  the same", ours.activity.wakeups, "", Bar::Most(20.0)),
        beside("start to tray item", |f| milliseconds(f.start), "ms", Some(Bar::Times(1.5))),
        first_paint,
        beside("binary", |f| megabytes(f.size), "MB", None),
        alone("  the same", megabytes(ours.size), "MB", Bar::Most(12.0)),
    ];
    if let Some(status) = ours.status {
        lines.push(alone(
            "tidemark status, of the running app",
            milliseconds(status),
            "ms",
            Bar::Under(100.0),
        ));
    }
    lines
}

fn growth(figures: &Figures) -> f64 {
    anonymous(figures.last_closed) - anonymous(figures.first_closed)
}

fn anonymous(memory: Memory) -> f64 {
    mebibytes(memory.anonymous)
}

fn resident(memory: Memory) -> f64 {
    mebibytes(memory.resident)
}

fn mebibytes(kibibytes: u64) -> f64 {
    f64::from(u32::try_from(kibibytes).unwrap_or(u32::MAX)) / 1024.0
}

fn megabytes(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes / 1000).unwrap_or(u32::MAX)) / 1000.0
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
