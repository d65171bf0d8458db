//! Standard output and standard error of the commands. Failed writes are reported; keys are redacted.

use std::io::{self, ErrorKind, Write as _};
use std::process::ExitCode;

use tidemark_core::redact::redact_keys;

use super::{Problem, WRONG_USE};

/// Appended to a message from which a key was removed.
const KEY_HINT: &str = "What looks like a key is not repeated. Only `tidemark account add` and `replace-key` take keys, and only from standard input.";

/// Writes a text and a line break to standard output. A reader that closes the pipe, such as `head`, has what it
/// wanted, so that is not a failure. Any other failed write is.
pub(super) fn print(text: &str) -> Result<(), Problem> {
    let line_break = if text.ends_with('\n') { "" } else { "\n" };
    written(io::stdout().lock().write_all(format!("{text}{line_break}").as_bytes()))
}

pub(super) fn print_json(value: &impl serde::Serialize) -> Result<(), Problem> {
    print(&serde_json::to_string_pretty(value).map_err(|e| Problem::other(e.to_string()))?)
}

/// Flushes standard output after a write and returns the result of both.
pub(super) fn written(done: io::Result<()>) -> Result<(), Problem> {
    match done.and_then(|()| io::stdout().flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Problem::other(format!("Standard output could not be written: {error}."))),
    }
}

/// Writes a message to standard error, with keys redacted. A failed write cannot be reported anywhere.
pub(super) fn complain(message: &str) {
    let redacted = redact_keys(message);
    let mut err = io::stderr().lock();
    let _ = writeln!(err, "tidemark: {redacted}");
    if *redacted != *message {
        let _ = writeln!(err, "{KEY_HINT}");
    }
}

/// Prints clap's output: help and version to standard output, wrong use to standard error.
pub(super) fn print_usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        return written(error.print()).map_or_else(Problem::report, |()| ExitCode::SUCCESS);
    }
    let plain = error.render().to_string();
    let redacted = redact_keys(&plain);
    if *redacted == *plain {
        let _ = error.print();
    } else {
        // Without colours: their escape codes directly precede the argument, so redaction would miss a key.
        let _ = writeln!(io::stderr().lock(), "{}\n\n{KEY_HINT}", redacted.trim_end());
    }
    ExitCode::from(WRONG_USE)
}
