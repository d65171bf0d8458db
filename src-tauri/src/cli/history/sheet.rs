//! The output formats of readings: plain lines, comma-separated values, JSON.

use std::collections::HashMap;
use std::io::{self, Write};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use tidemark_core::account::{AccountId, Region};
use tidemark_core::history::WindowKey;
use tidemark_core::reading::{Currency, Span};
use tidemark_core::report::{Share, SpanName};
use tidemark_core::settings::Settings;

use crate::store::{Entry, Figure, Known};
use crate::zone;

/// The name and currency of each account, including removed ones.
#[derive(Debug)]
pub(super) struct Names(HashMap<AccountId, (Option<String>, Option<Currency>)>);

impl Names {
    /// The settings take precedence; for removed accounts the store has the last name.
    pub(super) fn new(settings: &Settings, known: Vec<Known>) -> Self {
        let currency = |region: Option<Region>| region.map(Currency::of);
        let removed = known.into_iter().map(|k| (k.id, (k.name, currency(k.region))));
        let present = settings.accounts.iter();
        let present = present.map(|a| (a.id.clone(), (Some(a.name.clone()), currency(Some(a.region)))));
        Self(removed.chain(present).collect())
    }

    fn name(&self, account: &AccountId) -> Option<&str> {
        self.0.get(account)?.0.as_deref()
    }

    fn currency(&self, account: &AccountId) -> Option<&'static str> {
        Some(self.0.get(account)?.1?.code())
    }
}

/// The output format.
#[derive(Debug)]
pub(super) enum Sheet {
    /// Lines to read, in the user's time zone.
    Plain {
        zone: TimeZone,
        /// The width of the account column, in terminal columns.
        account: usize,
        /// The width of the row column, in terminal columns.
        row: usize,
    },
    Csv,
    Json,
}

/// One reading in JSON.
#[derive(Serialize)]
struct Line<'a> {
    account: Whose<'a>,
    at: Timestamp,
    until: Timestamp,
    #[serde(flatten)]
    figure: Written<'a>,
}

#[derive(Serialize)]
struct Whose<'a> {
    id: &'a str,
    name: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Written<'a> {
    Window {
        model: Option<&'a str>,
        span: SpanName,
        remaining_percent: Share,
        used_percent: Share,
        starts_at: Option<Timestamp>,
        resets_at: Option<Timestamp>,
        rolling: bool,
    },
    Money {
        available: String,
        currency: Option<&'static str>,
    },
}

const HEADER: &str = "account,account_id,at,until,model,span,remaining_percent,used_percent,starts_at,resets_at,rolling,available,currency";

impl Sheet {
    /// Sizes the columns to fit their contents.
    pub(super) fn plain(names: &Names, windows: &[WindowKey]) -> Self {
        let account = names.0.iter().map(|(id, (name, _))| width(&called(name.as_deref(), id))).max();
        let row = windows.iter().map(|key| width(&row_name(key))).max();
        Self::Plain {
            zone: zone::current(),
            account: account.unwrap_or_default().max("ACCOUNT".len()),
            row: row.unwrap_or_default().max("balance".len()),
        }
    }

    pub(super) fn begin(&self, out: &mut impl Write, at: Timestamp) -> io::Result<()> {
        match self {
            Self::Plain { account, row, .. } => {
                let (account, row) = (padded("ACCOUNT", *account), padded("ROW", *row));
                writeln!(
                    out,
                    "SEEN FROM         TO                {account}  {row}  WINDOW    LEFT     RESETS"
                )
            }
            Self::Csv => writeln!(out, "{HEADER}"),
            Self::Json => write!(out, "{{\n  \"schema\": 1,\n  \"at\": \"{at}\",\n  \"readings\": ["),
        }
    }

    pub(super) fn line(
        &self,
        out: &mut impl Write,
        names: &Names,
        entry: &Entry,
        is_first: bool,
    ) -> io::Result<()> {
        match self {
            Self::Plain { zone, account, row } => {
                let name = padded(&called(names.name(&entry.account), &entry.account), *account);
                let (from, to) = (local(entry.at(), zone), local(entry.until(), zone));
                let figures = match &entry.figure {
                    Figure::Window { key, point } => {
                        let resets = match point.resets_at {
                            _ if point.rolling => "frees up gradually".to_owned(),
                            Some(at) => local(at, zone),
                            None => String::new(),
                        };
                        let (row, span) = (padded(&row_name(key), *row), span_word(key.span));
                        format!("{row}  {span:<8}  {:>6} %  {resets}", point.left.to_string())
                    }
                    Figure::Money(point) => {
                        let currency = names.currency(&entry.account).unwrap_or_default();
                        format!("{}            {} {currency}", padded("balance", *row), point.available)
                    }
                };
                writeln!(out, "{}", format!("{from}  {to}  {name}  {figures}").trim_end())
            }
            Self::Csv => writeln!(out, "{}", values(names, entry).map(|v| field(&v)).join(",")),
            Self::Json => {
                let line = serde_json::to_string(&written(names, entry)).map_err(io::Error::from)?;
                write!(out, "{}\n    {line}", if is_first { "" } else { "," })
            }
        }
    }

    pub(super) fn end(&self, out: &mut impl Write) -> io::Result<()> {
        match self {
            Self::Plain { .. } | Self::Csv => Ok(()),
            Self::Json => writeln!(out, "\n  ]\n}}"),
        }
    }

    pub(super) fn nothing(&self, out: &mut impl Write, at: Timestamp) -> io::Result<()> {
        match self {
            Self::Plain { .. } => writeln!(out, "No such readings are kept on this computer."),
            Self::Csv => self.begin(out, at),
            Self::Json => {
                self.begin(out, at)?;
                writeln!(out, "]\n}}")
            }
        }
    }
}

fn written<'a>(names: &'a Names, entry: &'a Entry) -> Line<'a> {
    let figure = match &entry.figure {
        Figure::Window { key, point } => Written::Window {
            model: key.row.as_deref(),
            span: match key.span {
                Span::Interval => SpanName::Interval,
                Span::Weekly => SpanName::Weekly,
            },
            remaining_percent: Share(point.left),
            used_percent: Share(point.left.rest()),
            starts_at: point.starts_at,
            resets_at: point.resets_at,
            rolling: point.rolling,
        },
        Figure::Money(point) => Written::Money {
            available: point.available.to_string(),
            currency: names.currency(&entry.account),
        },
    };
    let account = Whose { id: &entry.account.0, name: names.name(&entry.account) };
    Line { account, at: entry.at(), until: entry.until(), figure }
}

/// Returns the values of a line in the order of [`HEADER`]; a value that MiniMax did not send is empty.
fn values(names: &Names, entry: &Entry) -> [String; 13] {
    let name = as_text(names.name(&entry.account).unwrap_or_default());
    let moment = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    let mut values: [String; 13] = Default::default();
    values[..4].clone_from_slice(&[
        name,
        entry.account.0.clone(),
        entry.at().to_string(),
        entry.until().to_string(),
    ]);
    match &entry.figure {
        Figure::Window { key, point } => values[4..11].clone_from_slice(&[
            as_text(key.row.as_deref().unwrap_or_default()),
            span_word(key.span).to_owned(),
            point.left.to_string(),
            point.left.rest().to_string(),
            moment(point.starts_at),
            moment(point.resets_at),
            point.rolling.to_string(),
        ]),
        Figure::Money(point) => values[11..].clone_from_slice(&[
            point.available.to_string(),
            names.currency(&entry.account).unwrap_or_default().to_owned(),
        ]),
    }
    values
}

/// Keeps a spreadsheet from reading a name as a formula, which some first characters cause.
fn as_text(name: &str) -> String {
    let name = printable(name);
    if name.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) {
        format!("'{name}")
    } else {
        name
    }
}

/// Quotes a value if RFC 4180 requires it.
fn field(value: &str) -> String {
    if value.contains([',', '"', '\n', '\r']) || value.starts_with('\'') {
        format!("\"{}\"", value.replace('"', "\"\""))
    } else {
        value.to_owned()
    }
}

/// Removes characters that move a terminal's cursor or change the text direction: MiniMax chooses row names.
fn printable(name: &str) -> String {
    let is_harmful = |c: char| {
        c.is_control()
            || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
    };
    name.chars().filter(|c| !is_harmful(*c)).collect()
}

fn called(name: Option<&str>, account: &AccountId) -> String {
    name.map_or_else(|| account.0.chars().take(8).collect(), printable)
}

fn row_name(key: &WindowKey) -> String {
    key.row.as_deref().map_or_else(|| "(unnamed)".to_owned(), printable)
}

const fn span_word(span: Span) -> &'static str {
    match span {
        Span::Interval => "interval",
        Span::Weekly => "weekly",
    }
}

fn local(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

fn padded(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// The number of terminal columns a text takes; Chinese characters take two.
fn width(text: &str) -> usize {
    let wide = |c: char| {
        matches!(c, '\u{1100}'..='\u{115F}' | '\u{2E80}'..='\u{A4CF}' | '\u{AC00}'..='\u{D7A3}'
            | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE6F}' | '\u{FF00}'..='\u{FF60}'
            | '\u{FFE0}'..='\u{FFE6}' | '\u{1F300}'..='\u{1FAFF}' | '\u{20000}'..='\u{3FFFD}')
    };
    text.chars().map(|c| if wide(c) { 2 } else { 1 }).sum()
}
