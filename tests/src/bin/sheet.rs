//! Combines the pictures that the tests kept into one contact sheet. Takes no pictures itself.

use std::path::Path;
use std::process::ExitCode;

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool prints")]
fn main() -> ExitCode {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("usage: sheet FOLDER");
        return ExitCode::from(2);
    };
    match e2e::sheet::compose(Path::new(&folder)) {
        Ok((file, count)) => {
            println!("{}: {count} pictures", file.display());
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("sheet: {why}");
            ExitCode::FAILURE
        }
    }
}
