//! Measures Tidemark beside the yardstick, an empty tray app of the same versions and profile. Both are measured in one
//! run, each in a private desktop session of its own, because figures of different days cannot be compared.
#![expect(clippy::expect_used, reason = "a figure that cannot be measured ends the run")]

mod bars;
mod eye;
mod gauge;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use e2e::process::Started;
use e2e::{Answer, MiniMax, Session, app, until};
use eye::{Eye, Sight};
use gauge::{Activity, Memory};

/// Number of accounts that Tidemark watches during the measurement.
const ACCOUNTS: usize = 10;

/// How often a start is timed; the median counts.
const STARTS: usize = 5;

/// How often each window is opened to time its first paint, alternating between the programs; the median counts.
const OPENINGS: usize = 15;

/// How long the programs are left alone before they are measured.
#[derive(Clone, Copy, Debug)]
struct Patience {
    settle: Duration,
    watch: Duration,
    after_closing: Duration,
    closings: usize,
}

impl Patience {
    const FULL: Self = Self {
        settle: Duration::from_secs(10),
        watch: Duration::from_secs(30),
        after_closing: Duration::from_mins(1),
        closings: 50,
    };
    const QUICK: Self = Self {
        settle: Duration::from_secs(5),
        watch: Duration::from_secs(10),
        after_closing: Duration::from_secs(5),
        closings: 5,
    };
}

/// One of the two programs.
#[derive(Debug)]
struct Program {
    name: &'static str,
    binary: PathBuf,
    arguments: &'static [&'static str],
    /// The label of the menu entry that opens its window; `class` is the window's class.
    opens: &'static str,
    class: &'static str,
}

/// What was measured of one program.
#[derive(Debug)]
pub struct Figures {
    start: Duration,
    rest: Memory,
    activity: Activity,
    first_closed: Memory,
    last_closed: Memory,
    /// The binary, in bytes.
    size: u64,
    /// Duration of `tidemark status`, the whole process.
    status: Option<Duration>,
}

#[tokio::main]
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool prints")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let only_paint = arguments.iter().any(|argument| argument == "--first-paint");
    let (yardstick, patience) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--yardstick", path] => (PathBuf::from(path), Patience::FULL),
        ["--yardstick", path, "--quick" | "--first-paint"] => (PathBuf::from(path), Patience::QUICK),
        _ => {
            eprintln!("usage: TIDEMARK_BIN=… bench --yardstick BINARY [--quick | --first-paint]");
            return ExitCode::from(2);
        }
    };
    let yardstick = Program {
        name: "yardstick",
        binary: yardstick.canonicalize().expect("the yardstick"),
        arguments: &[],
        opens: "Open",
        class: "yardstick",
    };
    let tidemark = Program {
        name: "tidemark",
        binary: app::binary(),
        arguments: &["--hidden"],
        opens: "Open Tidemark",
        class: "tidemark",
    };

    println!(
        "Each left alone for {:?}, watched for {:?}; memory {:?} after closing, {} closings; {ACCOUNTS} accounts.",
        patience.settle, patience.watch, patience.after_closing, patience.closings
    );
    let session = Session::start().await;
    let minimax = MiniMax::that_may_be_asked().await;
    let mut own_session = Session::start().await;
    own_session.ask(&minimax);
    add_accounts(&own_session, &minimax).await;
    let painted = first_paints([(&own_session, &tidemark), (&session, &yardstick)]).await;
    let first_paint = bars::first_paint(painted);
    if only_paint {
        println!("{first_paint}");
        return if first_paint.is_missed() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
    }

    let empty = measure(&session, &yardstick, patience).await;
    drop(session);
    let ours = measure(&own_session, &tidemark, patience).await;

    let table = bars::judge(&ours, &empty, first_paint);
    for line in &table {
        println!("{line}");
    }
    let missed = table.iter().filter(|line| line.is_missed()).count();
    println!("{missed} of {} bars missed", table.iter().filter(|line| line.has_bar()).count());
    if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn add_accounts(session: &Session, minimax: &MiniMax) {
    for number in 0..ACCOUNTS {
        let key = format!("sk-cp-test-bench-{number}");
        minimax.answer(&key, Answer::plan(71, 57));
        let name = format!("Account {number}");
        let add = ["account", "add", &name, "--region", "global", "--kind", "token_plan", "--unchecked"];
        let _added = session.tidemark_told(&add, &key).await.ended_with(0);
    }
}

async fn measure(session: &Session, program: &Program, patience: Patience) -> Figures {
    let size = std::fs::metadata(&program.binary).expect("the binary").len();
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let (mut running, took) = start(session, program).await;
        starts.push(took);
        running.end();
        no_tray(session).await;
    }

    let (mut running, _) = start(session, program).await;
    tokio::time::sleep(patience.settle).await;
    let before = gauge::threads(running.pid());
    tokio::time::sleep(patience.watch).await;
    let activity = Activity::between(&before, &gauge::threads(running.pid()), patience.watch);
    let rest = gauge::memory(running.pid());
    let status = match program.name {
        "tidemark" => Some(time_status(session).await),
        _ => None,
    };

    open(session, program).await;
    let first_closed = close(session, program, &running, patience).await;
    for _ in 1..patience.closings {
        open(session, program).await;
        shut(session, program).await;
    }
    tokio::time::sleep(patience.after_closing).await;
    let last_closed = gauge::memory(running.pid());
    assert!(running.runs(), "{} ended while it was measured", program.name);
    Figures { start: middle(starts), rest, activity, first_closed, last_closed, size, status }
}

async fn no_tray(session: &Session) {
    until("an empty tray", async || match session.tray_items().await.len() {
        0 => Ok(()),
        many => Err(format!("{many} items")),
    })
    .await;
}

/// Starts a program and waits for its tray item, checking every millisecond.
async fn start(session: &Session, program: &Program) -> (Started, Duration) {
    let began = Instant::now();
    let running = app::start(session, Path::new(&program.binary), program.arguments);
    while session.tray_items().await.is_empty() {
        assert!(began.elapsed() < e2e::LIMIT, "{} shows no tray item: {}", program.name, session.printed());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    (running, began.elapsed())
}

/// Opens both windows alternately; returns the median time from the menu to the complete page for each.
async fn first_paints(both: [(&Session, &Program); 2]) -> [Duration; 2] {
    let [mut ours, mut theirs] = [both[0], both[1]].map(|(session, program)| Watcher::of(session, program));
    for watcher in [&mut ours, &mut theirs] {
        watcher.prepare().await;
    }
    for _ in 0..OPENINGS {
        for watcher in [&mut ours, &mut theirs] {
            watcher.time_opening().await;
        }
    }
    for watcher in [&mut ours, &mut theirs] {
        watcher.running.end();
        no_tray(watcher.session).await;
    }
    [ours, theirs].map(Watcher::told)
}

/// Opens a program's window repeatedly.
#[derive(Debug)]
struct Watcher<'a> {
    session: &'a Session,
    program: &'a Program,
    running: Started,
    eye: Eye,
    sight: Option<Sight>,
    took: Vec<Duration>,
}

impl<'a> Watcher<'a> {
    fn of(session: &'a Session, program: &'a Program) -> Self {
        let running = app::start(session, &program.binary, program.arguments);
        Self { session, program, running, eye: Eye::on(session), sight: None, took: Vec::new() }
    }

    /// Opens the window without timing it, to record what it looks like at rest.
    async fn prepare(&mut self) {
        open(self.session, self.program).await;
        let _settled = self.eye.at_rest(self.program.class).await;
        shut(self.session, self.program).await;
        // Recorded in the second opening, when the program has all its data.
        open(self.session, self.program).await;
        self.sight = Some(self.eye.at_rest(self.program.class).await);
        shut(self.session, self.program).await;
    }

    async fn time_opening(&mut self) {
        let item = self.session.tray().await;
        let sight = self.sight.as_ref().expect("a look at the window before");
        let began = Instant::now();
        item.choose(self.program.opens).await;
        self.eye.sees(self.program.class, sight).await;
        self.took.push(began.elapsed());
        shut(self.session, self.program).await;
    }

    #[expect(clippy::print_stdout, reason = "a command-line tool prints")]
    fn told(self) -> Duration {
        let all: Vec<u128> = self.took.iter().map(Duration::as_millis).collect();
        println!("{}: menu to painted page in {all:?} ms", self.program.name);
        middle(self.took)
    }
}

/// Opens the window from the menu.
async fn open(session: &Session, program: &Program) {
    session.tray().await.choose(program.opens).await;
    session.window(program.class).await;
}

async fn shut(session: &Session, program: &Program) {
    // A window that was shown just now may not react to the key yet.
    until("a closed window", async || {
        session.windows(program.class).iter().for_each(|window| session.close_window(*window));
        tokio::time::sleep(Duration::from_millis(300)).await;
        if session.windows(program.class).is_empty() { Ok(()) } else { Err("it is there".to_owned()) }
    })
    .await;
}

async fn close(session: &Session, program: &Program, running: &Started, patience: Patience) -> Memory {
    shut(session, program).await;
    tokio::time::sleep(patience.after_closing).await;
    gauge::memory(running.pid())
}

async fn time_status(session: &Session) -> Duration {
    let mut took = Vec::new();
    for _ in 0..STARTS {
        took.push(session.tidemark(&["status", "--json"]).await.ended_with(0).took);
    }
    middle(took)
}

fn middle(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
