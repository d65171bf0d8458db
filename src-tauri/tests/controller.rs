//! The controller with recorders in place of the desktop and a keyring in memory, and MiniMax on loopback.

#![expect(clippy::expect_used, reason = "a panic fails the test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use tidemark::accounts::{Desk, NewAccount};
use tidemark::api::Api;
use tidemark::config::{self, Paths};
use tidemark::controller::{ChartAsk, Choice, Controller, Desktop, Message, Parts};
use tidemark::error::AppError;
use tidemark::keyring::memory::MemoryKeyStore;
use tidemark::store::{Store, look};
use tidemark::test_hooks::TestHooks;
use tidemark_core::account::AccountId;
use tidemark_core::alert::Notice;
use tidemark_core::chart::{Chart, Range};
use tidemark_core::endpoint::Hosts;
use tidemark_core::failure::{Failure, FailureKind};
use tidemark_core::form::Section;
use tidemark_core::habits::Habits;
use tidemark_core::history::{Change, MoneyPoint};
use tidemark_core::message::{Event, KeyringTrouble};
use tidemark_core::settings::Theme;
use tidemark_core::shortcut::Shortcut;
use tidemark_core::tray::{Shape, Tray};
use tidemark_core::view::View;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::sync::oneshot;
use wiremock::matchers::{header, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const KEY: &str = "sk-cp-test-controller-0001";

/// Everything that the desktop would have shown.
#[derive(Debug)]
enum Seen {
    Habits(Habits),
    Tray(Tray),
    View(Box<View>),
    Notice(Notice),
}

#[derive(Clone)]
struct Recorder(UnboundedSender<Seen>, Arc<AtomicBool>);

impl Desktop for Recorder {
    fn show_tray(&self, tray: Tray) {
        assert!(!self.1.swap(false, Ordering::Relaxed), "a test's own panic");
        self.0.send(Seen::Tray(tray)).expect("the test listens");
    }

    fn show_view(&self, view: View) {
        self.0.send(Seen::View(Box::new(view))).expect("the test listens");
    }

    async fn notify(&self, notice: Notice) -> bool {
        self.0.send(Seen::Notice(notice)).is_ok()
    }

    fn withdraw_notices(&self) {}

    fn take_up(&self, habits: Habits) {
        self.0.send(Seen::Habits(habits)).expect("the test listens");
    }
}

/// A running controller and its environment.
struct Stage {
    seen: UnboundedReceiver<Seen>,
    inbox: UnboundedSender<Message>,
    desk: Arc<Desk<MemoryKeyStore>>,
    minimax: MockServer,
    /// Makes the next tray icon panic.
    tray_panics: Arc<AtomicBool>,
    _home: tempfile::TempDir,
}

impl Stage {
    /// Starts a controller in an empty home.
    async fn start(demo: bool) -> Self {
        Self::prepared(demo, "", |_| ()).await
    }

    /// Starts a controller with test hooks, in a home that is prepared first.
    async fn prepared<T>(demo: bool, hooks: &str, prepare: impl FnOnce(&Paths) -> T) -> Self {
        let minimax = MockServer::start().await;
        let home = tempfile::tempdir().expect("a folder");
        let root = home.path().to_owned();
        let paths = Paths::from_env(|name| {
            matches!(name, "HOME" | "XDG_CONFIG_HOME" | "XDG_DATA_HOME" | "XDG_STATE_HOME")
                .then(|| root.clone().into_os_string())
        })
        .expect("paths");
        let hosts = Hosts::from_override(&minimax.uri()).expect("a loopback address");
        let test_hooks = TestHooks::parse(hooks, &hosts).expect("test hooks");
        let api = Api::new(hosts, None).expect("an API");
        let _prepared = prepare(&paths);
        let tray_panics = Arc::new(AtomicBool::new(false));
        let desk = Arc::new(Desk { api, keyring: MemoryKeyStore::default(), paths: paths.clone() });
        let (tell, seen) = mpsc::unbounded_channel();
        let (store, remark) = Store::open(&paths.store, Timestamp::now());
        let parts = Parts {
            desktop: Recorder(tell, Arc::clone(&tray_panics)),
            desk: Arc::clone(&desk),
            store,
            system_locale: "en".to_owned(),
            demo,
            test_hooks,
        };
        let (controller, inbox) = Controller::new(parts);
        if let Some(remark) = remark {
            inbox.send(Message::Event(Event::Remark(remark))).expect("the controller listens");
        }
        tokio::spawn(controller.run());
        Self { seen, inbox, desk, minimax, tray_panics, _home: home }
    }

    async fn answers(&self, body: Value) {
        self.minimax.reset().await;
        let template = ResponseTemplate::new(200).set_body_json(body);
        Mock::given(path("/v1/token_plan/remains"))
            .and(header("authorization", format!("Bearer {KEY}")))
            .respond_with(template)
            .mount(&self.minimax)
            .await;
    }

    async fn add(&self, name: &str) {
        let new = NewAccount { name: name.to_owned(), ..NewAccount::default() };
        self.desk.add(new, KEY).await.expect("the key is accepted");
        self.tell(Message::SettingsFile);
    }

    /// Starts with an account that has 71 % left.
    async fn with_reading() -> Self {
        let mut stage = Self::start(false).await;
        stage.answers(left(71)).await;
        stage.add("Home").await;
        stage.tray_says("71 % left").await;
        stage
    }

    fn tell(&self, message: Message) {
        self.inbox.send(message).expect("the controller runs");
    }

    /// Waits for the first recorded value for which `fits` returns something, and returns that.
    async fn wait<T>(&mut self, what: &str, mut fits: impl FnMut(&Seen) -> Option<T>) -> T {
        let search = async {
            loop {
                let seen = self.seen.recv().await.expect("the controller runs");
                if let Some(found) = fits(&seen) {
                    return found;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), search)
            .await
            .unwrap_or_else(|_| panic!("{what}: never seen"))
    }

    async fn set(&self, key: &str, value: &str) -> Result<Vec<Section>, AppError> {
        let (reply, done) = oneshot::channel();
        self.tell(Message::Choice(Choice::Set(key.to_owned(), value.to_owned(), reply)));
        done.await.expect("the controller answers")
    }

    async fn chart(&self, range: Option<Range>) -> Result<Chart, AppError> {
        let account = config::load(&self.desk.paths, Timestamp::now()).settings.accounts[0].id.clone();
        let (reply, drawn) = oneshot::channel();
        self.tell(Message::Chart(ChartAsk { account, window: None, range, reply }));
        drawn.await.expect("the controller answers")
    }

    async fn tray_says(&mut self, words: &str) -> Tray {
        let fits = |seen: &Seen| match seen {
            Seen::Tray(tray) if tray.tooltip.contains(words) => Some(tray.clone()),
            _ => None,
        };
        self.wait(words, fits).await
    }
}

fn value<'a>(shown: &'a [Section], key: &str) -> &'a str {
    let fields = shown.iter().flat_map(|section| &section.fields);
    fields.into_iter().find(|field| field.key == key).map_or("", |field| &field.value)
}

fn left(percent: u32) -> Value {
    json!({ "model_remains": [{ "model_name": "general", "current_interval_status": 1,
        "current_interval_remaining_percent": percent }],
        "base_resp": { "status_code": 0, "status_msg": "success" } })
}

#[tokio::test]
async fn a_new_key_is_asked_with_and_its_reading_reaches_the_tray() {
    let mut stage = Stage::start(false).await;
    stage.answers(left(71)).await;
    stage.add("Home").await;
    let tray = stage.tray_says("general 71 % left").await;
    assert_eq!(tray.picture.shape, Shape::Full);
}

#[tokio::test]
async fn a_pause_that_another_tidemark_was_asked_for_is_kept() {
    let mut stage = Stage::with_reading().await;
    let account = config::load(&stage.desk.paths, Timestamp::now()).settings.accounts[0].id.clone();
    let pause =
        Failure { retry_after: Some(Duration::from_hours(1)), ..Failure::new(FailureKind::RateLimited) };
    let (store, _) = Store::open(&stage.desk.paths.store, Timestamp::now());
    eventually("the reading is stored", || store.last(&account).is_ok_and(|kept| kept.good.is_some())).await;
    store.keep_outcome(&account, Timestamp::now(), &Err(pause), None).expect("the pause is stored");
    stage.answers(left(60)).await;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    stage.tell(Message::Event(Event::Woke));
    let shown = async {
        loop {
            let (reply, view) = oneshot::channel();
            stage.tell(Message::View(reply));
            match view.await.expect("the controller answers").cards[0].failure.clone() {
                Some(failure) => return failure.kind,
                None => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    };
    let kind = tokio::time::timeout(Duration::from_secs(20), shown).await.expect("the pause is shown");
    assert_eq!(kind, "rate_limited");
    assert!(stage.minimax.received_requests().await.expect("requests are recorded").is_empty());
    // A check by the user ignores the pause.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    stage.tell(Message::Event(Event::CheckNow));
    stage.tray_says("60 % left").await;
}

#[tokio::test]
async fn a_panic_costs_one_event_and_monitoring_goes_on() {
    let mut stage = Stage::prepared(false, "panic=controller", |_| ()).await;
    stage.answers(left(71)).await;
    stage.add("Home").await;
    stage.tray_says("71 % left").await;
    stage.answers(left(60)).await;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    // This event panics.
    stage.tell(Message::Event(Event::CheckNow));
    let (reply, shown) = oneshot::channel();
    stage.tell(Message::View(reply));
    assert_eq!(shown.await.expect("the controller answers").cards.len(), 1);
    stage.tell(Message::Event(Event::Woke));
    stage.tray_says("60 % left").await;
}

#[tokio::test(start_paused = true)]
async fn a_controller_that_panics_at_every_tick_gives_up() {
    let home = tempfile::tempdir().expect("a folder");
    let root = home.path().to_owned();
    let paths =
        Paths::from_env(|name| (name == "HOME").then(|| root.clone().into_os_string())).expect("paths");
    let hosts = Hosts::from_override("http://127.0.0.1:9").expect("a loopback address");
    let test_hooks = TestHooks::parse("panic=ticks", &hosts).expect("test hooks");
    let api = Api::new(hosts, None).expect("an API");
    let (tell, _seen) = mpsc::unbounded_channel();
    let (controller, _inbox) = Controller::new(Parts {
        desktop: Recorder(tell, Arc::default()),
        desk: Arc::new(Desk { api, keyring: MemoryKeyStore::default(), paths: paths.clone() }),
        store: Store::nowhere(),
        system_locale: "en".to_owned(),
        demo: false,
        test_hooks,
    });
    let began = tokio::time::Instant::now();
    let ended = tokio::time::timeout(Duration::from_hours(24), controller.run()).await;
    assert!(ended.expect("it does not go on for ever").is_err());
    assert!(began.elapsed() > Duration::from_mins(30), "it tries for a while: {:?}", began.elapsed());
}

#[tokio::test]
async fn a_picture_that_cannot_be_shown_keeps_no_reading_from_being_written() {
    let mut stage = Stage::with_reading().await;
    stage.answers(left(60)).await;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    stage.tray_panics.store(true, Ordering::Relaxed);
    stage.tell(Message::Event(Event::CheckNow));
    let path = stage.desk.paths.store.clone();
    let id = config::load(&stage.desk.paths, Timestamp::now()).settings.accounts[0].id.clone();
    let kept = || {
        look(&path)
            .ok()
            .flatten()
            .is_some_and(|store| store.history(&id, Timestamp::UNIX_EPOCH).expect("a history").len() == 2)
    };
    eventually("both readings are written", kept).await;
    assert!(!stage.tray_panics.load(Ordering::Relaxed), "the picture did panic");
    stage.answers(left(50)).await;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    stage.tell(Message::Event(Event::CheckNow));
    stage.tray_says("50 % left").await;
}

#[tokio::test]
async fn a_notification_that_panics_is_tried_again() {
    let mut stage = Stage::prepared(false, "panic=notifications", |_| ()).await;
    stage.answers(left(0)).await;
    stage.add("Home").await;
    // The first try panics; the next one is due after half a minute, or when a notification service appears.
    let notice = |seen: &Seen| if let Seen::Notice(notice) = seen { Some(notice.clone()) } else { None };
    let inbox = stage.inbox.clone();
    let appears = tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_millis(200)).await;
            inbox.send(Message::Event(Event::NotificationsBack)).expect("the controller runs");
        }
    });
    let shown = stage.wait("the notification", notice).await;
    appears.abort();
    assert!(shown.title.starts_with("Home"), "{shown:?}");
}

#[tokio::test]
async fn a_store_that_another_program_holds_brings_no_notification_twice() {
    // What the first run has shown is in the store.
    let mut first = Stage::start(false).await;
    first.answers(left(0)).await;
    first.add("Home").await;
    let notice =
        |seen: &Seen| if let Seen::Notice(notice) = seen { Some(notice.title.clone()) } else { None };
    first.wait("the notification", notice).await;
    let paths = first.desk.paths.clone();
    let told = || {
        look(&paths.store).ok().flatten().is_some_and(|store| {
            serde_json::to_string(&store.memory().expect("a memory"))
                .expect("JSON")
                .contains(r#""stands":"spent""#)
        })
    };
    eventually("it is remembered", told).await;
    // In the first case the memory can still be read, in the second it cannot.
    for how in ["BEGIN IMMEDIATE", "PRAGMA user_version = 99"] {
        let mut held = None;
        let mut next = Stage::prepared(false, "", |own| {
            for (from, to) in [(&paths.settings, &own.settings), (&paths.store, &own.store)] {
                std::fs::create_dir_all(to.parent().expect("a folder")).expect("it is made");
                std::fs::copy(from, to).expect("it is copied");
                let log = |path: &std::path::Path| path.with_file_name("history.sqlite-wal");
                let _no_log = std::fs::copy(log(from), log(to));
            }
            let other = rusqlite::Connection::open(&own.store).expect("it is opened");
            other.execute_batch(how).expect("it is held");
            held = Some(other);
        })
        .await;
        let mut body = left(0);
        body["model_remains"][0]["current_weekly_status"] = 1.into();
        body["model_remains"][0]["current_weekly_remaining_percent"] = 43.into();
        next.answers(body).await;
        let id = config::load(&next.desk.paths, Timestamp::now()).settings.accounts[0].id.clone();
        let key = tidemark::key::ApiKey::parse(KEY).expect("a key").key;
        tidemark::keyring::KeyStore::put(
            &next.desk.keyring,
            &id,
            &key,
            tidemark::keyring::RequestOrigin::User,
        )
        .await
        .expect("it is kept");
        next.tell(Message::Event(Event::RetryKeyring));
        let mut notices = Vec::new();
        next.wait("the reading", |seen| {
            notices.extend(notice(seen));
            match seen {
                Seen::Tray(tray) if tray.tooltip.contains("43 %") => Some(()),
                _ => None,
            }
        })
        .await;
        // A notification would come with the same event as the reading, so it would have arrived by the time of this
        // answer.
        let (reply, shown) = oneshot::channel();
        next.tell(Message::View(reply));
        let view = shown.await.expect("the controller answers");
        while let Ok(seen) = next.seen.try_recv() {
            notices.extend(notice(&seen));
        }
        assert_eq!(notices, Vec::<String>::new(), "{how}: shown again");
        assert!(view.banners.iter().any(|banner| banner.id == "store"), "{how}: {:?}", view.banners);
        drop(held);
    }
}

#[tokio::test]
async fn a_change_between_two_answers_is_told_as_a_notice() {
    let mut stage = Stage::with_reading().await;
    stage.answers(left(12)).await;
    // A click within a second of the last poll does not poll again.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    stage.tell(Message::Event(Event::CheckNow));
    let notice =
        stage.wait("a notice", |s| if let Seen::Notice(n) = s { Some(n.clone()) } else { None }).await;
    assert!(notice.title.starts_with("Home: 12 % left"), "{notice:?}");
}

#[tokio::test]
async fn a_locked_keyring_is_a_banner_and_unlocking_it_takes_it_away() {
    let mut stage = Stage::start(false).await;
    stage.answers(left(71)).await;
    let new = NewAccount { name: "Home".to_owned(), ..NewAccount::default() };
    stage.desk.add(new, KEY).await.expect("the key is accepted");
    stage.desk.keyring.fail_with(Some(KeyringTrouble::Locked));
    stage.tell(Message::Event(Event::Window(true)));
    stage.tell(Message::SettingsFile);
    let has_banner = |seen: &Seen, wanted: bool| match seen {
        Seen::View(view) if view.banners.iter().any(|b| b.id == "keyring") == wanted => Some(view.clone()),
        _ => None,
    };
    stage.wait("a keyring banner", |s| has_banner(s, true)).await;
    stage.desk.keyring.fail_with(None);
    tokio::time::sleep(Duration::from_millis(1100)).await;
    stage.tell(Message::Event(Event::RetryKeyring));
    stage.wait("no keyring banner", |s| has_banner(s, false).filter(|v| v.cards[0].failure.is_none())).await;
}

#[tokio::test]
async fn a_keyring_that_was_unlocked_is_read_for_every_account_without_a_click() {
    let mut stage = Stage::start(false).await;
    let template = ResponseTemplate::new(200).set_body_json(left(71));
    Mock::given(path("/v1/token_plan/remains")).respond_with(template).mount(&stage.minimax).await;
    for name in ["Home", "Work", "Lab"] {
        let new = NewAccount { name: name.to_owned(), ..NewAccount::default() };
        stage.desk.add(new, &format!("{KEY}-{name}")).await.expect("the key is accepted");
    }
    stage.desk.keyring.fail_with(Some(KeyringTrouble::Locked));
    let reads = stage.desk.keyring.reads();
    stage.tell(Message::Event(Event::Window(true)));
    stage.tell(Message::SettingsFile);
    let failures = |seen: &Seen, count: usize| match seen {
        Seen::View(view) if view.cards.len() == 3 => {
            (view.cards.iter().filter(|card| card.failure.is_some()).count() == count).then_some(())
        }
        _ => None,
    };
    stage.wait("three accounts without a key", |s| failures(s, 3)).await;
    let reads = stage.desk.keyring.reads() - reads;
    assert!(reads <= 3, "a locked keyring was read {reads} times for three accounts");
    stage.desk.keyring.fail_with(None);
    tokio::time::sleep(Duration::from_millis(1100)).await;
    stage.tell(Message::Event(Event::KeyringChanged));
    stage.wait("three accounts with figures", |s| failures(s, 0)).await;
}

#[tokio::test]
async fn a_key_is_read_once_and_not_at_every_ask() {
    let mut stage = Stage::with_reading().await;
    let reads = stage.desk.keyring.reads();
    stage.answers(left(60)).await;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    stage.tell(Message::Event(Event::CheckNow));
    stage.tray_says("60 % left").await;
    assert_eq!(stage.desk.keyring.reads(), reads);
}

#[tokio::test]
async fn a_removed_account_leaves_neither_key_nor_line() {
    let mut stage = Stage::with_reading().await;
    let id = config::load(&stage.desk.paths, Timestamp::now()).settings.accounts[0].id.clone();
    stage.desk.remove(&id).await.expect("it is removed");
    stage.tell(Message::SettingsFile);
    stage.tray_says("no key yet").await;
    assert!(!stage.desk.keyring.holds(&id));
}

#[tokio::test]
async fn a_settings_file_broken_while_running_costs_no_account() {
    let mut stage = Stage::with_reading().await;
    std::fs::write(&stage.desk.paths.settings, "{ broken").expect("it is written");
    stage.tell(Message::Event(Event::Window(true)));
    stage.tell(Message::SettingsFile);
    let told = |seen: &Seen| match seen {
        Seen::View(view) if view.banners.iter().any(|b| b.id == "settings") => Some(view.cards.len()),
        _ => None,
    };
    assert_eq!(stage.wait("a banner", told).await, 1);
    let kept = config::load(&stage.desk.paths, Timestamp::now());
    assert_eq!(kept.settings.accounts.iter().map(|a| a.name.as_str()).collect::<Vec<_>>(), ["Home"]);
}

#[tokio::test]
async fn a_settings_file_away_for_a_moment_costs_neither_account_nor_readings_and_repeats_no_notice() {
    let mut stage = Stage::with_reading().await;
    stage.answers(left(12)).await;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    stage.tell(Message::Event(Event::CheckNow));
    stage.wait("a notice", |s| matches!(s, Seen::Notice(_)).then_some(())).await;
    let (file, away) = (stage.desk.paths.settings.clone(), stage.desk.paths.settings.with_file_name("away"));
    let is_unmoved = |seen: &Seen, words: &str| match seen {
        Seen::Notice(notice) => panic!("shown again: {notice:?}"),
        Seen::Tray(tray) => {
            assert!(!tray.tooltip.contains("no key"), "{tray:?}");
            tray.tooltip.contains(words).then_some(())
        }
        Seen::View(_) | Seen::Habits(_) => None,
    };
    for percent in [11, 10] {
        std::fs::rename(&file, &away).expect("it is moved away");
        stage.tell(Message::SettingsFile);
        // Polling continues while the file is missing.
        stage.answers(left(percent)).await;
        tokio::time::sleep(Duration::from_millis(1100)).await;
        stage.tell(Message::Event(Event::CheckNow));
        stage.wait("a reading", |s| is_unmoved(s, &format!("{percent} % left"))).await;
        std::fs::rename(&away, &file).expect("it is back");
        stage.tell(Message::SettingsFile);
        let shown = stage.set("show_used", "true").await.expect("it is taken");
        assert_eq!(value(&shown, "show_used"), "true");
        stage.wait("the same reading", |s| is_unmoved(s, &format!("{} % used", 100 - percent))).await;
        stage.set("show_used", "false").await.expect("it is taken");
    }
    let kept = config::load(&stage.desk.paths, Timestamp::now()).settings;
    assert_eq!(kept.accounts.len(), 1);
}

#[tokio::test]
async fn a_settings_file_that_stays_away_is_written_again_from_what_is_in_use() {
    let mut stage = Stage::with_reading().await;
    let file = stage.desk.paths.settings.clone();
    let copy = file.with_file_name("settings.last-good.json");
    // If the copy is missing too, only the running app has the account.
    for also_copy in [false, true] {
        std::fs::remove_file(&file).expect("it is there");
        if also_copy {
            std::fs::remove_file(&copy).expect("it is there");
        }
        stage.tell(Message::SettingsFile);
        eventually("the file is there again", || file.exists() && copy.exists()).await;
        let kept = config::load(&stage.desk.paths, Timestamp::now()).settings;
        assert_eq!(kept.accounts.iter().map(|a| a.name.as_str()).collect::<Vec<_>>(), ["Home"]);
    }
    // A change while the file is missing is applied to the settings in use, not to empty ones.
    std::fs::remove_file(&file).expect("it is there");
    std::fs::remove_file(&copy).expect("it is there");
    stage.set("show_used", "true").await.expect("it is taken");
    stage.tray_says("29 % used").await;
    let kept = config::load(&stage.desk.paths, Timestamp::now()).settings;
    assert!(kept.show_used && kept.accounts.len() == 1, "{kept:?}");
}

#[tokio::test]
async fn while_another_program_holds_the_lock_all_else_goes_on_and_changes_wait_together() {
    let stage = Stage::with_reading().await;
    let lock = std::fs::File::open(stage.desk.paths.settings.with_file_name(".settings.lock"));
    let lock = lock.expect("the lock's file");
    let change = |key: &str, value: &str| {
        let (reply, done) = oneshot::channel();
        stage.tell(Message::Choice(Choice::Set(key.to_owned(), value.to_owned(), reply)));
        done
    };
    // If the lock is released in time, the changes are only delayed.
    lock.lock().expect("it is free");
    let mut waiting =
        [change("show_used", "true"), change("interval_minutes", "90"), change("theme", "dark")];
    stage.tell(Message::SettingsFile);
    let (reply, view) = oneshot::channel();
    stage.tell(Message::View(reply));
    assert_eq!(view.await.expect("it is answered meanwhile").cards.len(), 1);
    assert!(waiting.iter_mut().all(|done| done.try_recv().is_err()), "they wait for the lock");
    lock.unlock().expect("it was held");
    let [used, refused, theme] = waiting;
    assert!(used.await.expect("an answer").is_ok());
    assert_eq!(refused.await.expect("an answer").expect_err("too long").code, "setting");
    assert!(theme.await.expect("an answer").is_ok());
    let kept = config::load(&stage.desk.paths, Timestamp::now()).settings;
    assert!(kept.show_used && kept.theme == Theme::Dark && kept.interval_minutes == 5, "{kept:?}");

    // If it is not released, all changes that arrived in the meantime wait once together, not once each.
    lock.lock().expect("it is free");
    let first = change("show_used", "false");
    let [second, mut third] = [change("theme", "light"), change("interval_minutes", "9")];
    for done in [first, second] {
        let error = done.await.expect("an answer").expect_err("the lock is held");
        assert_eq!(error.code, "other", "{error}");
    }
    assert!(third.try_recv().expect("answered with the second").is_err());
    lock.unlock().expect("it was held");
    stage.set("show_used", "false").await.expect("it is taken");
    let kept = config::load(&stage.desk.paths, Timestamp::now()).settings;
    assert!(!kept.show_used && kept.theme == Theme::Dark && kept.interval_minutes == 5, "{kept:?}");
}

#[tokio::test]
async fn what_the_user_wants_of_the_desktop_is_taken_up_at_once_and_only_when_it_changes() {
    let mut stage = Stage::start(false).await;
    let seen = |seen: &Seen| if let Seen::Habits(habits) = seen { Some(*habits) } else { None };
    let first = stage.wait("what is wanted at first", seen).await;
    assert_eq!(first, Habits { theme: Theme::System, shortcut: None });
    stage.set("show_used", "true").await.expect("it is taken");
    stage.set("theme", "dark").await.expect("it is taken");
    let next = stage.wait("another theme", seen).await;
    assert_eq!(next, Habits { theme: Theme::Dark, shortcut: None });
    stage.set("global_shortcut", "ctrl+alt+m").await.expect("it is taken");
    let next = stage.wait("a shortcut", seen).await;
    assert_eq!(next, Habits { theme: Theme::Dark, shortcut: Shortcut::parse("Ctrl+Alt+M") });
}

#[tokio::test]
async fn forgotten_readings_are_gone_from_the_store_and_the_account_stays() {
    let stage = Stage::with_reading().await;
    let id = config::load(&stage.desk.paths, Timestamp::now()).settings.accounts[0].id.clone();
    let kept = |stage: &Stage| {
        let store = look(&stage.desk.paths.store).ok().flatten();
        store.map_or(0, |store| store.history(&id, Timestamp::UNIX_EPOCH).expect("a history").len())
    };
    eventually("a reading is kept", || kept(&stage) > 0).await;
    for account in [Some(id.clone()), None] {
        let (reply, done) = oneshot::channel();
        stage.tell(Message::ForgetReadings(account, reply));
        let said = done.await.expect("an answer").expect("it is done");
        assert!(said.contains("deleted"), "{said}");
        eventually("nothing is kept", || kept(&stage) == 0).await;
        // After a poll a moment ago, a click does not poll again at first, so the event is repeated.
        let again = || {
            stage.tell(Message::Event(Event::CheckNow));
            kept(&stage) > 0
        };
        eventually("a new reading is kept", again).await;
    }
    let nobody = AccountId("nobody".to_owned());
    let (reply, done) = oneshot::channel();
    stage.tell(Message::ForgetReadings(Some(nobody), reply));
    assert!(done.await.expect("an answer").is_err(), "an account that is not there has no history");
    assert_eq!(config::load(&stage.desk.paths, Timestamp::now()).settings.accounts.len(), 1);
}

/// Waits until a condition on the disk is met.
async fn eventually(what: &str, is_so: impl Fn() -> bool) {
    let search = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), search).await.unwrap_or_else(|_| panic!("never: {what}"));
}

#[tokio::test]
async fn a_setting_changed_in_the_window_is_kept_and_in_effect_at_once() {
    let mut stage = Stage::with_reading().await;
    let shown = stage.set("show_used", "true").await.expect("it is taken");
    assert_eq!(value(&shown, "show_used"), "true");
    stage.tray_says("29 % used").await;
    stage.set("language", "zh-CN").await.expect("it is taken");
    let kept = config::load(&stage.desk.paths, Timestamp::now()).settings;
    assert!(kept.show_used && kept.accounts.len() == 1, "{kept:?}");
    let refused = stage.set("interval_minutes", "90").await.expect_err("too long");
    assert_eq!(refused.code, "setting");
    assert!(refused.message.starts_with("查询间隔"), "in the user's language: {refused}");
    let (reply, shown) = oneshot::channel();
    stage.tell(Message::Choice(Choice::Show(reply)));
    let shown = shown.await.expect("it answers");
    assert_eq!((value(&shown, "interval_minutes"), shown[0].title.as_str()), ("5", "通用"));
}

#[tokio::test]
async fn what_the_user_says_of_an_account_is_kept_or_refused_by_its_field() {
    let stage = Stage::with_reading().await;
    let id = config::load(&stage.desk.paths, Timestamp::now()).settings.accounts[0].id.clone();
    let say = async |field: &str, value: &str| {
        let (reply, done) = oneshot::channel();
        stage.tell(Message::Choice(Choice::SetAccount(id.clone(), field.into(), value.into(), reply)));
        done.await.expect("it answers").map_err(|error| error.message)
    };
    assert_eq!(say("tier", "ultra").await, Ok(()));
    assert!(say("tier", "gold").await.is_err_and(|said| said.starts_with("Tier")));
    assert!(say("balance_below", "5").await.is_err_and(|said| said.starts_with("Warn below")));
    let (reply, shown) = oneshot::channel();
    stage.tell(Message::Choice(Choice::ShowAccount(id.clone(), reply)));
    let shown = shown.await.expect("it answers").expect("the account is there");
    assert!(shown.iter().any(|field| field.key == "tier" && field.value == "ultra"), "{shown:?}");
}

#[tokio::test]
async fn a_setting_tried_in_the_simulation_holds_there_and_is_not_kept() {
    let mut stage = Stage::start(true).await;
    stage.tray_says("Default Team").await;
    let shown = stage.set("show_used", "true").await.expect("it is taken");
    assert_eq!(value(&shown, "show_used"), "true");
    stage.tray_says("% used").await;
    assert!(!stage.desk.paths.settings.exists());
}

#[tokio::test]
async fn the_simulation_asks_nobody_reads_no_key_and_writes_nothing() {
    let mut stage = Stage::start(true).await;
    stage.tray_says("Default Team").await;
    assert_eq!(stage.minimax.received_requests().await.map(|r| r.len()), Some(0));
    assert_eq!(stage.desk.keyring.reads(), 0);
    assert!(!stage.desk.paths.settings.exists());
}

#[tokio::test]
async fn looking_around_and_leaving_gives_the_own_accounts_back() {
    let mut stage = Stage::with_reading().await;
    stage.tell(Message::StartDemo);
    stage.tray_says("Default Team").await;
    stage.tell(Message::LeaveDemo);
    stage.tray_says("71 % left").await;
}

#[tokio::test]
async fn a_store_that_fails_while_running_is_told_once_and_taken_back_when_it_works() {
    let mut stage = Stage::with_reading().await;
    stage.tell(Message::Event(Event::Window(true)));
    let folder = stage.desk.paths.store.parent().expect("a folder").to_owned();
    let elsewhere = folder.with_file_name("elsewhere");
    std::fs::rename(&folder, &elsewhere).expect("the folder is taken away");
    std::fs::write(&folder, "").expect("and something else is in its place");
    stage.answers(left(60)).await;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    stage.tell(Message::Event(Event::CheckNow));
    let banner = |seen: &Seen, wanted: bool| match seen {
        Seen::View(view) if view.banners.iter().any(|b| b.id == "store") == wanted => Some(()),
        _ => None,
    };
    stage.wait("a banner of the store", |s| banner(s, true)).await;
    std::fs::remove_file(&folder).expect("the other thing goes");
    std::fs::rename(&elsewhere, &folder).expect("the folder is back");
    stage.wait("no banner of the store", |s| banner(s, false)).await;
    let id = config::load(&stage.desk.paths, Timestamp::now()).settings.accounts[0].id.clone();
    let path = stage.desk.paths.store.clone();
    let is_kept = || {
        let kept = Store::open(&path, Timestamp::now()).0.last(&id).expect("a store");
        let (_, answer) = kept.good.expect("what was read before");
        String::from_utf8_lossy(&answer.body).contains("60")
    };
    eventually("the newest answer is kept", is_kept).await;
}

#[tokio::test]
async fn a_removed_account_loses_its_history_only_when_that_is_wanted() {
    for with_history in [false, true] {
        let mut stage = Stage::start(false).await;
        stage.answers(left(71)).await;
        stage.add("Home").await;
        stage.tray_says("71 % left").await;
        let id = config::load(&stage.desk.paths, Timestamp::now()).settings.accounts[0].id.clone();
        let store = Store::open(&stage.desk.paths.store, Timestamp::now()).0;
        let at = Timestamp::now();
        let point = MoneyPoint { at, until: at, available: 1.into() };
        store.keep_history(&id, &[Change::Money(point)]).expect("it is kept");
        stage.desk.remove(&id).await.expect("it is removed");
        stage.tell(Message::SettingsFile);
        if with_history {
            stage.tell(Message::ForgetHistory(id.clone()));
        }
        stage.tray_says("no key yet").await;
        // The store deletes on its own thread.
        let start = std::time::Instant::now();
        let is_done = || {
            let known = store.known().expect("a store");
            let is_forgotten = known.iter().all(|k| k.id != id);
            store.last(&id).expect("a store").good.is_none() && is_forgotten == with_history
        };
        while !is_done() {
            assert!(start.elapsed() < Duration::from_secs(20), "with history: {with_history}");
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn a_chart_looks_back_as_far_as_the_last_time_while_the_app_runs() {
    let stage = Stage::with_reading().await;
    let mut seen = Vec::new();
    for range in [None, Some(Range::Month), None, Some(Range::Hours), None] {
        stage.tell(Message::Event(Event::Window(true)));
        seen.push(stage.chart(range).await.expect("a chart").range);
        stage.tell(Message::Event(Event::Window(false)));
    }
    assert_eq!(seen, [Range::Day, Range::Month, Range::Month, Range::Hours, Range::Hours]);
}

#[tokio::test]
async fn a_history_that_cannot_be_read_is_refused_in_words_and_charted_as_soon_as_it_can() {
    let stage = Stage::with_reading().await;
    stage.chart(None).await.expect("what was read is kept by then");
    let other = rusqlite::Connection::open(&stage.desk.paths.store).expect("the store");
    other.execute_batch("ALTER TABLE share RENAME TO elsewhere").expect("the readings are out of reach");
    let refused = stage.chart(None).await.map(|chart| chart.empty).expect_err("it cannot be read");
    assert_eq!(
        refused.message,
        "The history cannot be read now. Another program may hold the file; try again."
    );
    other.execute_batch("ALTER TABLE elsewhere RENAME TO share").expect("they are back");
    let chart = stage.chart(None).await.expect("it can be read");
    assert_eq!((chart.summary.as_str(), chart.dots.len()), ("71 % left now.", 1));
}

#[tokio::test]
async fn a_history_damaged_while_running_is_set_aside_and_what_is_known_is_charted() {
    let mut stage = Stage::with_reading().await;
    stage.tell(Message::Event(Event::Window(true)));
    stage.chart(None).await.expect("what was read is kept by then");
    let store = stage.desk.paths.store.clone();
    let whole = rusqlite::Connection::open(&store).expect("the store");
    whole.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").expect("all of it is in the file");
    drop(whole);
    let mut bytes = std::fs::read(&store).expect("the file");
    bytes[4096..].fill(0xAA);
    std::fs::write(&store, bytes).expect("it is damaged");
    let chart = stage.chart(None).await.expect("what memory holds");
    assert_eq!(chart.summary, "71 % left now.");
    let told = |seen: &Seen| match seen {
        Seen::View(view) => view.banners.iter().find(|b| b.id == "store").map(|b| b.body.clone()),
        _ => None,
    };
    stage.wait("a banner of the store", told).await;
}
