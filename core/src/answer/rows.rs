//! The list of rows: field names, duplicate rows, and entries that are no rows.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use jiff::Timestamp;
use serde::de::{IgnoredAny, MapAccess, SeqAccess};

use super::json::{Part, Read, next};
use super::sent::{Sent, WireField};
use super::value::{Folded, Scalar};
use super::window::{Remarks, windows};
use crate::endpoint::Endpoint;
use crate::failure::FailureKind;
use crate::reading::{Note, Percent, Plan, Row};

/// Maximum number of entries that are read; real answers have had at most a dozen.
const ENTRY_LIMIT: usize = 3000;

/// The value sent as the list of rows.
#[derive(Default)]
pub(super) enum Entries<'a> {
    /// Absent, not even null.
    #[default]
    Missing,
    /// Null, an empty list, or a list of nulls.
    Empty,
    /// Not a list, or a list without any row.
    Wrong,
    /// Rows, and whether other entries were left out.
    Rows(Vec<SentRow<'a>>, bool),
}

impl Entries<'_> {
    /// Uses `other` if it says more.
    pub(super) fn or(self, other: Self) -> Self {
        match (&self, &other) {
            (Self::Missing, _) | (Self::Empty, Self::Wrong | Self::Rows(..)) => other,
            (Self::Empty | Self::Wrong | Self::Rows(..), _) => self,
        }
    }

    /// Interprets the rows of a plan. `success` tells whether `base_resp` explicitly reports success.
    pub(super) fn plan(self, success: bool, endpoint: Endpoint, at: Timestamp) -> Result<Plan, FailureKind> {
        let (sent, is_partial) = match self {
            Self::Rows(sent, is_partial) => (sent, is_partial),
            Self::Missing if success => return Err(FailureKind::NoData),
            Self::Empty => return Err(FailureKind::NoData),
            Self::Missing | Self::Wrong => return Err(FailureKind::Unreadable),
        };
        let mut remarks = Remarks::default();
        let mut rows = Rows::default();
        if is_partial {
            remarks.note(Note::RowLeftOut);
        }
        for row in &sent {
            rows.add(row.read(endpoint, at, &mut remarks), &mut remarks);
        }
        let (ambiguous, notes) = (remarks.ambiguous, remarks.notes);
        Ok(Plan { rows: rows.list, ambiguous, notes, server_time: None })
    }
}

impl<'de> Part<'de> for Entries<'de> {
    fn null() -> Self {
        Self::Empty
    }

    fn stranger() -> Self {
        Self::Wrong
    }

    fn list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        let mut rows = Vec::new();
        let mut is_partial = false;
        for _ in 0..ENTRY_LIMIT {
            match list.next_element()? {
                Some(Read(SentEntry::Null)) => {}
                Some(Read(SentEntry::Stranger)) => is_partial = true,
                Some(Read(SentEntry::Row(row))) => rows.push(*row),
                None => break,
            }
        }
        while list.next_element::<IgnoredAny>()?.is_some() {
            is_partial = true;
        }
        Ok(match (rows.is_empty(), is_partial) {
            (false, _) => Self::Rows(rows, is_partial),
            (true, true) => Self::Wrong,
            (true, false) => Self::Empty,
        })
    }
}

/// One entry of the list of rows.
enum SentEntry<'a> {
    Null,
    Stranger,
    Row(Box<SentRow<'a>>),
}

impl<'de> Part<'de> for SentEntry<'de> {
    fn null() -> Self {
        Self::Null
    }

    fn stranger() -> Self {
        Self::Stranger
    }

    fn object<A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        let mut row = Box::<SentRow<'de>>::default();
        while let Some(name) = object.next_key::<Folded>()? {
            row.take(name.as_str(), &mut object)?;
        }
        Ok(Self::Row(row))
    }
}

/// A row as sent.
#[derive(Default)]
pub(super) struct SentRow<'a> {
    model: Option<Cow<'a, str>>,
    interval: Sent,
    weekly: Sent,
}

impl<'de> SentRow<'de> {
    fn take<A: MapAccess<'de>>(&mut self, folded: &str, object: &mut A) -> Result<(), A::Error> {
        let (interval, weekly) = (&mut self.interval, &mut self.weekly);
        let (window, field) = match folded {
            "modelname" => {
                if let Scalar::Text(name) = next(object)?
                    && !name.trim().is_empty()
                {
                    self.model = Some(name);
                }
                return Ok(());
            }
            "starttime" => (interval, WireField::Start),
            "endtime" => (interval, WireField::End),
            "remainstime" => (interval, WireField::Remains),
            "currentintervaltotalcount" => (interval, WireField::Total),
            "currentintervalusagecount" => (interval, WireField::Count),
            "currentintervalremainingpercent" => (interval, WireField::Percent),
            "currentintervalstatus" => (interval, WireField::Status),
            "intervalboostpermille"
            | "intervalboostpermill"
            | "currentintervalboostpermille"
            | "currentintervalboostpermill" => (interval, WireField::Boost),
            "weeklystarttime" => (weekly, WireField::Start),
            "weeklyendtime" => (weekly, WireField::End),
            "weeklyremainstime" => (weekly, WireField::Remains),
            "currentweeklytotalcount" => (weekly, WireField::Total),
            "currentweeklyusagecount" => (weekly, WireField::Count),
            "currentweeklyremainingpercent" => (weekly, WireField::Percent),
            "currentweeklystatus" => (weekly, WireField::Status),
            "weeklyboostpermille"
            | "weeklyboostpermill"
            | "currentweeklyboostpermille"
            | "currentweeklyboostpermill" => (weekly, WireField::Boost),
            _ => return object.next_value::<IgnoredAny>().map(|_| ()),
        };
        window.take(field, &next(object)?);
        Ok(())
    }

    fn read(&self, endpoint: Endpoint, at: Timestamp, remarks: &mut Remarks) -> Row {
        let is_shared = self.model.as_deref().is_some_and(Row::is_text_name);
        Row {
            model: self.model.as_deref().map(str::to_owned),
            windows: windows(&self.interval, &self.weekly, is_shared, endpoint, at, remarks),
        }
    }
}

/// The rows so far. Of two rows with one name, the tighter is kept at the position of the first.
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

/// Sort key, tighter rows first; a row without a metered window comes last.
fn tightness(row: &Row) -> (bool, Option<Percent>) {
    let left = row.tightest().and_then(|w| w.quota.metered_left());
    (left.is_none(), left)
}
