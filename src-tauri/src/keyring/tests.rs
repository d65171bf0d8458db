//! Deadlines, against a key store that hangs, panics and comes back on command.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::worker::Backend;
use super::*;

/// Each operation waits for the test to say what comes of it; `None` is a panic.
type Says = Option<Outcome>;

struct Scripted {
    says: Arc<Mutex<Receiver<Says>>>,
    started: Sender<()>,
}

impl Backend for Scripted {
    fn run(&mut self, operation: &Operation, _: RequestOrigin) -> Outcome {
        self.started.send(()).unwrap();
        match operation {
            // Puts hang until the test ends; the others take what the test says.
            Operation::Put(..) => loop {
                std::thread::park();
            },
            _ => self
                .says
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .recv()
                .unwrap()
                .expect("a panic was wanted"),
        }
    }
}

struct Scene {
    keyring: SystemKeyring,
    say: Sender<Says>,
    started: Receiver<()>,
    opened: Receiver<()>,
}

fn scene() -> Scene {
    let (say, says) = channel();
    let (tell_started, started) = channel();
    let (tell_opened, opened) = channel();
    let says = Arc::new(Mutex::new(says));
    let senders = Mutex::new((tell_started, tell_opened));
    let open = move || -> Box<dyn Backend> {
        let senders = senders.lock().unwrap();
        senders.1.send(()).unwrap();
        Box::new(Scripted { says: Arc::clone(&says), started: senders.0.clone() })
    };
    let limit = |origin| match origin {
        RequestOrigin::Background => Duration::from_millis(400),
        RequestOrigin::User => Duration::from_secs(5),
    };
    Scene {
        keyring: SystemKeyring { worker: KeyringWorker::new(Box::new(open), limit) },
        say,
        started,
        opened,
    }
}

fn id() -> AccountId {
    AccountId("00000000-0000-4000-8000-000000000001".to_owned())
}

fn key() -> ApiKey {
    ApiKey::parse("sk-cp-test-0123456789").unwrap().key
}

#[tokio::test]
async fn one_thread_serves_request_after_request() {
    let scene = scene();
    for _ in 0..3 {
        scene.say.send(Some(Ok(Some(key())))).unwrap();
        let read = scene.keyring.get(&id(), RequestOrigin::User).await.unwrap();
        assert!(read.same_as(&key()));
    }
    assert_eq!(scene.opened.try_iter().count(), 1);
}

#[tokio::test]
async fn a_background_request_to_a_hung_keyring_is_slow_in_time_and_the_next_ones_fail_at_once() {
    let scene = scene();
    assert_eq!(scene.keyring.put(&id(), &key(), RequestOrigin::Background).await, Err(KeyringTrouble::Slow));
    let start = Instant::now();
    for _ in 0..50 {
        let read = scene.keyring.get(&id(), RequestOrigin::Background).await;
        assert_eq!(read.map(drop), Err(KeyringTrouble::Slow));
    }
    assert!(start.elapsed() < Duration::from_millis(350), "{:?}", start.elapsed());
    assert_eq!(scene.opened.try_iter().count(), 1, "background requests made threads");
}

#[tokio::test]
async fn a_request_of_the_users_gets_a_new_thread_and_the_background_profits() {
    let scene = scene();
    assert_eq!(scene.keyring.put(&id(), &key(), RequestOrigin::Background).await, Err(KeyringTrouble::Slow));
    for origin in [RequestOrigin::User, RequestOrigin::Background] {
        scene.say.send(Some(Ok(Some(key())))).unwrap();
        assert!(scene.keyring.get(&id(), origin).await.is_ok());
    }
    assert_eq!(scene.opened.try_iter().count(), 2);
}

#[tokio::test]
async fn a_user_who_waits_behind_a_hung_background_request_is_served_by_the_next_thread() {
    let scene = scene();
    let keyring = scene.keyring.clone();
    let hung = tokio::spawn(async move { keyring.put(&id(), &key(), RequestOrigin::Background).await });
    wait_until(|| scene.started.try_recv().is_ok()).await;
    scene.say.send(Some(Ok(Some(key())))).unwrap();
    assert!(scene.keyring.get(&id(), RequestOrigin::User).await.is_ok());
    assert_eq!(hung.await.unwrap(), Err(KeyringTrouble::Slow));
}

#[tokio::test]
async fn the_background_does_not_write_off_a_thread_that_waits_for_the_users_password() {
    let scene = scene();
    let keyring = scene.keyring.clone();
    let typing = tokio::spawn(async move { keyring.get(&id(), RequestOrigin::User).await.map(drop) });
    wait_until(|| scene.started.try_recv().is_ok()).await;
    let meanwhile = scene.keyring.get(&id(), RequestOrigin::Background).await;
    assert_eq!(meanwhile.map(drop), Err(KeyringTrouble::Slow));
    scene.say.send(Some(Ok(Some(key())))).unwrap();
    assert_eq!(typing.await.unwrap(), Ok(()));
    assert_eq!(scene.opened.try_iter().count(), 1);
}

#[tokio::test]
async fn a_keyring_that_comes_back_late_serves_the_background_again() {
    let scene = scene();
    let late = scene.keyring.get(&id(), RequestOrigin::Background).await;
    assert_eq!(late.map(drop), Err(KeyringTrouble::Slow));
    scene.say.send(Some(Ok(Some(key())))).unwrap();
    let keyring = scene.keyring.clone();
    // The written-off thread takes the first word, so each try brings one of its own.
    let start = Instant::now();
    loop {
        assert!(start.elapsed() < Duration::from_secs(5), "the background stays shut out");
        scene.say.send(Some(Ok(Some(key())))).unwrap();
        if keyring.get(&id(), RequestOrigin::Background).await.is_ok() {
            break;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_hung_read_that_returns_is_a_reason_to_read_again() {
    let scene = scene();
    let returned = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&returned);
    scene.keyring.worker.on_recovered(Box::new(move || {
        counter.fetch_add(1, Ordering::SeqCst);
    }));
    for round in 1..=3 {
        let hung = scene.keyring.get(&id(), RequestOrigin::Background).await;
        assert_eq!(hung.map(drop), Err(KeyringTrouble::Slow));
        assert_eq!(returned.load(Ordering::SeqCst), round - 1, "it still hangs");
        scene.say.send(Some(Ok(Some(key())))).unwrap();
        wait_until(|| returned.load(Ordering::SeqCst) == round).await;
        scene.say.send(Some(Ok(Some(key())))).unwrap();
        assert!(
            scene.keyring.get(&id(), RequestOrigin::Background).await.is_ok(),
            "the background is served again"
        );
    }
}

#[tokio::test]
async fn a_request_nobody_waits_for_any_more_does_not_block_the_next_for_ever() {
    let scene = scene();
    let keyring = scene.keyring.clone();
    let dropped = tokio::spawn(async move { keyring.put(&id(), &key(), RequestOrigin::Background).await });
    wait_until(|| scene.started.try_recv().is_ok()).await;
    dropped.abort();
    scene.say.send(Some(Ok(Some(key())))).unwrap();
    assert_eq!(dropped.await.map_err(|e| e.is_cancelled()), Err(true));
    // Its own deadline passes behind the dropped one's, which is written off then.
    let behind = scene.keyring.get(&id(), RequestOrigin::Background).await;
    assert_eq!(behind.map(drop), Err(KeyringTrouble::Slow));
    assert!(scene.keyring.get(&id(), RequestOrigin::User).await.is_ok());
}

#[tokio::test]
async fn a_panic_in_the_key_store_is_a_failure_and_the_next_request_gets_a_fresh_one() {
    let scene = scene();
    scene.say.send(None).unwrap();
    let broken = scene.keyring.get(&id(), RequestOrigin::User).await;
    assert_eq!(broken.map(drop), Err(KeyringTrouble::Failed));
    scene.say.send(Some(Ok(None))).unwrap();
    assert_eq!(scene.keyring.get(&id(), RequestOrigin::User).await.map(drop), Err(KeyringTrouble::NoEntry));
    assert_eq!(scene.opened.try_iter().count(), 2);
}

#[test]
fn hung_threads_do_not_pile_up_however_often_the_user_tries() {
    let hanging = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&hanging);
    let open = move || -> Box<dyn Backend> { Box::new(Hung(Arc::clone(&counter))) };
    let keyring = SystemKeyring { worker: KeyringWorker::new(Box::new(open), |_| Duration::from_millis(5)) };
    for _ in 0..30 {
        assert_eq!(keyring.put_blocking(&id(), &key(), RequestOrigin::User), Err(KeyringTrouble::Slow));
    }
    let count = hanging.load(Ordering::SeqCst);
    assert!((1..=8).contains(&count), "{count}");
}

struct Hung(Arc<AtomicUsize>);

impl Backend for Hung {
    fn run(&mut self, _: &Operation, _: RequestOrigin) -> Outcome {
        self.0.fetch_add(1, Ordering::SeqCst);
        loop {
            std::thread::park();
        }
    }
}

async fn wait_until(met: impl Fn() -> bool) {
    let start = Instant::now();
    while !met() {
        assert!(start.elapsed() < Duration::from_secs(5), "waited in vain");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
