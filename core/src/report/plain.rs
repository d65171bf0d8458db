//! The plain text of `tidemark explain` and `tidemark status`.
//!
//! Names come from outside, so control characters are removed: they could control the terminal.

use std::fmt::Write;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use super::{
    AccountState, AccountStatus, BalanceReport, Confidence, Explanation, FailureReport, ForecastReport,
    RowReport, SpanName, StatusReport, WindowReport, WindowState,
};

/// Maximum length of a name, in characters.
const LONGEST_NAME: usize = 120;

/// An explanation as a few short lines, each with a line break at the end. Clock times are in `zone`.
#[must_use]
pub fn plain_lines(explanation: &Explanation, zone: &TimeZone) -> String {
    let clock = Clock { now: explanation.at, zone };
    let mut lines = meaning(
        &clock,
        explanation.failure.as_ref(),
        explanation.balance.as_ref(),
        explanation.rows.iter().collect(),
    );
    lines.extend(explanation.notes.iter().map(|note| format!("Note: {note}")));
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

/// The state of all accounts, each as a heading with its figures below. Clock times are in `zone`.
#[must_use]
pub fn plain_status(report: &StatusReport, zone: &TimeZone) -> String {
    let clock = Clock { now: report.at, zone };
    let accounts: Vec<String> = report.accounts.iter().map(|account| of_account(&clock, account)).collect();
    accounts.join("\n")
}

/// A state in words.
#[must_use]
pub const fn state_words(state: AccountState) -> &'static str {
    match state {
        AccountState::Good => "good",
        AccountState::Near => "near its limit",
        AccountState::Exhausted => "used up",
        AccountState::NoPlan => "no active plan",
        AccountState::Refused => "key refused",
        AccountState::Stale => "old figures",
        AccountState::Unknown => "not known",
    }
}

fn of_account(clock: &Clock<'_>, account: &AccountStatus) -> String {
    let age = account.read_at.filter(|_| account.stale);
    let from = if account.state == AccountState::Stale { "from" } else { "figures from" };
    let age = age.map(|at| format!(", {from} {}", clock.time(at))).unwrap_or_default();
    // Resets are by MiniMax's clock.
    let server_now = clock.now.checked_add(account.clock_skew).unwrap_or(clock.now);
    let clock = &Clock { now: server_now, ..*clock };
    let mut lines =
        meaning(clock, account.failure.as_ref(), account.balance.as_ref(), account.rows.iter().collect());
    lines.extend(account.forecast.as_ref().map(|forecast| forecast_line(clock, forecast)));
    let mut text = format!("{}: {}{age}\n", printable(&account.name), state_words(account.state));
    for line in lines.iter().filter(|line| !line.is_empty()) {
        // `write!` to a string cannot fail.
        let _ = writeln!(text, "  {line}");
    }
    text
}

fn meaning(
    clock: &Clock<'_>,
    failure: Option<&FailureReport>,
    balance: Option<&BalanceReport>,
    rows: Vec<&RowReport>,
) -> Vec<String> {
    let mut lines: Vec<String> = failure.into_iter().flat_map(failure_lines).collect();
    lines.extend(balance.into_iter().flat_map(balance_lines));
    for row in rows {
        lines.push(name_of(row));
        lines.extend(row.windows.iter().map(|window| window_line(clock, window)));
    }
    lines
}

fn forecast_line(clock: &Clock<'_>, forecast: &ForecastReport) -> String {
    let guess = match forecast.confidence {
        Confidence::Low => ", by a first guess",
        Confidence::Fair | Confidence::Good => "",
    };
    match forecast.runs_out_at {
        Some(at) => format!("runs out about {}{guess}", clock.time(at)),
        None => format!("does not run out at this pace{guess}"),
    }
}

fn failure_lines(failure: &FailureReport) -> impl Iterator<Item = String> {
    let code = failure.code.map(|code| format!("MiniMax's code: {code}"));
    let wait = failure.retry_after_seconds.map(|seconds| format!("Ask again after: {}", period(seconds)));
    [Some(printable(&failure.message)), code, wait].into_iter().flatten()
}

fn balance_lines(balance: &BalanceReport) -> impl Iterator<Item = String> {
    let currency = &balance.currency;
    let line = move |label: &str, amount: Option<Decimal>| {
        let amount = amount.map_or_else(|| "not said".to_owned(), |amount| format!("{amount} {currency}"));
        format!("{label:<11}{amount}")
    };
    let available = line("available", balance.available);
    let state = if balance.low { format!("{available}  (low)") } else { available };
    let parts = [
        ("cash", balance.cash),
        ("voucher", balance.voucher),
        ("credit", balance.credit),
        ("owed", balance.owed),
        ("warn below", balance.alert_below),
    ];
    let parts = parts.map(|(label, amount)| amount.map(|amount| line(label, Some(amount))));
    std::iter::once(state).chain(parts.into_iter().flatten())
}

fn name_of(row: &RowReport) -> String {
    let title = printable(&row.title);
    match &row.model {
        Some(model) if *model != row.title => format!("{title} ({}):", printable(model)),
        _ => format!("{title}:"),
    }
}

fn window_line(clock: &Clock<'_>, window: &WindowReport) -> String {
    let mut line = format!("  {:<8}{}", label(window), allowance(window));
    if let (Some(used), Some(total)) = (window.used, window.total) {
        // `write!` to a string cannot fail.
        let _ = write!(line, ", {used} of {total} used");
    }
    match window.resets_at {
        _ if window.rolling => line.push_str(", frees up gradually"),
        Some(resets_at) => {
            let _ = write!(line, ", resets {}", clock.moment(resets_at));
        }
        None => {}
    }
    if (window.boost - 1.0).abs() > f64::EPSILON {
        let _ = write!(line, ", boosted x{}", window.boost);
    }
    line
}

fn label(window: &WindowReport) -> String {
    match (window.span, window.length_seconds) {
        (SpanName::Weekly, _) => "week".to_owned(),
        (SpanName::Interval, Some(seconds)) => period(seconds.unsigned_abs()),
        (SpanName::Interval, None) => "short".to_owned(),
    }
}

fn allowance(window: &WindowReport) -> String {
    let shares = window.used_percent.zip(window.remaining_percent);
    match (window.state, shares) {
        (WindowState::Limited, Some((used, left))) => format!("{} % used, {} % left", used.0, left.0),
        (WindowState::Exhausted, _) => "used up".to_owned(),
        (WindowState::Unlimited, _) => "no limit".to_owned(),
        (WindowState::NotInPlan, _) => "not in the plan".to_owned(),
        (WindowState::Unknown, Some((_, left))) => format!("not certain; {} % left was sent", left.0),
        (WindowState::Unknown | WindowState::Limited, _) => "not said".to_owned(),
    }
}

/// The present moment and the zone of clock times.
struct Clock<'a> {
    now: Timestamp,
    zone: &'a TimeZone,
}

impl Clock<'_> {
    /// A time, with its date unless that is today. Of the zones only UTC is named.
    fn time(&self, moment: Timestamp) -> String {
        let (then, now) = (moment.to_zoned(self.zone.clone()), self.now.to_zoned(self.zone.clone()));
        let clock = then.strftime(if then.date() == now.date() { "%H:%M" } else { "%Y-%m-%d %H:%M" });
        let is_utc = self.zone.to_offset_info(moment).abbreviation() == "UTC";
        if is_utc { format!("{clock} UTC") } else { clock.to_string() }
    }

    /// A time, and how far away it is.
    fn moment(&self, moment: Timestamp) -> String {
        let clock = self.time(moment);
        match u64::try_from(moment.duration_since(self.now).as_secs()) {
            Ok(seconds) => format!("{clock} (in {})", period(seconds)),
            Err(_) => clock,
        }
    }
}

/// A duration in its two largest units.
fn period(seconds: u64) -> String {
    let (days, hours) = (seconds / 86_400, seconds % 86_400 / 3600);
    let (minutes, rest) = (seconds % 3600 / 60, seconds % 60);
    let parts = match (days, hours, minutes) {
        (0, 0, 0) => [(rest, "s"), (0, "")],
        (0, 0, _) => [(minutes, "min"), (rest, "s")],
        (0 | 1, _, _) => [(days * 24 + hours, "h"), (minutes, "min")],
        (_, _, _) => [(days, "d"), (hours, "h")],
    };
    let shown: Vec<String> = parts
        .iter()
        .enumerate()
        .filter(|(place, (amount, _))| *place == 0 || *amount > 0)
        .map(|(_, (amount, unit))| format!("{amount} {unit}"))
        .collect();
    shown.join(" ")
}

/// Removes characters that could control a terminal or reverse the text direction, and cuts long names.
fn printable(text: &str) -> String {
    let steers = |c: &char| {
        c.is_control()
            || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
    };
    text.chars().filter(|c| !steers(c)).take(LONGEST_NAME).collect()
}
