//! Kills the built command, or injects an error, at every system call that names the settings folder.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a panic fails the test")]

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;

use jiff::Timestamp;
use tempfile::TempDir;
use tidemark::config::{Paths, SaveError, load, update};
use tidemark_core::message::Remark;

const ACCOUNTS: &str = r#"[
    {"id":"1","name":"Plan","kind":"token_plan","region":"global","pair":"2"},
    {"id":"2","name":"Paid","kind":"pay_as_you_go","region":"china"}]"#;

/// The content of the folder before the command runs, and the command.
#[derive(Clone, Copy)]
struct Scenario {
    settings: Option<&'static str>,
    last_good: bool,
    arguments: &'static [&'static str],
}

/// A separate home for each run.
struct Home {
    folder: TempDir,
    paths: Paths,
}

impl Home {
    fn new(scenario: Scenario) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_owned();
        let paths = Paths::from_env(|name| name.starts_with("XDG_").then(|| root.join(name).into())).unwrap();
        let home = Self { folder, paths };
        let good = format!(r#"{{"schema":1,"accounts":{ACCOUNTS}}}"#);
        let text = scenario.settings.map(|text| text.replace("ACCOUNTS", ACCOUNTS));
        if text.is_some() || scenario.last_good {
            fs::create_dir_all(home.settings()).unwrap();
        }
        if scenario.last_good {
            fs::write(home.settings().join(".settings.lock"), "").unwrap();
            fs::write(home.settings().join("settings.last-good.json"), good).unwrap();
        }
        if let Some(text) = text {
            let mut file = fs::File::create(&home.paths.settings).unwrap();
            std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
            // Old enough not to look like a file that an editor is writing.
            file.set_modified(std::time::SystemTime::now() - std::time::Duration::from_mins(1)).unwrap();
        }
        if scenario.last_good && scenario.settings.is_none() {
            let folder = fs::File::open(home.settings()).unwrap();
            folder.set_modified(std::time::SystemTime::now() - std::time::Duration::from_mins(1)).unwrap();
        }
        fs::write(home.folder.path().join("export.json"), r#"{"theme":"dark","moon":"full"}"#).unwrap();
        home
    }

    fn settings(&self) -> PathBuf {
        self.paths.settings.parent().unwrap().to_owned()
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().stdin(Stdio::null()).current_dir(self.folder.path());
        command.env("TIDEMARK_API_BASE", "http://127.0.0.1:1").env("HOME", self.folder.path());
        for name in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"] {
            command.env(name, self.folder.path().join(name));
        }
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command
    }

    fn tidemark(&self, arguments: &[&str]) -> Output {
        self.command(Path::new(env!("CARGO_BIN_EXE_tidemark"))).args(arguments).output().unwrap()
    }

    /// Runs the command under strace.
    fn traced(&self, options: &[&str], arguments: &[&str]) -> Output {
        let mut strace = self.command(Path::new("strace"));
        strace.args(["-f", "-qq", "-y", "-o", "trace"]).args(options).arg(env!("CARGO_BIN_EXE_tidemark"));
        strace.args(arguments).output().expect("strace, see tests/packages.txt")
    }

    /// Returns each system call that names the folder: its name, its number among the calls with that name in its
    /// thread, and its line in the trace.
    fn calls(&self, arguments: &[&str]) -> Vec<(String, usize, String)> {
        let done = self.traced(&["-s", "80"], arguments);
        assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
        let folder = self.settings().display().to_string();
        let trace = fs::read(self.folder.path().join("trace")).unwrap();
        let mut counts: HashMap<(String, String), usize> = HashMap::new();
        let mut calls = Vec::new();
        for line in String::from_utf8_lossy(&trace).lines() {
            let Some((thread, call)) = line.split_once(' ') else { continue };
            let Some((name, _)) = call.trim_start().split_once('(') else { continue };
            if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
                continue;
            }
            let nth = counts.entry((thread.to_owned(), name.to_owned())).or_default();
            *nth += 1;
            if call.contains(&folder) {
                calls.push((name.to_owned(), *nth, call.trim_start().replace(&folder, "")));
            }
        }
        calls
    }

    /// Fails unless all accounts exist, also after the next calls, and the last one has no remark.
    fn has_all(&self, scenario: Scenario, after: &str) {
        let is_new = scenario.settings.is_none() && !scenario.last_good;
        let expected: &[&str] = if is_new { &[] } else { &["Plan", "Paid"] };
        let names = || {
            let accounts = load(&self.paths, Timestamp::now()).settings.accounts;
            accounts.into_iter().map(|a| a.name).collect::<Vec<_>>()
        };
        assert_eq!(names(), expected, "after {after}: {}", self.listing());
        let changed = update::<_, SaveError>(&self.paths, Timestamp::now(), |s| {
            s.interval_minutes = 7;
            Ok(())
        });
        changed.unwrap_or_else(|e| panic!("after {after}: {e}"));
        assert_eq!(names(), expected, "after {after} and a change: {}", self.listing());
        let loaded = load(&self.paths, Timestamp::now());
        assert_eq!((loaded.remark, loaded.settings.interval_minutes), (None, 7), "after {after}");
        let left = fs::read_dir(self.settings()).unwrap().flatten();
        let left: Vec<_> = left.filter(|e| e.path().extension().is_some_and(|end| end == "tmp")).collect();
        assert!(left.is_empty(), "after {after}: {left:?}");
    }

    fn listing(&self) -> String {
        let mut text = String::new();
        for entry in fs::read_dir(self.settings()).into_iter().flatten().flatten() {
            let content = fs::read_to_string(entry.path()).unwrap_or_default();
            let content: String = content.chars().take(60).collect();
            writeln!(text, "{}: {content:?}", entry.file_name().display()).unwrap();
        }
        text
    }
}

/// Calls `act` for each item, on two threads. A panic fails the test.
fn for_each<T: Sync>(items: &[T], act: impl Fn(&T) + Sync) {
    let next = Mutex::new(items.iter());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let item = next.lock().unwrap().next();
                    let Some(item) = item else { return };
                    act(item);
                }
            });
        }
    });
}

fn killed_anywhere(scenario: Scenario) {
    let calls = Home::new(scenario).calls(scenario.arguments);
    assert!(calls.len() > 5, "{calls:?}");
    for_each(&calls, |(name, nth, line)| {
        let home = Home::new(scenario);
        let inject = format!("inject={name}:signal=KILL:when={nth}");
        let done = home.traced(&["-e", &format!("trace={name}"), "-e", &inject], scenario.arguments);
        assert_eq!(done.status.signal(), Some(9), "{inject} did not end it: {line}");
        home.has_all(scenario, &format!("a kill at {line}"));
    });
}

/// Injects an error into each call that has one in `errors`, and passes the result of the command to `judge`.
fn failing_anywhere(scenario: Scenario, errors: &[(&str, &str)], judge: impl Fn(&str, &str, &Output) + Sync) {
    let calls = Home::new(scenario).calls(scenario.arguments);
    let cases: Vec<_> = calls
        .iter()
        .flat_map(|(name, nth, line)| {
            let given = errors.iter().filter(move |(call, _)| call == name);
            given.map(move |(_, error)| (name, nth, line, *error))
        })
        .collect();
    for (call, _) in errors {
        assert!(cases.iter().any(|(name, ..)| name == call), "no {call} names the folder: {calls:#?}");
    }
    for_each(&cases, |(name, nth, line, error)| {
        let home = Home::new(scenario);
        let inject = format!("inject={name}:error={error}:when={nth}");
        let done = home.traced(&["-e", &format!("trace={name}"), "-e", &inject], scenario.arguments);
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(!said.contains(".tmp") && !said.contains("panicked"), "{error} at {line}: {said}");
        judge(error, line, &done);
        home.has_all(scenario, &format!("{error} at {line}"));
    });
}

const GOOD: Option<&str> = Some(r#"{"schema":1,"accounts":ACCOUNTS}"#);
const BROKEN: Option<&str> = Some(r#"{"schema":1,"accounts":[{"id":"1","na"#);

#[test]
fn a_change_killed_anywhere_costs_no_account() {
    let arguments = &["settings", "set", "theme", "dark"];
    killed_anywhere(Scenario { settings: GOOD, last_good: true, arguments });
}

#[test]
fn the_first_change_killed_anywhere_can_be_repeated() {
    let arguments = &["settings", "set", "theme", "dark"];
    killed_anywhere(Scenario { settings: None, last_good: false, arguments });
}

#[test]
fn reading_a_broken_file_killed_anywhere_costs_no_account() {
    killed_anywhere(Scenario { settings: BROKEN, last_good: true, arguments: &["account", "list"] });
}

#[test]
fn reading_a_missing_file_killed_anywhere_costs_no_account() {
    killed_anywhere(Scenario { settings: None, last_good: true, arguments: &["account", "list"] });
}

#[test]
fn an_import_over_values_that_do_not_fit_killed_anywhere_costs_no_account() {
    let settings = Some(r#"{"schema":1,"interval_minutes":"often","accounts":ACCOUNTS}"#);
    killed_anywhere(Scenario {
        settings,
        last_good: true,
        arguments: &["settings", "import", "export.json"],
    });
}

#[test]
fn a_disk_that_refuses_anything_while_a_change_is_written_costs_no_account() {
    let scenario =
        Scenario { settings: GOOD, last_good: true, arguments: &["settings", "set", "theme", "dark"] };
    let errors = [
        ("write", "ENOSPC"),
        ("fsync", "EIO"),
        ("renameat", "EXDEV"),
        ("renameat", "EPERM"),
        ("flock", "ENOLCK"),
        ("flock", "EOPNOTSUPP"),
        ("mkdir", "EROFS"),
    ];
    failing_anywhere(scenario, &errors, |error, line, done| {
        let said = String::from_utf8_lossy(&done.stderr);
        // Not failures: the sync of the folder itself, the last good copy, and a lock that the file system does not
        // support.
        let is_harmless = line.starts_with("flock")
            || line.contains("</tidemark>")
            || line.starts_with("fsync(4<>")
            || line.contains("last-good");
        if error == "ENOSPC" && done.status.code() == Some(1) {
            assert!(said.contains("no room on the disk"), "{line}: {said}");
        }
        if is_harmless {
            assert_eq!(done.status.code(), Some(0), "{error} at {line}: {said}");
        }
        if done.status.code() != Some(0) {
            assert!(said.contains("settings.json"), "{error} at {line}: {said}");
        }
    });
}

#[test]
fn a_disk_that_refuses_anything_while_a_broken_file_is_replaced_costs_no_account() {
    let scenario = Scenario { settings: BROKEN, last_good: true, arguments: &["account", "list"] };
    let errors = [
        ("write", "ENOSPC"),
        ("fsync", "EIO"),
        ("renameat", "EXDEV"),
        ("linkat", "EPERM"),
        ("flock", "ENOLCK"),
    ];
    failing_anywhere(scenario, &errors, |error, line, done| {
        let listed = String::from_utf8_lossy(&done.stdout);
        assert!(listed.contains("Plan") && listed.contains("Paid"), "{error} at {line}: {listed}");
    });
}

#[test]
fn a_full_disk_loses_nothing_and_is_named() {
    let home = Home::new(Scenario { settings: BROKEN, last_good: true, arguments: &[] });
    // A separate file system, in a namespace that ends with the script.
    let script = format!(
        r#"set -e
        copy="$PWD/copy"; cp -r "{folder}" "$copy"
        mount -t tmpfs -o size=64k none "{folder}"
        cp "$copy"/* "{folder}"; head -c 1M /dev/zero > "{folder}/fill" 2>/dev/null || true
        for turn in 1 2; do "{bin}" account list; done
        "{bin}" settings set theme dark 2> said && exit 9
        rm "{folder}/fill"
        "{bin}" settings set theme dark
        "{bin}" account list
        cat "{folder}/settings.last-good.json" said"#,
        folder = home.settings().display(),
        bin = env!("CARGO_BIN_EXE_tidemark"),
    );
    let mut unshare = home.command(Path::new("unshare"));
    let done = unshare.args(["--map-root-user", "--mount", "sh", "-c", &script]).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{out}\n{err}");
    assert_eq!(out.matches("Plan  token_plan").count(), 3, "{out}\n{err}");
    assert!(out.contains(r#""name": "Paid""#) && out.contains("no room on the disk"), "{out}\n{err}");
}

#[test]
fn a_missing_file_that_was_restored_is_said_on_standard_error() {
    let home = Home::new(Scenario { settings: None, last_good: true, arguments: &[] });
    let list = || {
        let done = home.tidemark(&["account", "list"]);
        assert!(String::from_utf8_lossy(&done.stdout).contains("Plan"), "{done:?}");
        String::from_utf8_lossy(&done.stderr).into_owned()
    };
    let said = list();
    assert!(said.contains("settings.last-good.json") && said.contains("delete both"), "{said}");
    assert_eq!(list(), "", "said once");
    let loaded = load(&home.paths, Timestamp::now());
    assert!(!matches!(loaded.remark, Some(Remark::SettingsRestored { .. })));
}
