//! The keyring code against a real GNOME Keyring, each test on a private session bus that nothing else can reach.
//!
//! Each test starts itself again under `dbus-run-session`, with a separate home; `inside` contains what runs there.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a panic fails the test")]

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tidemark::key::ApiKey;
use tidemark::keyring::{KeyStore, RequestOrigin, SystemKeyring};
use tidemark_core::account::AccountId;
use tidemark_core::message::KeyringTrouble;

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
    command.arg("--config-file").arg(&config).arg("--").arg(std::env::current_exe().unwrap());
    command.args(["--exact", "--ignored", "--nocapture", name]);
    command.env("HOME", home.path()).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    for folder in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"]
    {
        command.env(folder, home.path());
    }
    let output = command.output().expect("dbus-run-session, from the package dbus-daemon, is needed");
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
fn a_key_is_kept_read_replaced_and_removed() {
    on_a_private_bus("inside::round_trip");
}

#[test]
fn a_locked_keyring_is_told_in_time_and_never_asked_to_open_from_the_background() {
    on_a_private_bus("inside::locked");
}

#[test]
fn a_keyring_that_starts_late_or_again_is_used_without_a_restart() {
    on_a_private_bus("inside::restarts");
}

#[test]
fn a_fresh_desktop_without_any_collection_is_told_in_time_where_nobody_can_set_a_password() {
    on_a_private_bus("inside::fresh");
}

#[test]
fn a_hung_keyring_costs_its_deadline_and_no_more() {
    on_a_private_bus("inside::hung");
}

#[test]
fn a_keyring_that_appears_and_is_unlocked_is_noticed() {
    on_a_private_bus("inside::noticed");
}

/// A running GNOME Keyring, ended when dropped.
struct Daemon(Child);

impl Daemon {
    fn start(password: Option<&str>) -> Self {
        let mut command = Command::new("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets"]);
        command.args(password.map(|_| "--unlock"));
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("gnome-keyring-daemon is needed");
        child.stdin.take().unwrap().write_all(password.unwrap_or_default().as_bytes()).unwrap();
        Self(child)
    }

    fn signal(&self, signal: &str) {
        let status = Command::new("kill").args([signal, &self.0.id().to_string()]).status().unwrap();
        assert!(status.success());
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn id() -> AccountId {
    AccountId("00000000-0000-4000-8000-000000000001".to_owned())
}

fn key(tail: &str) -> ApiKey {
    ApiKey::parse(&format!("sk-cp-test-{tail}")).unwrap().key
}

/// Repeats a call until the keyring reports something other than `trouble`, for at most ten seconds.
fn until_not(
    trouble: KeyringTrouble,
    ask: impl Fn() -> Result<(), KeyringTrouble>,
) -> Result<(), KeyringTrouble> {
    let start = Instant::now();
    loop {
        let outcome = ask();
        if outcome != Err(trouble) || start.elapsed() > Duration::from_secs(10) {
            return outcome;
        }
        std::thread::yield_now();
    }
}

fn stored_text() -> Vec<u8> {
    let keyrings = Path::new(&std::env::var("HOME").unwrap()).join("keyrings");
    let mut all = Vec::new();
    for entry in std::fs::read_dir(keyrings).unwrap() {
        std::io::copy(&mut File::open(entry.unwrap().path()).unwrap(), &mut all).unwrap();
    }
    all
}

mod inside {
    use super::*;

    fn ready(keyring: &SystemKeyring) {
        let ask = || keyring.put_blocking(&id(), &key("first-0123"), RequestOrigin::Background);
        // The bus name appears a moment before the collection is unlocked.
        let outcome = until_not(KeyringTrouble::Absent, || {
            until_not(KeyringTrouble::Locked, || until_not(KeyringTrouble::Failed, ask))
        });
        assert_eq!(outcome, Ok(()));
    }

    #[test]
    #[ignore = "runs on a private bus"]
    fn round_trip() {
        let _daemon = Daemon::start(Some("test-password"));
        let keyring = SystemKeyring::new();
        ready(&keyring);
        assert!(!String::from_utf8_lossy(&stored_text()).contains("first-0123"));

        // The same from both kinds of runtimes: the keyring is never called on their threads.
        let many = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        many.block_on(async {
            assert!(keyring.get(&id(), RequestOrigin::Background).await.unwrap().same_as(&key("first-0123")));
            keyring.put(&id(), &key("second-0123"), RequestOrigin::User).await.unwrap();
            assert!(keyring.get(&id(), RequestOrigin::User).await.unwrap().same_as(&key("second-0123")));
            let other = AccountId("00000000-0000-4000-8000-000000000002".to_owned());
            assert_eq!(
                keyring.get(&other, RequestOrigin::Background).await.map(drop),
                Err(KeyringTrouble::NoEntry)
            );
            assert_eq!(keyring.remove(&other, RequestOrigin::Background).await, Ok(()));
            assert_eq!(keyring.remove(&id(), RequestOrigin::Background).await, Ok(()));
            assert_eq!(keyring.get(&id(), RequestOrigin::User).await.map(drop), Err(KeyringTrouble::NoEntry));
        });
    }

    #[test]
    #[ignore = "runs on a private bus"]
    fn locked() {
        let keyring = SystemKeyring::new();
        let daemon = Daemon::start(Some("test-password"));
        ready(&keyring);
        drop(daemon);
        let _daemon = Daemon::start(None);
        let read = || keyring.get_blocking(&id(), RequestOrigin::Background).map(drop);
        assert_eq!(until_not(KeyringTrouble::Absent, read), Err(KeyringTrouble::Locked));
        let kept = keyring.put_blocking(&id(), &key("second-0123"), RequestOrigin::Background);
        assert_eq!(kept, Err(KeyringTrouble::Locked));
        assert_eq!(keyring.remove_blocking(&id(), RequestOrigin::Background), Err(KeyringTrouble::Locked));
        // No dialog can be shown here, which the keyring reports immediately.
        let start = Instant::now();
        assert_eq!(keyring.get_blocking(&id(), RequestOrigin::User).map(drop), Err(KeyringTrouble::Locked));
        assert!(start.elapsed() < Duration::from_secs(10));
    }

    #[test]
    #[ignore = "runs on a private bus"]
    fn restarts() {
        let keyring = SystemKeyring::new();
        let read = || keyring.get_blocking(&id(), RequestOrigin::Background).map(drop);
        assert_eq!(read(), Err(KeyringTrouble::Absent));
        let daemon = Daemon::start(Some("test-password"));
        ready(&keyring);
        assert_eq!(read(), Ok(()));
        drop(daemon);
        assert_eq!(read(), Err(KeyringTrouble::Absent));
        let _daemon = Daemon::start(Some("test-password"));
        let again = until_not(KeyringTrouble::Absent, || until_not(KeyringTrouble::Locked, read));
        assert_eq!(again, Ok(()), "a kept connection to the former keyring was used");
    }

    #[test]
    #[ignore = "runs on a private bus"]
    fn fresh() {
        let keyring = SystemKeyring::new();
        let _daemon = Daemon::start(None);
        let read = || keyring.get_blocking(&id(), RequestOrigin::Background).map(drop);
        assert_eq!(until_not(KeyringTrouble::Absent, read), Err(KeyringTrouble::NoEntry));
        for origin in [RequestOrigin::Background, RequestOrigin::User] {
            let start = Instant::now();
            let kept = keyring.put_blocking(&id(), &key("first-0123"), origin);
            assert_eq!(kept, Err(KeyringTrouble::Locked), "{origin:?}");
            assert!(start.elapsed() < Duration::from_secs(20));
        }
    }

    #[test]
    #[ignore = "runs on a private bus"]
    fn hung() {
        let daemon = Daemon::start(Some("test-password"));
        let keyring = SystemKeyring::new();
        ready(&keyring);
        daemon.signal("-STOP");
        let read = |origin| keyring.get_blocking(&id(), origin).map(drop);
        let start = Instant::now();
        assert_eq!(read(RequestOrigin::Background), Err(KeyringTrouble::Slow));
        let first = start.elapsed();
        assert!(first >= Duration::from_secs(5) && first < Duration::from_secs(7), "{first:?}");
        assert_eq!(read(RequestOrigin::Background), Err(KeyringTrouble::Slow));
        assert!(start.elapsed() < first + Duration::from_millis(500));
        daemon.signal("-CONT");
        assert_eq!(read(RequestOrigin::User), Ok(()));
        assert_eq!(read(RequestOrigin::Background), Ok(()));
    }

    #[test]
    #[ignore = "runs on a private bus"]
    fn noticed() {
        let many =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let keyring = SystemKeyring::new();
        let (report, changes) = std::sync::mpsc::channel();
        let watched = keyring.clone();
        many.spawn(async move {
            let on_change = move || report.send(()).unwrap_or_default();
            watched.watch(on_change).await;
        });
        let noticed = |what: &str| {
            changes.recv_timeout(Duration::from_secs(10)).unwrap_or_else(|_| panic!("{what} is not noticed"));
        };
        let daemon = Daemon::start(Some("test-password"));
        noticed("a keyring that has appeared");
        ready(&keyring);
        drop(daemon);
        let _daemon = Daemon::start(None);
        noticed("a keyring that was restarted");
        let read = || keyring.get_blocking(&id(), RequestOrigin::Background).map(drop);
        assert_eq!(until_not(KeyringTrouble::Absent, read), Err(KeyringTrouble::Locked));
        while changes.recv_timeout(Duration::from_millis(500)).is_ok() {}
        unlock();
        noticed("a keyring that was unlocked");
        assert_eq!(read(), Ok(()));
    }

    /// Unlocks the login collection through the interface that the daemon has for its own tests.
    fn unlock() {
        let one = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        one.block_on(async {
            let bus = zbus::Connection::session().await.unwrap();
            let (name, path) = ("org.freedesktop.secrets", "/org/freedesktop/secrets");
            let service = Some("org.freedesktop.Secret.Service");
            let plain = ("plain", zbus::Variant::from(""));
            let opened = bus.call_method(Some(name), path, service, "OpenSession", &plain).await.unwrap();
            let (_, session): (zbus::OwnedVariant, zbus::OwnedObjectPath) =
                opened.body().deserialize().unwrap();
            let login = zbus::ObjectPath::try_from("/org/freedesktop/secrets/collection/login").unwrap();
            let secret = (session, Vec::<u8>::new(), b"test-password".to_vec(), "text/plain");
            let interface = Some("org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface");
            let body = (login, secret);
            bus.call_method(Some(name), path, interface, "UnlockWithMasterPassword", &body).await.unwrap();
        });
    }
}
