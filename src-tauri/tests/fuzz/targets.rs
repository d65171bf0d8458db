//! The code of each fuzz target of the shell, for one input. `src-tauri/fuzz` runs these functions under libFuzzer;
//! `main.rs` in this folder runs them on the committed seeds and on mutations of them.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use rusqlite::Connection;
use rusqlite::types::Value;
use tempfile::TempDir;
use tidemark::cli;
use tidemark::config::{self, Paths, SaveError};
use tidemark::exchange;
use tidemark::key::ApiKey;
use tidemark::store::{self, Filter, Store};
use tidemark_core::account::AccountId;
use tidemark_core::alert::Memory;
use tidemark_core::failure::{Failure, FailureKind};
use tidemark_core::message::Remark;
use tidemark_core::settings::Theme;
use tidemark_core::text::Tongue;

/// The time at which every input starts: 2026-11-22 10:00 UTC.
const START: i64 = 1_795_341_600;
/// More pages than any history that a fuzzer creates has days with readings.
const MOST_PAGES: u32 = 20_000;

/// Parses a text as a pasted key and as a key from the keyring.
pub fn key(input: &[u8]) {
    let text = &*String::from_utf8_lossy(input);
    if let Ok(parsed) = ApiKey::parse(text) {
        let key = parsed.key.expose();
        assert!(key.bytes().all(|byte| byte.is_ascii_graphic()), "{text:?} gives {key:?}");
        assert!(text.contains(key), "{text:?} gives {key:?}");
        let again = ApiKey::parse(key).expect("a key is a key");
        assert!(again.key.same_as(&parsed.key) && !again.trimmed, "{text:?} gives {key:?}");
        assert!(parsed.key.last_four().is_none_or(|four| key.ends_with(&four) && key.len() >= 12));
        assert!(ApiKey::from_stored(key.into()).is_some_and(|stored| stored.same_as(&parsed.key)));
    }
    if let Some(stored) = ApiKey::from_stored(input.to_vec()) {
        assert!(stored.expose().bytes().all(|byte| byte.is_ascii_graphic()), "{text:?}");
    }
}

/// Parses the lines of a text as command-line arguments, including times, headers and names.
pub fn arguments(input: &[u8]) {
    let text = &*String::from_utf8_lossy(input);
    let arguments: Vec<&str> = std::iter::once("tidemark").chain(text.lines()).collect();
    let _ = cli::parses(&arguments);
}

/// Reads a settings file, changes a setting, imports what follows a line of `---`, and reads the file again. The
/// accounts that were understood at first must exist after every step, and what was written must never be reported as
/// broken.
pub fn settings_file(input: &[u8]) {
    let folder = folder();
    let paths = paths(folder.path());
    let separator = b"\n---\n";
    let at = input.windows(separator.len()).position(|part| part == separator);
    let (file, import) = at.map_or((input, &b""[..]), |at| (&input[..at], &input[at + separator.len()..]));
    fs::create_dir_all(paths.settings.parent().expect("its folder")).expect("the folder");
    fs::write(&paths.settings, file).expect("the settings file");
    let first = config::load(&paths, start());
    let accounts = &first.settings.accounts;
    assert_eq!(first.settings.check(), Ok(()));

    let changed = config::update(&paths, start(), |settings| {
        settings.theme = Theme::Dark;
        Ok::<_, SaveError>(())
    });
    if changed.is_ok() {
        let second = read_back(&paths);
        assert_eq!((&second.settings.accounts, second.settings.theme), (accounts, Theme::Dark));
    }
    let export = folder.path().join("export.json");
    fs::write(&export, import).expect("the file to import");
    if exchange::import(&paths, &export, Tongue::English).is_ok() {
        assert_eq!(&read_back(&paths).settings.accounts, accounts);
    }
}

fn read_back(paths: &Paths) -> config::Loaded {
    let loaded = config::load(paths, start());
    assert!(loaded.writable, "{loaded:?}");
    assert!(!matches!(loaded.remark, Some(Remark::SettingsBroken { .. })), "{loaded:?}");
    loaded
}

/// Opens a history and reads everything in it, writes to it and opens it again.
///
/// If the first byte is even, the rest is the content of the file. If it is odd, the rest is lines `TABLE VALUE…`,
/// which are inserted into a valid file.
pub fn history(input: &[u8]) {
    let [choice, rest @ ..] = input else { return };
    let folder = folder();
    let path = paths(folder.path()).store;
    fs::create_dir_all(path.parent().expect("its folder")).expect("the folder");
    if choice % 2 == 0 {
        fs::write(&path, rest).expect("the history file");
    } else {
        drop(Store::open(&path, start()));
        let connection = Connection::open(&path).expect("a good history file");
        for line in String::from_utf8_lossy(rest).lines() {
            insert(&connection, line);
        }
    }
    if let Ok(Some(look)) = store::look(&path) {
        read_all(&look);
    }
    let (store, _) = Store::open(&path, start());
    read_all(&store);
    let account = AccountId("a".to_owned());
    let failure = Err(Failure::new(FailureKind::Offline));
    let _ = store.keep_outcome(&account, start(), &failure, None);
    let _ = store.thin(start(), 30);
    if store.keep_memory(&Memory::default()).is_ok() && store.is_in_place() {
        drop(store);
        let (again, remark) = Store::open(&path, start());
        // Damage may be found only later, but an opened store can either be read or has a remark that says why not.
        read_all(&again);
        assert!(remark.is_some() || again.memory().is_ok(), "{remark:?}");
    }
}

fn read_all(store: &Store) {
    let account = AccountId("a".to_owned());
    let _ = (store.memory(), store.last(&account), store.next_ask(&account), store.is_whole(), store.known());
    let _ = store.history(&account, Timestamp::UNIX_EPOCH);
    let _ = store.balances(&account, Timestamp::MIN);
    let filter = Filter::default();
    for key in store.windows(&filter).unwrap_or_default() {
        let _ = store.chart(&account, &key, Timestamp::MIN);
    }
    let (mut from, mut pages) = (None, 0);
    while let Ok(page) = store.page(&filter, from) {
        pages += 1;
        assert!(pages < MOST_PAGES, "the pages of a history have an end");
        assert!(
            page.next.is_none_or(|next| from.is_none_or(|from| next > from)),
            "the next page is a later one"
        );
        from = page.next;
        if from.is_none() {
            break;
        }
    }
}

/// Inserts a row into a table: integers as such, `x'…'` as bytes, `null`, and everything else as text.
fn insert(connection: &Connection, line: &str) {
    const TABLES: [&str; 7] = ["last", "memory", "account", "series", "share", "money", "thinned"];
    let mut words = line.split(' ');
    let Some(table) = words.next().filter(|name| TABLES.contains(name)) else { return };
    let values: Vec<Value> = words
        .map(|word| match word.parse() {
            Ok(number) => Value::Integer(number),
            Err(_) if word == "null" => Value::Null,
            Err(_) => match word.strip_prefix("x'") {
                Some(bytes) => Value::Blob(bytes.as_bytes().to_vec()),
                None => Value::Text(word.replace('_', " ")),
            },
        })
        .collect();
    let places = vec!["?"; values.len()].join(", ");
    // Rows that the table does not accept are skipped.
    let _ = connection.execute(
        &format!("INSERT OR REPLACE INTO {table} VALUES ({places})"),
        rusqlite::params_from_iter(values),
    );
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn paths(folder: &Path) -> Paths {
    let home = folder.join("home");
    Paths::from_env(|name| (name == "HOME").then(|| home.clone().into())).expect("paths below a home folder")
}

fn start() -> Timestamp {
    Timestamp::from_second(START).expect("a moment")
}
