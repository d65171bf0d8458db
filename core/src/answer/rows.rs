//! The list of rows.
//!
//! Owns the names of a row's fields, rows sent twice, and the server's clock. Refuses entries that are no rows.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::envelope::content;
use super::value;
use super::window::{Remarks, Sent, windows};
use crate::endpoint::Endpoint;
use crate::failure::FailureKind;
use crate::reading::{Note, Percent, Plan, Row};

/// Reads the rows of a plan. `success` tells whether `base_resp` said so in as many words.
pub(super) fn plan(
    document: &Map<String, Value>,
    success: bool,
    endpoint: Endpoint,
    at: Timestamp,
) -> Result<Plan, FailureKind> {
    let entries = match content(document, "modelremains") {
        Some(Value::Array(entries)) => entries.as_slice(),
        Some(Value::Null) => &[],
        None if success => &[],
        Some(_) | None => return Err(FailureKind::Unreadable),
    };
    let mut remarks = Remarks::default();
    let mut clock = ServerClock::default();
    let mut rows = Rows::default();
    for entry in entries {
        match entry {
            Value::Null => {}
            Value::Object(fields) => {
                let sent = SentRow::of(fields);
                clock.hear(&sent.interval);
                clock.hear(&sent.weekly);
                rows.add(sent.read(endpoint, at, &mut remarks), &mut remarks);
            }
            _ => remarks.note(Note::RowLeftOut),
        }
    }
    if rows.list.is_empty() {
        let only_nulls = entries.iter().all(Value::is_null);
        return Err(if only_nulls { FailureKind::NoData } else { FailureKind::Unreadable });
    }
    Ok(Plan {
        rows: rows.list,
        ambiguous: remarks.ambiguous,
        notes: remarks.notes,
        server_time: clock.most_heard(),
    })
}

/// A row as sent.
#[derive(Default)]
struct SentRow<'a> {
    model: Option<&'a str>,
    interval: Sent,
    weekly: Sent,
}

impl<'a> SentRow<'a> {
    fn of(fields: &'a Map<String, Value>) -> Self {
        let mut row = Self::default();
        for (name, value) in fields {
            row.take(value::Folded::of(name).as_str(), value);
        }
        row
    }

    fn take(&mut self, folded: &str, value: &'a Value) {
        let (interval, weekly) = (&mut self.interval, &mut self.weekly);
        match folded {
            "modelname" => {
                self.model = self.model.or_else(|| value.as_str().filter(|name| !name.trim().is_empty()));
            }
            "starttime" => interval.take_start(value),
            "endtime" => interval.take_end(value),
            "remainstime" => interval.take_remains(value),
            "currentintervaltotalcount" => interval.take_total(value),
            "currentintervalusagecount" => interval.take_count(value),
            "currentintervalremainingpercent" => interval.take_percent(value),
            "currentintervalstatus" => interval.take_status(value),
            "intervalboostpermille"
            | "intervalboostpermill"
            | "currentintervalboostpermille"
            | "currentintervalboostpermill" => interval.take_boost(value),
            "weeklystarttime" => weekly.take_start(value),
            "weeklyendtime" => weekly.take_end(value),
            "weeklyremainstime" => weekly.take_remains(value),
            "currentweeklytotalcount" => weekly.take_total(value),
            "currentweeklyusagecount" => weekly.take_count(value),
            "currentweeklyremainingpercent" => weekly.take_percent(value),
            "currentweeklystatus" => weekly.take_status(value),
            "weeklyboostpermille"
            | "weeklyboostpermill"
            | "currentweeklyboostpermille"
            | "currentweeklyboostpermill" => weekly.take_boost(value),
            _ => {}
        }
    }

    fn read(&self, endpoint: Endpoint, at: Timestamp, remarks: &mut Remarks) -> Row {
        let is_shared = self.model.is_some_and(Row::is_text_name);
        Row {
            model: self.model.map(str::to_owned),
            windows: windows(&self.interval, &self.weekly, is_shared, endpoint, at, remarks),
        }
    }
}

/// The rows so far; of two with one name the tighter, at the place of the first.
#[derive(Default)]
struct Rows {
    list: Vec<Row>,
    places: HashMap<String, usize>,
}

impl Rows {
    fn add(&mut self, row: Row, remarks: &mut Remarks) {
        let Some(name) = row.model.clone() else {
            self.list.push(row);
            return;
        };
        match self.places.entry(name) {
            Entry::Vacant(place) => {
                place.insert(self.list.len());
                self.list.push(row);
            }
            Entry::Occupied(place) => {
                remarks.ambiguous = true;
                remarks.note(Note::RowSentTwice);
                if let Some(first) = self.list.get_mut(*place.get())
                    && tightness(&row) < tightness(first)
                {
                    *first = row;
                }
            }
        }
    }
}

/// Orders rows, tighter first; a row with nothing metered comes last.
fn tightness(row: &Row) -> (bool, Option<Percent>) {
    let left = row.tightest().and_then(|w| w.quota.metered_left());
    (left.is_none(), left)
}

/// The server's clock, as each window with an end and a countdown tells it.
#[derive(Default)]
struct ServerClock {
    heard: Vec<Timestamp>,
}

impl ServerClock {
    fn hear(&mut self, window: &Sent) {
        let told =
            window.end().zip(window.remains()).filter(|(_, r)| *r <= SignedDuration::from_hours(8 * 24));
        self.heard.extend(told.and_then(|(end, remains)| end.checked_sub(remains).ok()));
    }

    /// Gives the moment most windows agree on, the first of equals.
    fn most_heard(&self) -> Option<Timestamp> {
        let mut votes: HashMap<Timestamp, u32> = HashMap::new();
        for moment in &self.heard {
            *votes.entry(*moment).or_default() += 1;
        }
        let most = votes.values().max()?;
        self.heard.iter().find(|moment| votes.get(moment) == Some(most)).copied()
    }
}
