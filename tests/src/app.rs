//! Runs the binary under test, as the tray app or as a command. Does not build it.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::AsyncWriteExt;

use crate::minimax::MiniMax;
use crate::process::Started;
use crate::session::Session;
use crate::wait::until;

/// The app, running in the tray.
pub type App = Started;

/// The result of a command.
#[derive(Clone, Debug)]
pub struct Run {
    /// The exit code, `None` if a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    pub took: Duration,
}

impl Run {
    /// Parses standard output as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("no JSON ({e}): {self:#?}"))
    }

    /// Fails unless the command ended with this exit code.
    #[must_use]
    pub fn ended_with(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "the exit code of {self:#?}");
        self
    }

    /// Fails unless standard error has one to three lines, as the interface promises.
    #[must_use]
    pub fn complains(self) -> Self {
        let lines = self.stderr.trim().lines().count();
        assert!((1..=3).contains(&lines), "one or two sentences on standard error: {self:#?}");
        assert!(!self.stderr.contains("panicked"), "no panic: {self:#?}");
        self
    }
}

/// The binary under test: `TIDEMARK_BIN`, or the debug build beside the tests.
#[must_use]
pub fn binary() -> PathBuf {
    let named = std::env::var_os("TIDEMARK_BIN").map(PathBuf::from);
    let binary = named.unwrap_or_else(|| {
        let own = std::env::current_exe().expect("the test's own program");
        let profile = own.ancestors().nth(2).expect("the folder of the build").to_owned();
        let target = profile.parent().expect("the target folder");
        target.join("debug/tidemark")
    });
    assert!(binary.is_file(), "{} is missing: build tidemark first, or set TIDEMARK_BIN", binary.display());
    binary.canonicalize().expect("the binary's path")
}

/// Starts a binary as the app; its output goes to the session's log folder.
#[must_use]
pub fn start(session: &Session, binary: &Path, arguments: &[&str]) -> App {
    App::new("tidemark", &session.logs(), session.command(binary).args(arguments))
}

impl Session {
    /// Starts the app with these arguments; its output goes to the session's log folder.
    #[must_use]
    pub fn launch(&self, arguments: &[&str]) -> App {
        start(self, &binary(), arguments)
    }

    /// Starts the app without its window, and waits until it has asked about a key by itself.
    pub async fn launch_asking(&self, minimax: &MiniMax, key: &str) -> App {
        let before = minimax.times_asked(key);
        let app = self.launch(&["--hidden"]);
        minimax.asked_about(key, before + 1).await;
        app
    }

    /// Runs the binary as a command with empty standard input.
    pub async fn tidemark(&self, arguments: &[&str]) -> Run {
        self.tidemark_told(arguments, "").await
    }

    /// Runs the binary as a command with this standard input.
    pub async fn tidemark_told(&self, arguments: &[&str], input: &str) -> Run {
        let mut command = tokio::process::Command::from(self.command(binary()));
        command.args(arguments).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let began = Instant::now();
        let mut child = command.spawn().expect("the binary starts");
        let mut pipe = child.stdin.take().expect("its standard input");
        let input = input.as_bytes().to_owned();
        // A program that fails before it has read everything closes the pipe.
        let feeding = tokio::spawn(async move { pipe.write_all(&input).await });
        let ended = tokio::time::timeout(Duration::from_mins(1), child.wait_with_output()).await;
        let output = ended.unwrap_or_else(|_| panic!("tidemark {arguments:?} did not end within a minute"));
        let output = output.expect("what the binary printed");
        feeding.abort();
        Run {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            took: began.elapsed(),
        }
    }

    /// Adds an account on the command line and returns its id.
    pub async fn add_account(&self, name: &str, key: &str) -> String {
        let run = self.tidemark_told(&["account", "add", name], key).await;
        assert_eq!(run.code, Some(0), "account add {name}: {run:#?}");
        self.account(name).await["id"].as_str().expect("the id of the account").to_owned()
    }

    /// An account as `tidemark status --json` shows it.
    pub async fn account(&self, name: &str) -> Value {
        self.account_after(&["status", "--json"], name).await
    }

    /// Waits until `tidemark status --json` shows an account as wanted.
    pub async fn account_until(&self, name: &str, what: &str, told: impl Fn(&Value) -> bool) -> Value {
        until(&format!("{name} to be {what}"), async || {
            let account = self.account(name).await;
            if told(&account) { Ok(account) } else { Err(format!("{account:#}")) }
        })
        .await
    }

    /// An account as another command shows it.
    pub async fn account_after(&self, arguments: &[&str], name: &str) -> Value {
        let run = self.tidemark(arguments).await;
        let told = run.json();
        let accounts = told["accounts"].as_array().unwrap_or_else(|| panic!("no accounts: {run:#?}"));
        let account = accounts.iter().find(|account| account["name"] == name);
        account.unwrap_or_else(|| panic!("no account {name:?}: {run:#?}")).clone()
    }

    /// The kind of failure that `tidemark status --json` shows for an account, if any.
    pub async fn failure(&self, name: &str) -> Option<String> {
        self.account(name).await["failure"]["kind"].as_str().map(str::to_owned)
    }

    /// The app's output so far.
    #[must_use]
    pub fn printed(&self) -> String {
        std::fs::read_to_string(self.logs().join("tidemark.log")).unwrap_or_default()
    }
}
