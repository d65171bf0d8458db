//! Rules for the sources that neither the compiler nor rustfmt, clippy or eslint check: imports, where each outside
//! crate is used, lengths of files, and content that must not be in the repository.
#![expect(clippy::expect_used, reason = "a source that cannot be read fails the test")]

mod sources;

use std::collections::{BTreeMap, BTreeSet};

use sources::{built_in, dependencies, locked, read, rust_in, says, texts};

/// Outside crates of the shell, and the modules that each may be used in: a file, or the folder beside it.
const ROOMS: &[(&str, &[&str])] = &[
    ("apple_native_keyring_store", &["keyring"]),
    ("arboard", &["desktop/clipboard"]),
    ("auto_launch", &["desktop/autostart"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("gtk", &["desktop/file_dialog", "desktop/clipboard", "desktop/theme", "desktop/window"]),
    ("keyring_core", &["keyring"]),
    ("ksni", &["desktop/tray"]),
    ("notify", &["config"]),
    ("notify_rust", &["desktop/notifications"]),
    ("reqwest", &["api"]),
    ("rfd", &["desktop/file_dialog"]),
    ("rpassword", &["cli"]),
    ("rusqlite", &["store"]),
    ("rustix", &["config", "hardening", "log"]),
    ("rustls", &["api"]),
    ("tauri", &["lib", "commands", "desktop"]),
    ("tauri_plugin_global_shortcut", &["lib", "desktop/hotkey"]),
    ("tauri_plugin_opener", &["lib", "commands", "desktop"]),
    ("tauri_plugin_single_instance", &["lib", "desktop"]),
    // Outside tests only `config` (atomic writes) and `desktop/window` (web data of a simulation) use it.
    ("tempfile", &["config", "desktop/autostart", "desktop/window", "exchange", "log", "store", "zone"]),
    ("tiny_skia", &["desktop/tray_icon"]),
    ("tracing_subscriber", &["log"]),
    ("windows_native_keyring_store", &["keyring"]),
    // `desktop` for the login manager and the network, `keyring` for the keyring's own interface.
    ("zbus", &["desktop", "keyring"]),
    ("x11rb", &["desktop/hotkey"]),
    ("zbus_secret_service_keyring_store", &["keyring"]),
    ("zeroizing_alloc", &["main"]),
];

/// Outside crates that every module may use.
const LANGUAGE: &[&str] = &[
    "futures_util",
    "jiff",
    "secrecy",
    "serde",
    "serde_json",
    "thiserror",
    "tidemark_core",
    "tokio",
    "tracing",
    "uuid",
];

/// Crates that the core may depend on: none of them reads a clock, a file, a network or the environment.
const CORE_CRATES: &[&str] = &[
    "fluent-bundle",
    "jiff",
    "rust_decimal",
    "serde",
    "serde_json",
    "thiserror",
    "unic-langid",
    "unicode-segmentation",
];

/// What the core's code must not contain.
const CORE_REFUSES: &[&str] = &[
    "tokio",
    "std::fs",
    "std::io",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "ToSocketAddrs",
    "std::env",
    "std::process",
    "std::thread",
    "SystemTime",
    "Instant",
    "Timestamp::now",
    "Zoned::now",
    "TimeZone::system",
];

/// The longest source file, in lines without its tests.
const LONGEST: usize = 600;

#[test]
fn an_outside_crate_lives_in_one_room_of_the_shell() {
    let mut strays = Vec::new();
    for source in rust_in("src-tauri/src") {
        for (name, rooms) in ROOMS {
            if source.uses(name) && !rooms.iter().any(|room| source.is_in(room)) {
                strays.push(format!("{} uses {name}, which lives in {}", source.path, rooms.join(", ")));
            }
        }
    }
    none(&strays);
}

#[test]
fn every_crate_the_shell_is_built_on_has_its_room() {
    let named: BTreeSet<&str> = ROOMS.iter().map(|(name, _)| *name).chain(LANGUAGE.iter().copied()).collect();
    let homeless: Vec<String> = dependencies("src-tauri/Cargo.toml")
        .into_iter()
        .filter(|name| !named.contains(name.replace('-', "_").as_str()))
        .collect();
    none(&homeless);
}

#[test]
fn the_core_is_built_on_nothing_that_does_anything() {
    let known: BTreeSet<&str> = CORE_CRATES.iter().copied().collect();
    let more: Vec<String> =
        dependencies("core/Cargo.toml").into_iter().filter(|name| !known.contains(name.as_str())).collect();
    none(&more);
}

#[test]
fn the_core_reads_no_clock_no_file_no_network_and_no_environment() {
    let mut found = Vec::new();
    for source in rust_in("core/src").into_iter().filter(|source| !source.is_test()) {
        let code = source.code();
        found.extend(
            CORE_REFUSES
                .iter()
                .filter(|word| says(&code, word))
                .map(|word| format!("{} says {word}", source.path)),
        );
        if source.uses("tidemark") {
            found.push(format!("{} knows the shell", source.path));
        }
    }
    none(&found);
}

#[test]
fn the_controller_knows_neither_tauri_nor_the_keyring() {
    let mut found = Vec::new();
    for source in rust_in("src-tauri/src").into_iter().filter(|source| source.is_in("controller")) {
        let code = source.code();
        found.extend(
            ["tauri", "tauri_plugin_opener", "keyring_core", "notify_rust", "rusqlite", "reqwest"]
                .iter()
                .filter(|word| source.uses(word))
                .map(|word| format!("{} uses {word}", source.path)),
        );
        if says(&code, "crate::desktop") {
            found.push(format!("{} knows the desktop's own types", source.path));
        }
    }
    none(&found);
}

#[test]
fn the_bridge_is_the_only_door_of_the_page() {
    let found: Vec<String> = texts()
        .into_iter()
        .filter(|source| source.path.starts_with("ui/src/") && source.path != "ui/src/bridge.ts")
        .filter(|source| source.text.contains("@tauri-apps") || source.text.contains("__TAURI"))
        .map(|source| source.path)
        .collect();
    none(&found);
}

#[test]
fn the_desktop_tests_know_only_the_binary() {
    let mut found: Vec<String> =
        dependencies("tests/Cargo.toml").into_iter().filter(|name| name.starts_with("tidemark")).collect();
    for source in rust_in("tests/src").into_iter().chain(rust_in("tests/tests")) {
        found.extend(
            ["tidemark", "tidemark_core"]
                .iter()
                .filter(|name| source.uses(name))
                .map(|name| format!("{} uses {name}", source.path)),
        );
    }
    none(&found);
}

#[test]
fn no_source_file_is_longer_than_the_limit() {
    let mut lengths = BTreeMap::new();
    for source in texts() {
        let hand_written = !source.path.contains("/generated/");
        if hand_written && [".rs", ".ts", ".svelte"].iter().any(|end| source.path.ends_with(end)) {
            lengths.insert(source.path.clone(), source.lines_without_tests());
        }
    }
    let long: Vec<String> = lengths
        .iter()
        .filter(|(_, lines)| **lines > LONGEST)
        .map(|(path, lines)| format!("{path} has {lines} lines without its tests"))
        .collect();
    none(&long);
}

#[test]
fn nothing_names_one_machine_or_holds_what_looks_like_a_key() {
    let mut found = Vec::new();
    for source in texts() {
        for (number, line) in source.text.lines().enumerate() {
            if names_one_machine(line) || holds_a_key(line) {
                found.push(format!("{}:{}", source.path, number + 1));
            }
        }
    }
    none(&found);
}

#[test]
fn every_member_of_the_workspace_keeps_its_lints() {
    let lax: Vec<&str> = ["core/Cargo.toml", "src-tauri/Cargo.toml", "tests/Cargo.toml"]
        .into_iter()
        .filter(|path| !read(path).contains("[lints]\nworkspace = true"))
        .collect();
    assert!(lax.is_empty(), "{lax:?}");
}

#[test]
fn the_tray_is_one_crate_and_a_status_notifier_item() {
    assert_eq!(built_in("ksni").len(), 1);
    let others = built_in("tray-icon");
    assert!(others.is_empty(), "two trays would not know of each other: {others:?}");
}

/// Blocking calls of a zbus that runs on tokio panic on a tokio worker thread. Any other crate can enable that feature.
#[test]
fn each_zbus_keeps_its_runtime() {
    let both = built_in("zbus");
    assert_eq!(both.len(), 2, "{both:?}");
    for zbus in both {
        let expected = match zbus.version.split('.').next() {
            Some("5") => ("async-io", "tokio"),
            Some("6") => ("tokio", "async-io"),
            _ => panic!("a zbus of another major: decide on its runtime: {zbus:?}"),
        };
        assert!(zbus.has(expected.0) && !zbus.has(expected.1), "{zbus:?}");
    }
}

/// Without `tz-system` the zone of every user is UTC; without bundled zones no zone is known on systems without zone
/// files.
#[test]
fn jiff_reads_the_systems_zone_and_brings_its_own_zone_files() {
    let jiff = built_in("jiff");
    assert_eq!(jiff.len(), 1, "{jiff:?}");
    for feature in ["tz-system", "tzdb-zoneinfo", "tzdb-bundle-always"] {
        assert!(jiff[0].has(feature), "{feature} is missing: {jiff:?}");
    }
}

/// `TimeZone::system` silently falls back to UTC, and caches a zone for five minutes.
#[test]
fn the_zone_is_read_in_one_place() {
    let found = rust_in("src-tauri/src").into_iter().filter(|source| !source.is_in("zone"));
    let found = found.filter(|source| {
        let code = source.code();
        ["TimeZone::system", "TimeZone::try_system", "Zoned::now"].iter().any(|word| says(&code, word))
    });
    none(&found.map(|source| source.path).collect::<Vec<_>>());
}

/// jiff's operators panic at the limits, so one odd answer would stop the monitoring.
#[test]
fn clippy_looks_at_the_arithmetic_of_core_and_shell() {
    for path in ["core/src/lib.rs", "src-tauri/src/lib.rs"] {
        assert!(
            read(path).contains("#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]"),
            "{path}"
        );
    }
    for path in ["core/clippy.toml", "clippy.toml"] {
        let exceptions = read(path);
        assert!(
            !exceptions.contains("jiff\"") && !exceptions.contains("[\"jiff"),
            "{path} excepts types of jiff"
        );
    }
}

#[test]
fn no_session_of_the_desktop_tests_runs_in_utc() {
    let zone = jiff::tz::TimeZone::get(e2e::session::ZONE).expect("the zone of sessions");
    for moment in ["2026-01-15T00:00:00Z", "2026-07-15T00:00:00Z"] {
        let offset = zone.to_offset(moment.parse().expect("a moment")).seconds();
        assert_ne!(offset % 3600, 0, "a zone with full hours hides what one without shows");
    }
}

#[test]
fn the_yardstick_is_built_as_the_app_is() {
    let profile = |path: &str| {
        let text = read(path);
        let section = text.split("[profile.release]\n").nth(1).expect("a release profile");
        let lines =
            section.split("\n[").next().unwrap_or_default().lines().filter(|line| !line.starts_with('#'));
        lines.map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(profile("tests/yardstick/Cargo.toml"), profile("Cargo.toml"));
    let (ours, theirs) = (read("Cargo.lock"), read("tests/yardstick/Cargo.lock"));
    for name in ["tauri", "tray-icon", "ksni", "wry", "tao", "webkit2gtk"] {
        assert_eq!(locked(&theirs, name), locked(&ours, name), "{name}");
    }
}

/// A program that loads its page from an address would show whatever answers there.
#[test]
fn a_build_with_default_features_has_no_development_server() {
    assert!(
        !read("src-tauri/tauri.conf.json").contains("devUrl"),
        "scripts/dev.sh gives it to its own build"
    );
    assert!(read("src-tauri/Cargo.toml").contains("default = [\"custom-protocol\"]"));
}

#[test]
fn the_readme_shows_and_describes_every_picture_that_is_taken_and_no_other() {
    let is_picture = |name: &String| std::path::Path::new(name).extension().is_some_and(|end| end == "png");
    let readme = read("README.md");
    let named: BTreeSet<String> = readme
        .match_indices("docs/")
        .map(|(at, _)| readme[at + 5..].split(['"', ' ', ')']).next().unwrap_or_default().to_owned())
        .filter(is_picture)
        .collect();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let files = std::fs::read_dir(folder).expect("the folder docs").map(|file| file.expect("a file of docs"));
    let (mut there, mut bytes) = (BTreeSet::new(), 0);
    for file in files {
        let name = file.file_name().into_string().expect("a name");
        if is_picture(&name) {
            bytes += file.metadata().expect("a size").len();
            there.insert(name);
        }
    }
    let taken: BTreeSet<String> = e2e::gallery::files().into_iter().collect();
    assert_eq!(named, taken, "named, and taken by `make screenshots`");
    assert_eq!(there, taken, "in docs, and taken by `make screenshots`");
    assert!(bytes < 1_200_000, "pictures of {bytes} bytes in every clone");
    let images = readme.split("<img ").skip(1).map(|tag| tag.split('>').next().unwrap_or_default());
    none(&images.filter(|tag| !tag.contains(" alt=\"")).map(str::to_owned).collect::<Vec<_>>());
}

/// `*` and `TAG` stand for a language.
#[test]
fn every_file_that_the_guides_name_exists() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut missing = Vec::new();
    for guide in ["CONTRIBUTING.md", "docs/glossary.md"] {
        let text = read(guide);
        let is_path = |code: &&str| {
            ["core/", "src-tauri/", "tests/", "ui/"].iter().any(|folder| code.starts_with(folder))
        };
        let paths: Vec<&str> = text.split('`').skip(1).step_by(2).filter(is_path).collect();
        assert!(paths.len() > 20, "{guide} names only {paths:?}");
        let absent =
            paths.iter().filter(|path| !root.join(path.replace('*', "en").replace("TAG", "en")).exists());
        missing.extend(absent.map(|path| format!("{guide} names {path}")));
    }
    none(&missing);
}

#[test]
fn the_rules_see_what_they_look_for() {
    assert!(names_one_machine(&format!("open /{}/me/notes", "home")));
    assert!(!names_one_machine("see https://example.org/home/page and $HOME/.config"));
    assert!(holds_a_key(&format!("KEY=sk-{}-0123456789abcdef", "cp")));
    assert!(!holds_a_key("KEY=sk-cp-test-0123456789abcdef"));
    assert!(says("let now = Instant::now();", "Instant") && !says("an Instantly made", "Instant"));
}

/// Whether a line has an absolute path below a folder that exists on one machine only.
fn names_one_machine(line: &str) -> bool {
    ["root", "home", "tmp", "work", "farm"].iter().any(|folder| {
        let start = format!("/{folder}/");
        line.match_indices(&start).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            let after = line[at + start.len()..].chars().next();
            !before.is_some_and(|c| c.is_ascii_alphanumeric() || "_/.}".contains(c))
                && after.is_some_and(|c| c.is_ascii_alphanumeric())
        })
    })
}

fn holds_a_key(line: &str) -> bool {
    !line.to_lowercase().contains("test")
        && ["cp", "api"].iter().any(|kind| {
            line.split(&format!("sk-{kind}-"))
                .skip(1)
                .any(|rest| rest.chars().take_while(char::is_ascii_alphanumeric).count() >= 12)
        })
}

#[track_caller]
fn none(found: &[String]) {
    assert!(found.is_empty(), "\n  {}", found.join("\n  "));
}
