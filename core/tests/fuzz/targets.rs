//! The core's fuzz targets. `core/fuzz` runs these functions under libFuzzer; `main.rs` in this folder runs
//! them on the committed seeds and on mutations of them.

use std::cell::RefCell;
use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use tidemark_core::account::{Account, AccountId, Kind, NAME_LIMIT, Region, check_name};
use tidemark_core::alert::Memory;
use tidemark_core::answer::{self, Answer};
use tidemark_core::chart::{self, Range};
use tidemark_core::endpoint::{Endpoint, Hosts};
use tidemark_core::hours::Hours;
use tidemark_core::message::{Effect, Event, Now};
use tidemark_core::monitor::{Monitor, Start};
use tidemark_core::quiet::Quiet;
use tidemark_core::reading::{Percent, Reading};
use tidemark_core::report::{explain, plain_lines};
use tidemark_core::settings::Settings;
use tidemark_core::shortcut::Shortcut;
use tidemark_core::text::{Tongue, Words};

/// The start time of every input: 2026-11-22 10:00 UTC.
const START: i64 = 1_795_341_600;
/// Maximum time until an account's next request: the wait time that MiniMax may ask for is cut to a day.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(25);

thread_local! {
    /// Created once: parsing the catalogue takes longer than everything done with one input.
    static WORDS: Words = Words::new(Tongue::English);
    /// One monitor for all inputs; each replaces the account of the previous one.
    static MONITOR: RefCell<Monitor> = RefCell::new(Monitor::new(
        Start {
            settings: Settings::default(),
            memory: Memory::default(),
            kept: Vec::new(),
            system_locale: "en".to_owned(),
            demo: false,
        },
        &Now { at: moment(START), zone: TimeZone::UTC },
    ));
}

/// Reads an answer, then passes it to a monitor with an open window.
///
/// The first byte chooses the endpoint, the platform and whether only the reader runs; the next two are the
/// HTTP status; the fourth shifts the time by days. Header lines follow, up to an empty line, then the body.
pub fn answer(input: &[u8]) {
    let [choice, high, low, days, rest @ ..] = input else { return };
    let endpoint = [Endpoint::TokenPlan, Endpoint::CodingPlan, Endpoint::Balance][usize::from(choice % 3)];
    let region = if choice & 0x40 == 0 { Region::Global } else { Region::China };
    let (headers, body) = headers(rest);
    let status = u16::from_be_bytes([*high, *low]);
    let answer = Answer { status, headers, body: body.to_vec() };
    let at = moment(START + (i64::from(*days) - 128) * 86_400);

    let result = answer::read(&answer, endpoint, region, at);
    let text = plain_lines(&explain(&result, at), &TimeZone::UTC);
    assert!(text.lines().all(|line| !line.chars().any(char::is_control)), "control characters in {text:?}");
    match &result {
        Ok(Reading::Plan(plan)) => {
            for window in plan.rows.iter().flat_map(|row| &row.windows) {
                assert!(window.quota.left().is_none_or(|left| left <= Percent::FULL), "{window:?}");
            }
        }
        Ok(Reading::Balance(_)) => {}
        Err(failure) => {
            let longest = SignedDuration::from_hours(24).unsigned_abs();
            assert!(failure.retry_after.is_none_or(|wait| wait <= longest), "{failure:?}");
        }
    }
    let _ = answer::refusal(&answer, at);
    if let Ok(event) = serde_json::from_slice(&answer.body) {
        let _ = answer::error_in(&event);
    }
    if choice & 0x80 == 0 {
        MONITOR.with_borrow_mut(|monitor| live_with(monitor, &answer, endpoint, region, at));
    }
}

/// The header lines up to an empty line, and what follows it.
fn headers(input: &[u8]) -> (Vec<(String, String)>, &[u8]) {
    let mut headers = Vec::new();
    let mut rest = input;
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let (line, after) = (&rest[..end], &rest[end + 1..]);
        rest = after;
        if line.is_empty() {
            return (headers, rest);
        }
        if let Some((name, value)) = String::from_utf8_lossy(line).split_once(':') {
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    (Vec::new(), input)
}

/// Answers every request of a monitor with the same answer, for more than a week.
fn live_with(monitor: &mut Monitor, answer: &Answer, endpoint: Endpoint, region: Region, at: Timestamp) {
    let kind = if endpoint == Endpoint::Balance { Kind::PayAsYouGo } else { Kind::TokenPlan };
    let account = account("a", "Fuzzed", kind, region);
    let id = account.id.clone();
    let settings = Settings {
        accounts: vec![account],
        notice_runs_out: true,
        notice_unused: true,
        notice_peak: true,
        ..Settings::default()
    };
    let mut now = Now { at, zone: TimeZone::fixed(jiff::tz::offset(9)) };
    let mut events = vec![
        Event::Window(true),
        Event::SettingsChanged(Box::new(settings)),
        Event::SettingsChanged(Box::default()),
    ];
    for wait in [1, 60, 3_600, 6 * 3_600, 8 * 86_400] {
        events.insert(0, Event::Tick);
        // Each answer may cause at most one more request; a loop here would flood the server.
        for _ in 0..10 {
            let Some(event) = events.pop() else { break };
            for effect in monitor.update(event, &now) {
                match effect {
                    Effect::Fetch { account, fetch, .. } => {
                        events.push(Event::Answered { account, fetch, outcome: Ok(answer.clone()) });
                    }
                    Effect::Notify(notice) => events.push(Event::NoticeShown { id: notice.id, shown: true }),
                    _ => {}
                }
            }
        }
        assert!(events.is_empty(), "an answer leads to more and more events: {events:?}");
        let due = monitor.next_due();
        assert!(
            due.is_some_and(|due| due > now.at && due.duration_since(now.at) <= LONGEST_WAIT),
            "next request at {due:?}, now {}",
            now.at
        );
        if let Some(subject) = monitor.chart(&id, None, &now) {
            for range in Range::ALL {
                let _ = chart::chart(&subject, range, &[], &[]);
            }
        }
        now.at = now.at.checked_add(SignedDuration::from_secs(wait)).unwrap_or(now.at);
    }
    let _ = monitor.view(&now);
}

/// Changes settings like `settings import` (first byte even) or like lines of `settings set KEY=VALUE`, then
/// requires that the result is valid, and equal after writing and reading it.
pub fn settings(input: &[u8]) {
    let [choice, rest @ ..] = input else { return };
    let mut settings = Settings {
        accounts: vec![
            account("a", "Home", Kind::TokenPlan, Region::Global),
            account("b", "Purse", Kind::PayAsYouGo, Region::China),
        ],
        ..Settings::default()
    };
    if choice % 2 == 0 {
        let Ok(export) = serde_json::from_slice::<Map<String, Value>>(rest) else { return };
        match settings.with_import(export) {
            Ok(next) => {
                let _ = WORDS.with(|words| next.said_of_import(&settings, "file.json", words));
                assert_eq!(next.accounts, settings.accounts, "an import has no accounts");
                settings = next;
            }
            Err(error) => {
                let _ = (error.to_string(), WORDS.with(|words| error.worded(words)));
                return;
            }
        }
    } else {
        for line in String::from_utf8_lossy(rest).lines() {
            let Some((key, value)) = line.split_once('=') else { continue };
            let before = settings.clone();
            let done = match key.split_once('.') {
                Some((id, field)) => settings.set_account(&AccountId(id.to_owned()), field, value),
                None => settings.set(key, value),
            };
            if let Err(error) = done {
                let _ = (error.to_string(), WORDS.with(|words| error.worded(words)));
                assert_eq!(settings, before, "a refused value changes nothing: {line:?}");
            }
        }
    }
    assert_eq!(settings.check(), Ok(()), "{settings:?}");
    for (key, value) in settings.entries() {
        let mut again = settings.clone();
        assert_eq!(again.set(key, &value), Ok(()), "{key} = {value:?} is shown, so it can be set");
        // An import may spell a value differently than `set` does; after `set` it stays the same.
        let spelled = again.get(key).expect("a setting");
        let mut twice = again.clone();
        assert_eq!((twice.set(key, &spelled), &twice), (Ok(()), &again), "{key} = {value:?}");
    }
    let written = serde_json::to_vec(&settings).expect("settings are written");
    let mut read: Settings = serde_json::from_slice(&written).expect("what was written is read");
    assert_eq!(read, settings);
    assert_eq!((read.mend(), read.mend_accounts()), (Vec::new(), Vec::new()), "{settings:?}");
    let _ = (settings.thresholds(), settings.interval(), settings.quiet());
}

/// Parses a text as each type that is text on the command line or in a settings file.
pub fn text(input: &[u8]) {
    let text = &*String::from_utf8_lossy(input);
    if let Ok(name) = check_name(text) {
        assert!((1..=NAME_LIMIT).contains(&name.chars().count()), "{name:?}");
        assert_eq!(check_name(&name).as_ref(), Ok(&name));
    }
    if let Ok(hosts) = Hosts::from_override(text) {
        let is_one_of_two = text.contains('=');
        let used: BTreeSet<String> =
            [Region::Global, Region::China].map(|region| hosts.url(region, Endpoint::Balance)).into();
        for url in used {
            let default = Hosts::default();
            let is_default =
                [Region::Global, Region::China].iter().any(|r| default.url(*r, Endpoint::Balance) == url);
            assert!((is_default && is_one_of_two) || is_loopback(&url), "{text:?} leads to {url}");
        }
    }
    let at = moment(START);
    if let Ok(Some(quiet)) = Quiet::parse(text) {
        let zone = TimeZone::UTC;
        assert!(
            quiet.is_quiet(at, &zone) == quiet.ends_at(at, &zone).is_some_and(|end| end > at),
            "{text:?}"
        );
    }
    if let Ok(hours) = Hours::parse(text) {
        let _ = (hours.from(), hours.to(), hours.is_over_midnight());
    }
    if let Some(shortcut) = Shortcut::parse(text) {
        assert_eq!(Shortcut::parse(&shortcut.to_string()), Some(shortcut));
    }
}

/// Whether a URL is an address of this machine, by a separate parser: scheme, host without user, optional
/// port, path.
fn is_loopback(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let host = rest.split('/').next().unwrap_or_default();
    let name = if host.starts_with('[') {
        host.split_once(']').map(|(name, _)| format!("{name}]"))
    } else {
        host.split(':').next().map(ToOwned::to_owned)
    };
    let name = name.unwrap_or_default().to_ascii_lowercase();
    let is_local = name == "localhost"
        || name == "[::1]"
        || name.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback());
    ["http", "https"].contains(&scheme.to_ascii_lowercase().as_str())
        && !host.contains(['@', '\\'])
        && is_local
}

fn account(id: &str, name: &str, kind: Kind, region: Region) -> Account {
    let account = json!({ "id": id, "name": name, "kind": kind.name(), "region": region.name() });
    serde_json::from_value(account).expect("an account")
}

fn moment(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a moment")
}
