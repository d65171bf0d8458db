//! Every service that the app needs ends and comes back three times, while ten accounts are checked and the user
//! clicks. Each test prints how long the app took to recover, and compares threads and descriptors of each time with
//! the first.

use std::time::{Duration, Instant};

use e2e::{Answer, App, MiniMax, Part, Session, SystemBus, Window, until, until_within};

const TIMES: usize = 3;
const ACCOUNTS: usize = 10;

fn key(account: usize) -> String {
    format!("sk-cp-test-recovery-{account:02}-0a1b2c3d4e5f")
}

/// Number of requests for each account.
fn times_asked(minimax: &MiniMax) -> Vec<usize> {
    (0..ACCOUNTS).map(|account| minimax.times_asked(&key(account))).collect()
}

/// The app with its accounts, and what it depends on.
struct Scene {
    minimax: MiniMax,
    session: Session,
    system: Option<SystemBus>,
    app: App,
    /// Numbers of threads and descriptors after the first recovery.
    settled: Option<(usize, usize)>,
    /// Duration of each recovery.
    took: Vec<Duration>,
}

impl Scene {
    async fn start() -> Self {
        let minimax = MiniMax::start().await;
        let mut session = Session::start().await;
        session.ask(&minimax);
        let system = session.start_system_bus().await;
        for account in 0..ACCOUNTS {
            minimax.answer(&key(account), Answer::plan(71, 85));
            session.add_account(&format!("Team {account}"), &key(account)).await;
        }
        let before = times_asked(&minimax);
        let app = session.launch(&["--hidden"]);
        system.listened_to().await;
        let system = Some(system);
        let scene = Self { minimax, session, system, app, settled: None, took: Vec::new() };
        scene.all_checked(&before).await;
        scene
    }

    /// Waits until each account was asked about more often than this.
    async fn all_checked(&self, before: &[usize]) {
        until_within(Duration::from_secs(40), "a check of every account", async || {
            let times = self.times_asked();
            if times.iter().zip(before).all(|(times, before)| times > before) {
                Ok(())
            } else {
                Err(format!("{before:?}, now {times:?}"))
            }
        })
        .await;
    }

    fn times_asked(&self) -> Vec<usize> {
        times_asked(&self.minimax)
    }

    /// Waits until no account was asked about for some seconds: accounts that are due together are asked one each second.
    async fn no_more_requests(&self) {
        let mut before = self.times_asked();
        loop {
            tokio::time::sleep(Duration::from_millis(2500)).await;
            let now = self.times_asked();
            if now == before {
                return;
            }
            before = now;
        }
    }

    /// Clicks "Check now" in the tray, and waits until that has checked every account. An account that was asked about
    /// within the last second would not be asked about again.
    async fn check_now(&self) {
        self.no_more_requests().await;
        let before = self.times_asked();
        self.session.tray().await.choose("Check now").await;
        self.all_checked(&before).await;
    }

    /// Records a recovery, and fails if recoveries leave threads or descriptors behind.
    async fn recovered(&mut self, took: Duration) {
        self.recovered_with(took, 0).await;
    }

    /// Like `recovered`, but each recovery may leave `each` descriptors behind.
    async fn recovered_with(&mut self, took: Duration, each: usize) {
        self.took.push(took);
        assert!(self.app.runs(), "{}", self.session.printed());
        if !matches!(self.took.len(), 1 | TIMES) {
            return;
        }
        let now = self.settle().await;
        let (threads, descriptors) = *self.settled.get_or_insert(now);
        // One more may be in use at the moment; what is left behind by each recovery adds up to more.
        let most = descriptors + 1 + each * (self.took.len() - 1);
        assert!(
            now.0 <= threads && now.1 <= most,
            "{now:?} threads and descriptors, {threads} and {most} are expected: {:?} {:#?}",
            self.app.threads(),
            self.app.descriptors()
        );
    }

    /// The lowest numbers of threads and descriptors within some seconds, once everything is connected again and idle
    /// threads have ended.
    async fn settle(&self) -> (usize, usize) {
        tokio::time::sleep(Duration::from_secs(12)).await;
        let now = || (self.app.threads().len(), self.app.descriptors().len());
        let mut fewest = now();
        for _ in 0..12 {
            tokio::time::sleep(Duration::from_millis(250)).await;
            fewest = (fewest.0.min(now().0), fewest.1.min(now().1));
        }
        fewest
    }

    #[expect(clippy::print_stderr, reason = "prints figures for the test log")]
    fn report(&self, service: &str) {
        eprintln!("recovery of {service}: {:?}, threads and descriptors {:?}", self.took, self.settled);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tray_host_that_ends_and_comes_back_has_one_icon_each_time() {
    let mut scene = Scene::start().await;
    for _ in 0..TIMES {
        scene.session.stop_part(Part::Tray);
        until("no tray", async || {
            if scene.session.tray_items().await.is_empty() { Ok(()) } else { Err("items".to_owned()) }
        })
        .await;
        scene.session.start_part(Part::Tray).await;
        let since = Instant::now();
        scene.session.tray().await;
        let took = since.elapsed();
        scene.check_now().await;
        assert_eq!(scene.session.tray_items().await.len(), 1);
        scene.recovered(took).await;
    }
    scene.report("the tray host");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notification_service_that_ends_and_comes_back_gets_each_notification_once() {
    let mut scene = Scene::start().await;
    let (window, week) = (Window::interval(71), Window::week(85));
    for time in 0..TIMES {
        scene.session.stop_part(Part::Notices);
        let limited = key(time);
        scene.minimax.answer(&limited, Answer::windows(window.left(0), week));
        scene.check_now().await;
        scene.session.start_part(Part::Notices).await;
        let since = Instant::now();
        let shown = scene.session.notices_shown(time + 1).await;
        let took = since.elapsed();
        scene.check_now().await;
        assert_eq!(scene.session.notices(), shown, "nothing is shown again");
        scene.recovered(took).await;
    }
    scene.report("the notification service");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_bus_that_is_restarted_reports_wake_ups_again() {
    let mut scene = Scene::start().await;
    for _ in 0..TIMES {
        scene.check_now().await;
        let system = scene.system.take().expect("a system bus");
        let system = scene.session.restart_system_bus(system).await;
        let since = Instant::now();
        system.listened_to().await;
        let took = since.elapsed();
        // Several reports of one wake-up within ten seconds bring one check.
        tokio::time::sleep(Duration::from_secs(11)).await;
        let before = scene.times_asked();
        system.prepare_for_sleep(false).await;
        scene.all_checked(&before).await;
        scene.system = Some(system);
        scene.recovered(took).await;
    }
    scene.report("the system bus");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_goes_and_comes_back_is_used_at_once() {
    let mut scene = Scene::start().await;
    for _ in 0..TIMES {
        scene.minimax.leave().await;
        scene.minimax.asked_a_moment_ago().await;
        scene.session.tray().await.choose("Check now").await;
        until("figures that are said to be old", async || {
            let failure = scene.session.failure("Team 9").await;
            if failure.as_deref() == Some("offline") { Ok(()) } else { Err(format!("{failure:?}")) }
        })
        .await;
        let before = scene.times_asked();
        scene.minimax.come_back().await;
        let since = Instant::now();
        scene.system.as_ref().expect("a system bus").network(70).await;
        scene.all_checked(&before).await;
        let took = since.elapsed();
        scene.recovered(took).await;
    }
    scene.report("the network");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_bus_that_is_restarted_gets_everything_back() {
    let mut scene = Scene::start().await;
    let (window, week) = (Window::interval(71), Window::week(85));
    for time in 0..TIMES {
        scene.session.end_bus();
        let limited = key(time);
        scene.minimax.answer(&limited, Answer::windows(window.left(0), week));
        // Without a bus accounts are still checked when the machine wakes up; two wake-ups within ten seconds are one.
        tokio::time::sleep(Duration::from_secs(11)).await;
        let before = scene.minimax.times_asked(&limited);
        scene.system.as_ref().expect("a system bus").prepare_for_sleep(false).await;
        scene.minimax.asked_about(&limited, before + 1).await;
        scene.session.start_bus(&[Part::Keyring, Part::Notices, Part::Tray]).await;
        let since = Instant::now();
        scene.session.tray().await;
        scene.session.notices_shown(time + 1).await;
        let took = since.elapsed();
        scene.check_now().await;
        assert_eq!(scene.session.tray_items().await.len(), 1);
        // The socket of one connection to the former bus stays open.
        scene.recovered_with(took, 1).await;
    }
    scene.report("the session bus");
    // A second start finds the app by its name on the new bus. A window costs descriptors once, so it comes last.
    let _ = scene.session.tidemark(&[]).await.ended_with(0);
    scene.session.window("tidemark").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_display_that_is_gone_ends_the_app_and_the_next_start_has_everything() {
    let mut scene = Scene::start().await;
    let (window, week) = (Window::interval(71), Window::week(85));
    for time in 0..TIMES {
        scene.minimax.answer(&key(time), Answer::windows(window.left(0), week));
        scene.check_now().await;
        scene.session.notices_shown(time + 1).await;
        scene.session.end_display();
        let status = scene.app.ended().await;
        assert!(status.code().is_some(), "ended by itself: {status:?}, {}", scene.session.printed());
        let run = scene.session.tidemark(&["status", "--json"]).await;
        assert_eq!(run.json()["accounts"].as_array().map(Vec::len), Some(ACCOUNTS), "{run:#?}");

        scene.session.start_display(&[Part::WindowManager, Part::Notices, Part::Tray]).await;
        let since = Instant::now();
        scene.app = scene.session.launch(&["--hidden"]);
        scene.session.tray().await;
        let took = since.elapsed();
        scene.check_now().await;
        assert_eq!(scene.session.notices().len(), time + 1, "nothing is shown again");
        scene.recovered(took).await;
    }
    scene.report("the display");
}

/// Makes the running app read the keys again, as if they had been replaced.
fn replace_keys(session: &Session) {
    let file = session.settings_file();
    let text = std::fs::read_to_string(&file).expect("the settings");
    let mut settings: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    for account in settings["accounts"].as_array_mut().expect("accounts") {
        let revision = account["key_revision"].as_u64().unwrap_or_default();
        account["key_revision"] = (revision + 1).into();
    }
    let next = file.with_extension("next");
    std::fs::write(&next, settings.to_string()).expect("the settings are written");
    std::fs::rename(next, file).expect("the settings are replaced");
}

/// Waits until the accounts have no key. The first time it waits so long that no attempt is due within the next
/// seconds.
async fn without_keys(scene: &Scene, is_first: bool) {
    until("accounts without a key", async || {
        let said = scene.session.tray().await.menu_text().await?;
        if said.contains("could not be read") { Ok(()) } else { Err(said) }
    })
    .await;
    if is_first {
        tokio::time::sleep(Duration::from_secs(18)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keyring_that_ends_and_comes_back_is_read_without_a_click() {
    let mut scene = Scene::start().await;
    for time in 0..TIMES {
        scene.session.stop_part(Part::Keyring);
        replace_keys(&scene.session);
        without_keys(&scene, time == 0).await;
        let before = scene.times_asked();
        scene.session.start_part(Part::Keyring).await;
        let since = Instant::now();
        scene.all_checked(&before).await;
        let took = since.elapsed();
        scene.recovered(took).await;
    }
    scene.report("the keyring, restarted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keyring_that_is_unlocked_is_read_without_a_click() {
    let mut scene = Scene::start().await;
    for time in 0..TIMES {
        scene.session.lock_keyring().await;
        replace_keys(&scene.session);
        without_keys(&scene, time == 0).await;
        let before = scene.times_asked();
        scene.session.unlock_keyring().await;
        let since = Instant::now();
        scene.all_checked(&before).await;
        let took = since.elapsed();
        scene.recovered(took).await;
    }
    scene.report("the keyring, locked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keyring_that_hung_is_read_when_it_goes_on() {
    let mut scene = Scene::start().await;
    for time in 0..TIMES {
        scene.session.hang_part(Part::Keyring);
        replace_keys(&scene.session);
        without_keys(&scene, time == 0).await;
        let before = scene.times_asked();
        // A click while the keyring hangs is not lost.
        scene.session.tray().await.choose("Check now").await;
        scene.session.resume_part(Part::Keyring);
        let since = Instant::now();
        scene.all_checked(&before).await;
        let took = since.elapsed();
        scene.recovered(took).await;
    }
    scene.report("the keyring, hung");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_whose_process_is_killed_is_loaded_again() {
    let session = Session::start().await;
    let _app = session.launch(&[]);
    let window = session.window("tidemark").await;
    let page = || {
        let is_page = |pid: &u32| {
            let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
            name.starts_with("WebKitWebProces")
        };
        session.process_ids().into_iter().find(is_page)
    };
    let drawn = async || {
        until("a window that is drawn", async || {
            let colours = session.shot().crop(session.area(window)).colours();
            if colours > 2 { Ok(()) } else { Err(format!("{colours} colours")) }
        })
        .await;
    };
    drawn().await;
    let former = page().expect("the page's process");
    session.run("kill", &["-KILL", &former.to_string()]).expect("it is killed");
    until("another process of the page", async || match page() {
        Some(pid) if pid != former => Ok(()),
        other => Err(format!("{other:?}")),
    })
    .await;
    drawn().await;
}
