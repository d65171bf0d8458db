//! Access to the sources, the manifests and the crates of the build, for the house rules.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// One text file of the repository.
pub struct Source {
    pub path: String,
    pub text: String,
}

impl Source {
    pub fn is_rust(&self) -> bool {
        Path::new(&self.path).extension().is_some_and(|end| end == "rs")
    }

    /// A file with tests only: a test module in a separate file, or an integration test.
    pub fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs") || self.path.contains("/tests/")
    }

    /// Whether the file is this module of the shell: `room.rs`, or anything under `room/`.
    pub fn is_in(&self, room: &str) -> bool {
        let inside = self.path.strip_prefix("src-tauri/src/").unwrap_or(&self.path);
        inside == format!("{room}.rs") || inside.starts_with(&format!("{room}/"))
    }

    /// Number of lines before its tests.
    pub fn lines_without_tests(&self) -> usize {
        if self.is_test() { 0 } else { self.before_tests().count() }
    }

    /// Its code without comment lines and without its tests.
    pub fn code(&self) -> String {
        let lines = self.before_tests().filter(|line| !line.trim_start().starts_with("//"));
        lines.fold(String::new(), |code, line| code + line + "\n")
    }

    fn before_tests(&self) -> impl Iterator<Item = &str> {
        let lines: Vec<&str> = self.text.lines().collect();
        let tests =
            lines.windows(2).position(|pair| pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod "));
        let end = tests.unwrap_or(lines.len());
        lines.into_iter().take(end)
    }

    /// Whether its code, tests included, contains `name::` or `use name`.
    pub fn uses(&self, name: &str) -> bool {
        self.text.lines().filter(|line| !line.trim_start().starts_with("//")).any(|line| {
            says(line, &format!("{name}::"))
                || ["use ", "pub use ", "extern crate "]
                    .iter()
                    .any(|start| line.trim() == format!("{start}{name};"))
        })
    }
}

/// A crate as it is built into the app on this platform.
#[derive(Debug)]
pub struct BuiltIn {
    pub version: String,
    features: Vec<String>,
}

impl BuiltIn {
    pub fn has(&self, feature: &str) -> bool {
        self.features.iter().any(|known| known == feature)
    }
}

/// Every version of a crate in the build of the binary alone; features that tests enable are not included.
pub fn built_in(name: &str) -> Vec<BuiltIn> {
    let tree = [
        "tree",
        "--locked",
        "--offline",
        "-p",
        "tidemark",
        "-e",
        "normal",
        "--prefix",
        "none",
        "-f",
        "{p}|{f}",
    ];
    let output = Command::new(env!("CARGO")).args(tree).current_dir(root()).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let seen: BTreeSet<String> = String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
    let mut found = BTreeMap::new();
    for line in &seen {
        let (package, features) = line.trim_end_matches(" (*)").split_once('|').unwrap_or((line, ""));
        if let Some(version) = package.strip_prefix(&format!("{name} v")) {
            let version = version.split(' ').next().unwrap_or_default().to_owned();
            found.insert(version, features.split(',').map(|f| f.trim().to_owned()).collect());
        }
    }
    found.into_iter().map(|(version, features)| BuiltIn { version, features }).collect()
}

/// The versions of a crate in a lockfile.
pub fn locked(lockfile: &str, name: &str) -> Vec<String> {
    let start = format!("name = \"{name}\"\nversion = ");
    let found = lockfile.split(&start).skip(1);
    found.map(|rest| rest.lines().next().unwrap_or_default().to_owned()).collect()
}

/// The names in a manifest's `[dependencies]` sections, including platform-specific ones, without those for tests.
pub fn dependencies(manifest: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut inside = false;
    for line in read(manifest).lines() {
        if line.starts_with('[') {
            inside = line.ends_with("dependencies]") && !line.contains("dev-") && !line.contains("build-");
        } else if inside && line.starts_with(|c: char| c.is_ascii_lowercase()) {
            let name = line.split(['.', '=', ' ']).next().unwrap_or_default();
            names.push(name.to_owned());
        }
    }
    assert!(!names.is_empty(), "no dependencies were found in {manifest}");
    names
}

/// Whether a text contains a word, not just as part of a longer one.
pub fn says(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(|c| part(c) || c == '"') && (word.ends_with(':') || !after.is_some_and(part))
    })
}

pub fn rust_in(folder: &str) -> Vec<Source> {
    let start = format!("{folder}/");
    let found: Vec<Source> =
        texts().into_iter().filter(|source| source.is_rust() && source.path.starts_with(&start)).collect();
    assert!(!found.is_empty(), "no sources were found in {folder}");
    found
}

/// Every text file of the repository that people wrote: no lockfiles, no build results.
pub fn texts() -> Vec<Source> {
    let mut folders = vec![root()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of the repository").flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            if path.is_dir() {
                if !["target", "node_modules", "dist", "build", ".git"].contains(&name.as_ref()) {
                    folders.push(path);
                }
            } else if !name.ends_with(".lock") && name != "package-lock.json" && name != ".git" {
                let shown = path.strip_prefix(root()).unwrap_or(&path).to_string_lossy().into_owned();
                found.extend(std::fs::read_to_string(&path).map(|text| Source { path: shown, text }));
            }
        }
    }
    found
}

pub fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).expect("a file of the repository")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the repository")
}
