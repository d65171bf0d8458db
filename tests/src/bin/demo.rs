//! Shows the simulated account in a virtual desktop session and keeps pictures of it.
//!
//! Owns the pictures of the tray, a notice and the window. Refuses to use a real display: that is `tidemark --demo`
//! itself.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use e2e::screen::{Area, Shot};
use e2e::{Session, app, until, until_within};

/// How long the simulated day may take until something in it deserves a notice.
const FIRST_NOTICE: Duration = Duration::from_mins(3);

#[tokio::main]
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a command talks to the one who called it")]
async fn main() -> ExitCode {
    let Some((binary, out)) = arguments() else {
        eprintln!("usage: demo --bin TIDEMARK --out FOLDER");
        return ExitCode::from(2);
    };
    if let Err(e) = std::fs::create_dir_all(&out) {
        eprintln!("demo: {} cannot be made: {e}", out.display());
        return ExitCode::FAILURE;
    }
    println!("Starting the simulated account. One second is one minute of its day.");
    for picture in show(&binary, &out).await {
        println!("{}", picture.display());
    }
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

async fn show(binary: &Path, out: &Path) -> Vec<PathBuf> {
    let mut session = Session::start().await;
    let binary = binary.canonicalize().unwrap_or_else(|e| panic!("{}: {e}", binary.display()));
    let mut app = app::start(&session, &binary, &["--demo"]);
    let window = session.window("tidemark").await;
    let item = session.tray().await;
    until_within(FIRST_NOTICE, "a notice of the simulated account", async || match session.notices().len() {
        0 => Err(item.tooltip().await.unwrap_or_default()),
        _ => Ok(()),
    })
    .await;
    let notice = session.window("^Dunst$").await;

    let mut pictures = Vec::new();
    let mut keep = |name: &str, shot: Shot| {
        let file = out.join(name);
        shot.write(&file);
        pictures.push(file);
    };
    let tray = session.shot().crop(Area { x: 1180, y: 0, width: 100, height: 32 });
    keep("tray.png", tray.enlarge(4));
    keep("notice.png", session.shot().crop(session.area(notice)));
    keep("window.png", painted(&session, window).await);
    item.quit().await;
    let status = app.ended().await;
    assert!(status.success(), "the app ended with {status}");

    session.set("GTK_THEME", "Adwaita:dark");
    let mut app = app::start(&session, &binary, &["--demo"]);
    let window = session.window("tidemark").await;
    keep("window-dark.png", painted(&session, window).await);
    session.tray().await.quit().await;
    let status = app.ended().await;
    assert!(status.success(), "the app ended with {status}");
    pictures
}

/// Gives the window once its page is drawn: when it has the shades of text, more than any frame around it.
async fn painted(session: &Session, window: u32) -> Shot {
    until("the window to be painted", async || {
        let shot = session.shot().crop(session.area(window));
        if shot.colours() > 800 { Ok(shot) } else { Err(format!("{} colours", shot.colours())) }
    })
    .await
}
