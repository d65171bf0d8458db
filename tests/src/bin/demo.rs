//! Shows the simulated accounts in a virtual desktop session and keeps pictures of it. For a real display there is
//! `tidemark --demo`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use e2e::gallery;

#[tokio::main]
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool prints")]
async fn main() -> ExitCode {
    let Some((binary, out)) = arguments() else {
        eprintln!("usage: demo --bin TIDEMARK --out FOLDER");
        return ExitCode::from(2);
    };
    let made = std::fs::create_dir_all(&out).and_then(|()| Ok((binary.canonicalize()?, out.canonicalize()?)));
    let (binary, out) = match made {
        Ok(found) => found,
        Err(e) => {
            eprintln!("demo: {} or {}: {e}", binary.display(), out.display());
            return ExitCode::FAILURE;
        }
    };
    println!(
        "Starting the simulated accounts. One second is one minute of their day; it takes three minutes."
    );
    gallery::take(&binary, |name, shot| {
        let file = out.join(name);
        shot.write_small(&file);
        println!("{}", shown(&file));
    })
    .await;
    ExitCode::SUCCESS
}

fn arguments() -> Option<(PathBuf, PathBuf)> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    match given.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--bin", binary, "--out", out] | ["--out", out, "--bin", binary] => {
            Some((binary.into(), out.into()))
        }
        _ => None,
    }
}

/// A file's path, relative to the current folder if possible.
fn shown(file: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    file.strip_prefix(here).unwrap_or(file).display().to_string()
}
