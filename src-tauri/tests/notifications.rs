//! Notifications and wake-ups over D-Bus, against the test's own services on a private bus.
//!
//! Each test starts itself again under `dbus-run-session`; `inside` contains what runs there.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a panic fails the test")]

use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use tidemark::desktop::notifications::Notifier;
use tidemark::desktop::power;
use tidemark_core::account::AccountId;
use tidemark_core::alert::{Notice, NoticeAction, NoticeButton, NoticeId, NoticeKind};
use zbus::{Connection, MessageStream};

/// Without a service folder, so that a service that the test does not start is absent.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>"#;

fn on_a_private_bus(name: &str) {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("bus.conf");
    std::fs::write(&config, BUS).unwrap();
    let mut command = Command::new("dbus-run-session");
    command.arg("--config-file").arg(&config).args(["--", "sh", "-c"]);
    command.arg("DBUS_SYSTEM_BUS_ADDRESS=$DBUS_SESSION_BUS_ADDRESS exec \"$0\" \"$@\"");
    command.arg(std::env::current_exe().unwrap()).args(["--exact", "--ignored", "--nocapture", name]);
    let output = command.output().expect("dbus-run-session, from the package dbus-daemon, is needed");
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
fn a_notice_is_shown_replaced_and_clicked() {
    on_a_private_bus("inside::shown_and_clicked");
}

#[test]
fn a_service_without_markup_gets_plain_text() {
    on_a_private_bus("inside::plain");
}

#[test]
fn an_absent_service_takes_nothing_and_costs_nothing() {
    on_a_private_bus("inside::absent");
}

#[test]
fn a_hung_service_costs_two_seconds_and_is_handed_nothing() {
    on_a_private_bus("inside::hung");
}

#[test]
fn many_notices_leave_few_connections() {
    on_a_private_bus("inside::bounded");
}

#[test]
fn waking_up_and_coming_online_are_told_and_nothing_else() {
    on_a_private_bus("inside::wakes");
}

#[test]
fn a_wake_is_believed_only_from_the_owner_of_its_service() {
    on_a_private_bus("inside::forged_wakes");
}

#[test]
fn a_system_bus_that_is_restarted_is_listened_to_again() {
    on_a_private_bus("inside::wakes_after_a_restart");
}

#[test]
fn a_restarted_service_gets_no_id_of_the_former_one() {
    on_a_private_bus("inside::restarted");
}

#[test]
fn a_name_is_followed_over_a_restart_of_the_bus() {
    on_a_private_bus("inside::followed_after_a_restart");
}

/// `(app, replaces, icon, summary, body, actions, urgency, desktop entry)`
type Asked = (String, u32, String, String, String, Vec<String>, u8, String);

/// A notification service as in the specification.
#[derive(Clone)]
struct Service {
    bus: Connection,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Service {
    async fn start(abilities: &'static [&'static str]) -> Self {
        let bus = Connection::session().await.unwrap();
        let service = Self { bus: bus.clone(), asked: Arc::default() };
        let mut messages = MessageStream::from(&bus);
        bus.request_name("org.freedesktop.Notifications").await.unwrap();
        let (asked, bus) = (Arc::clone(&service.asked), bus);
        tokio::spawn(async move {
            // Each service numbers its notifications from one.
            let mut next = 0;
            while let Some(Ok(message)) = messages.next().await {
                let header = message.header();
                match header.member().map(|m| m.as_str().to_owned()).as_deref() {
                    Some("GetCapabilities") => bus.reply(&header, &abilities).await.unwrap(),
                    Some("Notify") => {
                        let body = message.body();
                        let parts: Parts<'_> = body.deserialize().unwrap();
                        next += 1;
                        let id = if parts.1 == 0 { next } else { parts.1 };
                        asked.lock().unwrap().push(of(parts));
                        bus.reply(&header, &id).await.unwrap();
                    }
                    _ => {}
                }
            }
        });
        service
    }

    async fn tell(&self, member: &str, body: &(impl serde::Serialize + zbus::DynamicType + Sync)) {
        let name = "org.freedesktop.Notifications";
        let path = "/org/freedesktop/Notifications";
        self.bus.emit_signal(None::<&str>, path, name, member, body).await.unwrap();
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

type Parts<'a> = (
    String,
    u32,
    String,
    String,
    String,
    Vec<String>,
    std::collections::HashMap<String, zbus::Variant<'a>>,
    i32,
);

fn of(parts: Parts<'_>) -> Asked {
    let (app, replaces, icon, summary, body, actions, mut hints, _) = parts;
    let urgency = u8::try_from(hints.remove("urgency").unwrap()).unwrap();
    let entry = String::try_from(hints.remove("desktop-entry").unwrap()).unwrap();
    (app, replaces, icon, summary, body, actions, urgency, entry)
}

fn notice(account: &str, body: &str, urgent: bool) -> Notice {
    let (id, account) = (NoticeId(format!("near-{account}")), Some(AccountId(account.to_owned())));
    let button = |label: &str, does| NoticeButton { label: label.to_owned(), does };
    let buttons = vec![button("Open it", NoticeAction::Open), button("Snooze", NoticeAction::Snooze)];
    let (kind, title, body) = (NoticeKind::Near, "A & B <c>".to_owned(), body.to_owned());
    Notice { id, kind, account, title, body, urgent, buttons }
}

async fn until(what: &str, met: impl Fn() -> bool) {
    let start = Instant::now();
    while !met() {
        assert!(start.elapsed() < Duration::from_secs(5), "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

mod inside {
    use super::*;

    const ALL: &[&str] = &["body", "body-markup", "actions"];

    #[tokio::test]
    #[ignore = "runs on a private bus"]
    async fn shown_and_clicked() {
        let service = Service::start(ALL).await;
        let clicked = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&clicked);
        let notifier = Notifier::new(move |action, account: Option<AccountId>| {
            notes.lock().unwrap().push((action, account.unwrap().0));
        });
        assert!(notifier.show(&notice("one", "x < y & <i>z</i>", false)).await);
        assert!(notifier.show(&notice("two", "2", true)).await);
        assert!(notifier.show(&notice("one", "3", false)).await);
        let asked = service.asked();
        let strings =
            ["Tidemark", "tidemark", "A & B <c>", "x &lt; y &amp; &lt;i&gt;z&lt;/i&gt;", "tidemark"];
        let (app, replaces, icon, summary, body, actions, urgency, entry) = &asked[0];
        assert_eq!([app, icon, summary, body, entry], strings);
        let buttons = ["default", "Open it", "open", "Open it", "snooze", "Snooze"];
        assert_eq!((*replaces, *urgency, actions.as_slice()), (0, 1, buttons.map(str::to_owned).as_slice()));
        assert_eq!((asked[1].1, asked[1].6), (0, 2));
        assert_eq!(asked[2].1, 1, "the account's former notice was not replaced");

        // The click is repeated, because a notification listens for it only from a moment after it is shown.
        let start = Instant::now();
        while clicked.lock().unwrap().is_empty() && start.elapsed() < Duration::from_secs(5) {
            service.tell("ActionInvoked", &(2_u32, "default")).await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let two = |action| (action, "two".to_owned());
        assert_eq!(*clicked.lock().unwrap(), [two(NoticeAction::Open)]);
        assert!(notifier.show(&notice("two", "2", true)).await);
        let start = Instant::now();
        while clicked.lock().unwrap().len() < 2 && start.elapsed() < Duration::from_secs(5) {
            service.tell("ActionInvoked", &(4_u32, "snooze")).await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let both = [two(NoticeAction::Open), two(NoticeAction::Snooze)];
        assert_eq!(*clicked.lock().unwrap(), both);

        // A closed notification is not replaced and reports nothing.
        let start = Instant::now();
        loop {
            service.tell("NotificationClosed", &(1_u32, 2_u32)).await;
            assert!(notifier.show(&notice("one", "4", false)).await);
            if service.asked().last().unwrap().1 == 0 {
                break;
            }
            assert!(start.elapsed() < Duration::from_secs(5), "a closed notice is replaced for ever");
        }
        assert_eq!(*clicked.lock().unwrap(), both);
    }

    #[tokio::test]
    #[ignore = "runs on a private bus"]
    async fn plain() {
        let service = Service::start(&["body"]).await;
        assert!(Notifier::new(|_, _| ()).show(&notice("one", "x < y & z", false)).await);
        let asked = service.asked();
        assert_eq!((asked[0].4.as_str(), asked[0].5.len()), ("x < y & z", 0));
    }

    #[tokio::test]
    #[ignore = "runs on a private bus"]
    async fn absent() {
        let notifier = Notifier::new(|_, _| ());
        let start = Instant::now();
        assert!(!notifier.show(&notice("one", "1", false)).await);
        assert!(start.elapsed() < Duration::from_secs(1));
        // If the service starts later, it is used.
        let service = Service::start(ALL).await;
        assert!(notifier.show(&notice("one", "2", false)).await);
        assert_eq!(service.asked().len(), 1);
    }

    #[tokio::test]
    #[ignore = "runs on a private bus"]
    async fn hung() {
        // Has the service's name, but does not answer.
        let bus = Connection::session().await.unwrap();
        bus.request_name("org.freedesktop.Notifications").await.unwrap();
        let calls = MessageStream::from(&bus);
        let notifier = Notifier::new(|_, _| ());
        let start = Instant::now();
        let all = [notice("one", "1", false), notice("two", "2", false), notice("three", "3", true)];
        let shown = futures_util::future::join_all(all.iter().map(|n| notifier.show(n))).await;
        assert_eq!(shown, [false, false, false]);
        assert!(start.elapsed() < Duration::from_millis(2500), "{:?}", start.elapsed());
        let mut calls = Box::pin(calls.take_until(tokio::time::sleep(Duration::from_millis(200))));
        while let Some(Ok(message)) = calls.next().await {
            assert_ne!(message.header().member().map(|m| m.as_str().to_owned()).as_deref(), Some("Notify"));
        }
    }

    #[tokio::test]
    #[ignore = "runs on a private bus"]
    async fn bounded() {
        let service = Service::start(ALL).await;
        let notifier = Notifier::new(|_, _| ());
        for n in 0..30 {
            assert!(notifier.show(&notice(&format!("account-{n}"), "1", false)).await);
        }
        assert_eq!(service.asked().len(), 30);
        // The bus itself, the service, and one for each notification that can be clicked.
        let sockets = || {
            let links = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
            links
                .filter_map(|e| std::fs::read_link(e.path()).ok())
                .filter(|l| l.to_string_lossy().starts_with("socket:"))
                .count()
        };
        until("connections are closed", || sockets() <= 8 + 4).await;
    }

    /// The login manager and the network manager, simulated on one connection.
    struct System(Connection);

    impl System {
        const SLEEP: [&'static str; 3] =
            ["/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForSleep"];

        async fn start(bus: Connection) -> Self {
            for name in ["org.freedesktop.login1", "org.freedesktop.NetworkManager"] {
                bus.request_name(name).await.unwrap();
            }
            Self(bus)
        }

        async fn sleep(&self, begins: bool) {
            let [path, interface, member] = Self::SLEEP;
            self.0.emit_signal(None::<&str>, path, interface, member, &begins).await.unwrap();
        }

        async fn network(&self, state: u32) {
            let (path, name) = ("/org/freedesktop/NetworkManager", "org.freedesktop.NetworkManager");
            self.0.emit_signal(None::<&str>, path, name, "StateChanged", &state).await.unwrap();
        }

        /// Sends wake-ups until one is received, and returns how many were received.
        async fn until_heard(&self, count: &Mutex<i32>) -> i32 {
            let (start, before) = (Instant::now(), *count.lock().unwrap());
            while *count.lock().unwrap() == before {
                assert!(start.elapsed() < Duration::from_secs(20), "no wake-up is heard");
                self.sleep(false).await;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            // Signals of one sender arrive in order; the pause lets those still on their way arrive.
            self.sleep(true).await;
            tokio::time::sleep(Duration::from_millis(200)).await;
            *count.lock().unwrap()
        }
    }

    fn counted() -> Arc<Mutex<i32>> {
        let count = Arc::new(Mutex::new(0));
        let counter = Arc::clone(&count);
        tokio::spawn(power::watch(move || *counter.lock().unwrap() += 1));
        count
    }

    #[tokio::test]
    #[ignore = "runs on a private bus"]
    async fn wakes() {
        let count = counted();
        let system = System::start(Connection::system().await.unwrap()).await;
        let before = system.until_heard(&count).await;
        // Going to sleep and going offline are not wake-ups; the order of one sender's signals is kept.
        system.sleep(true).await;
        system.network(20).await;
        system.network(40).await;
        system.network(70).await;
        until("the network", || *count.lock().unwrap() == before + 1).await;
        system.sleep(false).await;
        until("the wake-up", || *count.lock().unwrap() == before + 2).await;
    }

    #[tokio::test]
    #[ignore = "runs on a private bus"]
    async fn forged_wakes() {
        let count = counted();
        let system = System::start(Connection::system().await.unwrap()).await;
        let before = system.until_heard(&count).await;
        let other = Connection::system().await.unwrap();
        let [path, interface, member] = System::SLEEP;
        let names = zbus::fdo::DBusProxy::new(&other).await.unwrap();
        other.emit_signal(None::<&str>, path, interface, member, &false).await.unwrap();
        // The bus delivers a signal addressed to one connection even if that connection has not subscribed to it.
        for name in names.list_names().await.unwrap().iter().filter(|name| name.starts_with(':')) {
            other.emit_signal(Some(name), path, interface, member, &false).await.unwrap();
        }
        // By the time of this answer, the bus has delivered those signals.
        names.get_id().await.unwrap();
        system.sleep(false).await;
        until("the wake-up", || *count.lock().unwrap() > before).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(*count.lock().unwrap(), before + 1, "a forged wake-up was believed");
    }

    /// A separate bus at a fixed address.
    struct Bus {
        daemon: std::process::Child,
        address: String,
    }

    impl Bus {
        fn start(folder: &std::path::Path) -> Self {
            let socket = folder.join("bus");
            let _ = std::fs::remove_file(&socket);
            let config = folder.join("own.conf");
            let address = format!("unix:path={}", socket.display());
            std::fs::write(&config, BUS.replace("unix:tmpdir=/tmp", &address)).unwrap();
            let mut command = Command::new("dbus-daemon");
            command.arg("--config-file").arg(&config).args(["--nofork", "--nopidfile"]);
            Self { daemon: command.spawn().unwrap(), address }
        }

        async fn connect(&self) -> Connection {
            let start = Instant::now();
            loop {
                let builder = zbus::connection::Builder::address(self.address.as_str());
                match builder.build().await {
                    Ok(bus) => return bus,
                    Err(error) => assert!(start.elapsed() < Duration::from_secs(10), "{error}"),
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }

    impl Drop for Bus {
        fn drop(&mut self) {
            self.daemon.kill().unwrap();
            self.daemon.wait().unwrap();
        }
    }

    /// Runs a test of this module on a separate bus, whose address is set before a second thread exists.
    fn with_own_bus(name: &str, variable: &str) {
        let folder = tempfile::tempdir().unwrap();
        let socket = format!("unix:path={}", folder.path().join("bus").display());
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "--ignored", "--nocapture", name]);
        let status = command.env(variable, socket).env("OWN_BUS", folder.path()).status().unwrap();
        assert!(status.success());
    }

    fn own_folder() -> std::path::PathBuf {
        std::env::var_os("OWN_BUS").expect("started by with_own_bus").into()
    }

    #[test]
    #[ignore = "runs on a private bus"]
    fn wakes_after_a_restart() {
        with_own_bus("inside::restarting::wakes", "DBUS_SYSTEM_BUS_ADDRESS");
    }

    #[test]
    #[ignore = "runs on a private bus"]
    fn followed_after_a_restart() {
        with_own_bus("inside::restarting::name", "DBUS_SESSION_BUS_ADDRESS");
    }

    mod restarting {
        use super::*;

        #[tokio::test]
        #[ignore = "runs on a bus of its own"]
        async fn wakes() {
            let mut bus = Bus::start(&own_folder());
            let count = counted();
            for _ in 0..3 {
                let system = System::start(bus.connect().await).await;
                system.until_heard(&count).await;
                drop(bus);
                bus = Bus::start(&own_folder());
            }
        }

        #[tokio::test]
        #[ignore = "runs on a bus of its own"]
        async fn name() {
            let name = "org.freedesktop.Notifications";
            let mut bus = Bus::start(&own_folder());
            let owner = bus.connect().await;
            let said = Arc::new(Mutex::new(Vec::new()));
            let notes = Arc::clone(&said);
            tokio::spawn(tidemark::desktop::dbus::follow(name, move |is_owned| {
                notes.lock().unwrap().push(is_owned);
            }));
            // Repeated until the name is followed.
            let start = Instant::now();
            while said.lock().unwrap().last() != Some(&true) {
                assert!(start.elapsed() < Duration::from_secs(20), "the name is not followed");
                owner.request_name(name).await.unwrap();
                tokio::time::sleep(Duration::from_millis(20)).await;
                if said.lock().unwrap().is_empty() {
                    owner.release_name(name).await.unwrap();
                }
            }
            said.lock().unwrap().clear();
            for _ in 0..3 {
                drop(bus);
                until("the name is lost", || *said.lock().unwrap() == [false]).await;
                bus = Bus::start(&own_folder());
                let owner = bus.connect().await;
                owner.request_name(name).await.unwrap();
                until("the name is back", || *said.lock().unwrap() == [false, true]).await;
                said.lock().unwrap().clear();
            }
        }
    }

    #[tokio::test]
    #[ignore = "runs on a private bus"]
    async fn restarted() {
        let notifier = Notifier::new(|_, _| ());
        let first = Service::start(ALL).await;
        assert!(notifier.show(&notice("one", "1", false)).await);
        assert!(notifier.show(&notice("one", "2", false)).await);
        assert_eq!(first.asked().iter().map(|asked| asked.1).collect::<Vec<_>>(), [0, 1]);
        first.bus.release_name("org.freedesktop.Notifications").await.unwrap();
        let second = Service::start(ALL).await;
        assert!(notifier.show(&notice("one", "3", false)).await);
        assert!(notifier.show(&notice("one", "4", false)).await);
        assert_eq!(second.asked().iter().map(|asked| asked.1).collect::<Vec<_>>(), [0, 1]);
    }
}
