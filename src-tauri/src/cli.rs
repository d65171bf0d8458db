//! The command line: arguments, standard streams and exit codes.
//!
//! A key is never an argument: it is read from standard input.

mod account;
mod doctor;
mod explain;
mod history;
mod key;
mod key_input;
mod output;
mod settings;
mod speed;
mod status;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;
use tidemark_core::account::{Kind, Region};
use tidemark_core::endpoint::{Endpoint, Hosts};
use tidemark_core::message::Remark;
use tidemark_core::settings::Settings;

use crate::config::{self, Paths};
use crate::error::AppError;
use crate::test_hooks::TestHooks;
use crate::{Machine, Options, hardening, log, supervision, zone};
use output::{print, print_json};

/// The exit codes, printed below the help.
const CODES: &str =
    "Exit codes of status: 0 enough left, 3 near a limit, 4 used up, 5 key refused or no plan,
6 no reading to trust, 7 keyring out of reach. All commands: 1 other failure, 2 wrong use.";

/// The exit code for wrong use of the command.
const WRONG_USE: u8 = 2;

/// Shows how much of your MiniMax plan is left, in the tray.
#[derive(Debug, Parser)]
#[command(name = "tidemark", version, about, args_conflicts_with_subcommands = true, after_help = CODES)]
struct Cli {
    #[command(flatten)]
    app: AppArgs,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Args)]
struct AppArgs {
    /// Start in the tray without a window.
    #[arg(long)]
    hidden: bool,
    /// Start on a built-in simulated account: no key, no network, nothing kept.
    #[arg(long)]
    demo: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Say how much of every account is left.
    Status(status::StatusArgs),
    /// Say what a saved answer of MiniMax means, without key or network.
    Explain(explain::ExplainArgs),
    /// Add, list and change accounts and their keys.
    #[command(subcommand)]
    Account(account::AccountCommand),
    /// Read and change the settings.
    #[command(subcommand)]
    Settings(settings::SettingsCommand),
    /// Print the key to use now: the plan's, or its pair's while the plan is used up.
    Key(key::KeyArgs),
    /// Print the readings kept on this machine.
    History(history::HistoryArgs),
    /// Check display, tray, notifications, keyring, network, clock and files.
    Doctor {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Measure how fast a model answers, with one streamed request.
    Speed(speed::SpeedArgs),
    /// Print shell completions.
    Completions {
        /// For which shell.
        shell: clap_complete::Shell,
    },
}

/// A platform, as it is written on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum RegionName {
    Global,
    China,
}

impl From<RegionName> for Region {
    fn from(name: RegionName) -> Self {
        match name {
            RegionName::Global => Self::Global,
            RegionName::China => Self::China,
        }
    }
}

/// A kind of key, as it is written on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum KindName {
    #[value(name = "token_plan")]
    TokenPlan,
    #[value(name = "pay_as_you_go")]
    PayAsYouGo,
}

impl From<KindName> for Kind {
    fn from(name: KindName) -> Self {
        match name {
            KindName::TokenPlan => Self::TokenPlan,
            KindName::PayAsYouGo => Self::PayAsYouGo,
        }
    }
}

/// A path of the API, as it is written on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum EndpointName {
    TokenPlan,
    CodingPlan,
    Balance,
}

impl From<EndpointName> for Endpoint {
    fn from(name: EndpointName) -> Self {
        match name {
            EndpointName::TokenPlan => Self::TokenPlan,
            EndpointName::CodingPlan => Self::CodingPlan,
            EndpointName::Balance => Self::Balance,
        }
    }
}

/// Parses the arguments and runs the command.
#[must_use]
pub fn main() -> ExitCode {
    if let Err(error) = hardening::protect_memory() {
        output::complain(&format!("core dumps could not be switched off: {error}."));
    }
    supervision::log_panics();
    let Cli { app, command } = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return output::print_usage(&error),
    };
    let done = match command {
        None => return start_app(&app),
        Some(Command::Explain(args)) => explain::run(&args),
        Some(Command::Completions { shell }) => completions(shell),
        Some(Command::Status(args)) => machine().and_then(|m| status::run(m, &args)),
        Some(Command::Account(command)) => machine().and_then(|m| account::run(m, command)),
        Some(Command::Settings(command)) => machine().and_then(|m| settings::run(&m, command)),
        Some(Command::Key(args)) => machine().and_then(|m| key::run(m, &args)),
        Some(Command::Speed(args)) => machine().and_then(|m| speed::run(m, &args)),
        Some(Command::History(args)) => machine().and_then(|m| history::run(&m, &args)),
        Some(Command::Doctor { json }) => machine().and_then(|m| doctor::run(&m, json)),
    };
    done.map_or_else(Problem::report, ExitCode::from)
}

/// Parses arguments, with the program's name first, without running anything; for the command-line fuzz target.
#[doc(hidden)]
#[must_use]
pub fn parses(arguments: &[&str]) -> bool {
    Cli::try_parse_from(arguments).is_ok()
}

/// Prints a failure to standard error; returns the exit code for failures without a code of their own.
#[must_use]
pub fn fail(message: &str) -> ExitCode {
    Problem { code: 1, message: message.to_owned() }.report()
}

/// Why a command failed.
#[derive(Debug)]
struct Problem {
    code: u8,
    message: String,
}

impl Problem {
    fn wrong_use(message: impl Into<String>) -> Self {
        Self { code: WRONG_USE, message: message.into() }
    }

    fn other(message: impl Into<String>) -> Self {
        Self { code: 1, message: message.into() }
    }

    fn refused(message: impl Into<String>) -> Self {
        Self { code: 5, message: message.into() }
    }

    fn report(self) -> ExitCode {
        output::complain(&self.message);
        ExitCode::from(self.code)
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        let code = match error.code {
            "keyring" => 7,
            "offline" => 6,
            "spent" => 4,
            "refused" => 5,
            "other" => 1,
            _ => WRONG_USE,
        };
        Self { code, message: error.message }
    }
}

/// Prints completions. They are written to a buffer first: `clap_complete` panics when its writer fails.
fn completions(shell: clap_complete::Shell) -> Result<u8, Problem> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "tidemark", &mut script);
    print(&String::from_utf8_lossy(&script))?;
    Ok(0)
}

/// Runs a command's future to completion.
fn block_on<T>(future: impl Future<Output = T>) -> Result<T, Problem> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    Ok(runtime.map_err(|e| Problem::other(format!("No thread could be started: {e}.")))?.block_on(future))
}

fn start_app(args: &AppArgs) -> ExitCode {
    let mut machine = match machine() {
        Ok(machine) => machine,
        Err(problem) => return problem.report(),
    };
    if cfg!(target_os = "linux") && !["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|v| is_set(v)) {
        return fail(
            "There is no display to show anything on. Start it from a desktop session; `tidemark status` works without one.",
        );
    }
    if !args.demo {
        let filter = match text_variable("TIDEMARK_LOG") {
            Ok(filter) => filter,
            Err(problem) => return problem.report(),
        };
        log::start(&machine.paths, filter.as_deref());
    }
    let requested = std::env::var("TIDEMARK_TEST").unwrap_or_default();
    machine.test_hooks = TestHooks::parse(&requested, &machine.hosts).unwrap_or_else(|error| {
        tracing::warn!("{error}");
        TestHooks::default()
    });
    crate::run(machine, Options { hidden: args.hidden, demo: args.demo })
}

/// Reads the environment once.
fn machine() -> Result<Machine, Problem> {
    let hosts = match text_variable("TIDEMARK_API_BASE")? {
        Some(text) => {
            Hosts::from_override(&text).map_err(|e| Problem::wrong_use(format!("TIDEMARK_API_BASE: {e}.")))?
        }
        None => Hosts::default(),
    };
    let paths = Paths::from_env(|name| std::env::var_os(name)).map_err(|e| Problem::other(e.to_string()))?;
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()))
        .unwrap_or_default();
    Ok(Machine { hosts, paths, locale, test_hooks: TestHooks::default() })
}

/// Reads the settings; says on standard error if the file was moved aside.
fn load_settings(machine: &Machine) -> Settings {
    let loaded = config::load(&machine.paths, now());
    let note = match &loaded.remark {
        Some(Remark::SettingsBroken { kept_as }) => {
            format!(
                "the settings could not be read and are kept as {kept_as}; Tidemark goes on with what it still knows"
            )
        }
        Some(Remark::SettingsRestored { from }) => {
            format!("settings.json was missing and was restored from {from}; to start afresh, delete both")
        }
        Some(Remark::SettingsMended { fields }) => {
            let fields = fields.join(", ");
            format!("not understood in the settings, and used with their defaults: {fields}")
        }
        Some(Remark::SettingsNewer { kept_as }) => {
            format!("the settings are from a newer version; a copy is kept as {kept_as}")
        }
        Some(Remark::InternalError | Remark::StoreBroken { .. } | Remark::StoreNewer) | None => {
            return loaded.settings;
        }
    };
    output::complain(&format!("{note}."));
    loaded.settings
}

/// Reads an environment variable; `None` if it is missing or empty. A value that is not text is an error: continuing
/// without `TIDEMARK_API_BASE` would send keys to the real hosts.
fn text_variable(name: &str) -> Result<Option<String>, Problem> {
    let value = std::env::var_os(name).filter(|value| !value.is_empty());
    let text = value.map(OsString::into_string).transpose();
    text.map_err(|_| Problem::wrong_use(format!("{name} is not UTF-8 text. Correct or remove it.")))
}

fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|v| !v.is_empty())
}

/// Returns the current time in whole milliseconds, the precision in which it is printed.
fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

/// Parses a time as users write it: RFC 3339, a date (its start in the user's time zone), or seconds or milliseconds
/// since 1970.
fn moment(text: &str) -> Result<Timestamp, String> {
    let number = text.parse::<i64>().ok();
    let from_number = number.and_then(|n| {
        if n.abs() < 1_000_000_000_000 {
            Timestamp::from_second(n).ok()
        } else {
            Timestamp::from_millisecond(n).ok()
        }
    });
    from_number
        .or_else(|| text.parse().ok())
        .or_else(|| {
            let date: jiff::civil::Date = text.parse().ok()?;
            date.to_zoned(zone::current()).ok().map(|z| z.timestamp())
        })
        .ok_or_else(|| "write a time as 2026-11-22T10:00:00Z".to_owned())
}

/// Whether to use a standard stream: the file is `-` or missing.
fn is_stream(file: Option<&PathBuf>) -> bool {
    file.is_none_or(|f| f.as_os_str() == "-")
}
