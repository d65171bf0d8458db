//! Standard output and standard error of the commands: failed writes are reported, keys are never repeated.

use std::io::{self, ErrorKind, Write as _};
use std::process::ExitCode;

use tidemark_core::redact::redact_keys;

use super::{Problem, WRONG_USE};

/// Added to a message that would have repeated a key.
const KEY_HINT: &str = "What looks like a key is not repeated. Only `tidemark account add` and `replace-key` take keys, and only from standard input.";

/// Writes a text and a line break to standard output. A reader that has closed the pipe, as `head` does, has what it
/// wanted: that is no failure. Any other failed write is.
pub(super) fn print(text: &str) -> Result<(), Problem> {
    let line_break = if text.ends_with('\n') { "" } else { "\n" };
    written(io::stdout().lock().write_all(format!("{text}{line_break}").as_bytes()))
}

pub(super) fn print_json(value: &impl serde::Serialize) -> Result<(), Problem> {
    print(&serde_json::to_string_pretty(value).map_err(|e| Problem::other(e.to_string()))?)
}

/// Flushes standard output after a write and says what became of both.
pub(super) fn written(done: io::Result<()>) -> Result<(), Problem> {
    match done.and_then(|()| io::stdout().flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Problem::other(format!("Standard output could not be written: {error}."))),
    }
}

/// Writes a message to standard error, without the keys in it. A failed write has nowhere to be reported.
pub(super) fn complain(message: &str) {
    let redacted = redact_keys(message);
    let mut err = io::stderr().lock();
    let _ = writeln!(err, "tidemark: {redacted}");
    if *redacted != *message {
        let _ = writeln!(err, "{KEY_HINT}");
    }
}

/// Prints what clap has to say: help and version on standard output, wrong use on standard error.
pub(super) fn print_usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        return written(error.print()).map_or_else(Problem::report, |()| ExitCode::SUCCESS);
    }
    let plain = error.render().to_string();
    let redacted = redact_keys(&plain);
    if *redacted == *plain {
        let _ = error.print();
    } else {
        // Without colours: their codes stand directly before the argument.
        let _ = writeln!(io::stderr().lock(), "{}\n\n{KEY_HINT}", redacted.trim_end());
    }
    ExitCode::from(WRONG_USE)
}
