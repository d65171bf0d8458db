//! What happens to the app while it is watched: one sequence of changes, repeated.

use std::time::{Duration, Instant};

use e2e::tray::Item;
use e2e::{Answer, MiniMax, Part, Session, Window, until_within};

const PLAN: &str = "sk-cp-test-soak-4f2c7a9e1b5d8036ac";
const FAILING: &str = "sk-cp-test-soak-b17e5d3a8c6f920471";
const PURSE: &str = "sk-api-test-soak-83d6e1f7a2c5b4908e";
/// How long a busy machine may take to show a window.
const PATIENCE: Duration = Duration::from_mins(2);
/// Time between two changes.
const BEAT: Duration = Duration::from_millis(1500);

pub async fn add_accounts(session: &Session, minimax: &MiniMax) {
    minimax.answer(PLAN, Answer::plan(90, 85));
    minimax.answer(FAILING, Answer::plan(70, 60));
    minimax.answer(PURSE, Answer::balance("42.50"));
    for (name, key) in [("Steady", PLAN), ("Failing", FAILING), ("Purse", PURSE)] {
        session.add_account(name, key).await;
    }
}

/// The sequence of changes, and its progress.
pub struct Load {
    between_windows: Duration,
    window_opened: Instant,
    round: usize,
    windows: usize,
    clicks: usize,
    outages: usize,
    restarts: usize,
}

impl Load {
    pub fn new(between_windows: Duration) -> Self {
        let window_opened = Instant::now();
        Self { between_windows, window_opened, round: 0, windows: 0, clicks: 0, outages: 0, restarts: 0 }
    }

    pub const fn windows(&self) -> usize {
        self.windows
    }

    pub const fn clicks(&self) -> usize {
        self.clicks
    }

    pub fn failures(&self) -> String {
        format!(
            "{} rounds of failing answers, {} outages, {} restarts of the notification service",
            self.round / STEPS,
            self.outages,
            self.restarts
        )
    }

    /// Makes the next change.
    pub async fn step(&mut self, session: &mut Session, minimax: &mut MiniMax, item: &Item) {
        if self.window_opened.elapsed() >= self.between_windows {
            self.window_opened = Instant::now();
            self.open_and_close(session, item).await;
        }
        // A different window in each round, so that each round causes notifications.
        let week = Window::week(60);
        let interval =
            |left| Window::interval(left).ending_in(3_600 + i64::try_from(self.round).unwrap_or(0));
        match self.round % STEPS {
            0 => minimax.answer(PLAN, Answer::windows(interval(40), week)),
            1 => minimax.answer(PLAN, Answer::windows(interval(12), week)),
            2 => minimax.answer(PLAN, Answer::windows(interval(0), week)),
            3 => minimax.answer(FAILING, Answer::status(503)),
            4 => minimax.answer(FAILING, Answer::json(&serde_json::json!({ "model_remains": "?" }))),
            5 => minimax.answer(FAILING, Answer::code(1004, "login fail")),
            6 => minimax.answer(FAILING, Answer::status(429).header("Retry-After", "2")),
            7 => minimax.answer(FAILING, Answer::filter_page()),
            8 => minimax.answer(FAILING, Answer::plan(70, 60).after(Duration::from_secs(3))),
            9 => minimax.answer(PURSE, Answer::balance("1.20")),
            10 => {
                minimax.leave().await;
                self.outages += 1;
            }
            11 => {
                minimax.come_back().await;
                minimax.answer(PURSE, Answer::balance("42.50"));
            }
            12 => {
                item.choose("Check now").await;
                self.clicks += 1;
            }
            13 if self.round / STEPS % 4 == 3 => {
                session.stop_part(Part::Notices);
                session.start_part(Part::Notices).await;
                self.restarts += 1;
            }
            _ => {
                let _ = session.run("dunstctl", &["close-all"]);
                minimax.answer(FAILING, Answer::plan(70, 60));
            }
        }
        self.round += 1;
        tokio::time::sleep(BEAT).await;
    }

    /// Makes requests succeed for a moment, so that the sample is of the app at rest.
    pub async fn calm(&self, session: &Session, minimax: &MiniMax) {
        if self.round % STEPS == 11 {
            // MiniMax is unreachable in this step; the next one brings it back.
            return;
        }
        minimax.answer(FAILING, Answer::plan(70, 60));
        session.no_window("tidemark").await;
    }

    async fn open_and_close(&mut self, session: &Session, item: &Item) {
        item.activate().await;
        let window = until_within(PATIENCE, "a window", async || {
            session.windows("tidemark").first().copied().ok_or_else(|| "none".to_owned())
        })
        .await;
        // In two of three openings, waits until the page has drawn something; the third closes the window immediately.
        if !self.windows.is_multiple_of(3) {
            let area = session.area(window);
            until_within(PATIENCE, "a drawn window", async || {
                let colours = session.shot().crop(area).colours();
                if colours > 20 { Ok(()) } else { Err(format!("{colours} colours")) }
            })
            .await;
            session.click(area.x + area.width / 2, area.y + area.height / 2);
            self.clicks += 1;
        }
        session.close_window(window);
        session.no_window("tidemark").await;
        self.windows += 1;
    }
}

/// Number of steps in a round.
const STEPS: usize = 15;
