//! Notices and wake-ups over D-Bus, against services of the test's own on a private bus.
//!
//! Each test starts itself again below `dbus-run-session`; `inside` is what runs there.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test may end there")]

use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use tidemark::desktop::notifier::Notifier;
use tidemark::desktop::power;
use tidemark_core::account::AccountId;
use tidemark_core::alert::{Notice, NoticeAction, NoticeButton, NoticeId, NoticeKind};
use zbus::{Connection, MessageStream};

/// No service folder: what the test does not start is absent.
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

/// `(app, replaces, icon, summary, body, actions, urgency, desktop entry)`
type Asked = (String, u32, String, String, String, Vec<String>, u8, String);

/// A notification service as the specification has it.
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

        // A notice waits for its click from a moment after it is shown.
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

        // A closed notice is not replaced and tells nothing.
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
        // Started later, it is used.
        let service = Service::start(ALL).await;
        assert!(notifier.show(&notice("one", "2", false)).await);
        assert_eq!(service.asked().len(), 1);
    }

    #[tokio::test]
    #[ignore = "runs on a private bus"]
    async fn hung() {
        // Owns the name and answers nothing.
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
        // The bus itself, the service, and one for each notice that can be clicked.
        let sockets = || {
            let links = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
            links
                .filter_map(|e| std::fs::read_link(e.path()).ok())
                .filter(|l| l.to_string_lossy().starts_with("socket:"))
                .count()
        };
        until("connections are closed", || sockets() <= 8 + 4).await;
    }

    #[tokio::test]
    #[ignore = "runs on a private bus"]
    async fn wakes() {
        let count = Arc::new(Mutex::new(0));
        let counter = Arc::clone(&count);
        tokio::spawn(power::watch(move || *counter.lock().unwrap() += 1));
        let bus = Connection::system().await.unwrap();
        let login = ("/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForSleep");
        let network = ("/org/freedesktop/NetworkManager", "org.freedesktop.NetworkManager", "StateChanged");
        let sleep = async |begins: bool| {
            bus.emit_signal(None::<&str>, login.0, login.1, login.2, &begins).await.unwrap();
        };
        let state = async |state: u32| {
            bus.emit_signal(None::<&str>, network.0, network.1, network.2, &state).await.unwrap();
        };
        // Until it listens.
        let start = Instant::now();
        while *count.lock().unwrap() == 0 && start.elapsed() < Duration::from_secs(5) {
            sleep(false).await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        let before = *count.lock().unwrap();
        assert!(before > 0);
        // Going to sleep and going offline are no wake-ups; the order of one sender's signals is kept.
        sleep(true).await;
        state(20).await;
        state(40).await;
        state(70).await;
        until("the network", || *count.lock().unwrap() == before + 1).await;
        sleep(false).await;
        until("the wake-up", || *count.lock().unwrap() == before + 2).await;
    }
}
