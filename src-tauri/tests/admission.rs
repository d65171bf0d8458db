//! Key checks with a keyring in memory and MiniMax on loopback: the reported steps, and what is stored afterwards.

#![expect(clippy::expect_used, reason = "a panic fails the test")]

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tidemark::accounts::{Desk, KeyState, Question};
use tidemark::api::Api;
use tidemark::config::Paths;
use tidemark::error::AppError;
use tidemark::keyring::memory::MemoryKeyStore;
use tidemark_core::account::{AccountId, Kind, Region};
use tidemark_core::admission::{Asked, Outcome, Sorry};
use tidemark_core::endpoint::Hosts;
use tidemark_core::failure::FailureKind;
use tidemark_core::message::KeyringTrouble;
use tokio::sync::watch;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

const KEY: &str = "sk-cp-test-admission-0001";
/// Longer than any test waits.
const NEVER: Duration = Duration::from_mins(10);

struct Stage {
    global: MockServer,
    china: MockServer,
    desk: Desk<MemoryKeyStore>,
    keyring: MemoryKeyStore,
    home: tempfile::TempDir,
}

impl Stage {
    async fn start() -> Self {
        let (global, china) = (MockServer::start().await, MockServer::start().await);
        let home = tempfile::tempdir().expect("a folder");
        let root = home.path().to_owned();
        let paths = Paths::from_env(|name| (name == "HOME").then(|| root.clone().into_os_string()));
        let hosts = format!("global={},china={}", global.uri(), china.uri());
        let keyring = MemoryKeyStore::default();
        let desk = Desk {
            api: Api::new(Hosts::from_override(&hosts).expect("loopback"), None).expect("no proxy"),
            keyring: keyring.clone(),
            paths: paths.expect("a home"),
        };
        Self { global, china, desk, keyring, home }
    }

    /// Checks the key; returns every reported step and the result.
    async fn check(&self, question: &Question) -> (Vec<Vec<Outcome>>, Result<KeyState, AppError>) {
        let told = Mutex::new(Vec::new());
        let tell = |asked: &[Asked]| {
            let outcomes = asked.iter().map(|one| one.outcome).collect();
            told.lock().unwrap_or_else(PoisonError::into_inner).push(outcomes);
        };
        let checked = self.desk.check(question, KEY, &tell).await.map(|checked| checked.state);
        (told.into_inner().unwrap_or_else(PoisonError::into_inner), checked)
    }

    /// Whether neither the keyring nor any file contains a key.
    fn nothing_is_kept(&self) -> bool {
        let mut folders = vec![self.home.path().to_owned()];
        let mut clean = self.keyring.is_empty();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    clean &= !String::from_utf8_lossy(&std::fs::read(&path).expect("a file"))
                        .contains("admission");
                }
            }
        }
        clean
    }
}

async fn says(server: &MockServer, answer: ResponseTemplate) {
    Mock::given(path("/v1/token_plan/remains")).respond_with(answer).mount(server).await;
}

fn plan() -> ResponseTemplate {
    let now = jiff::Timestamp::now().as_millisecond();
    ResponseTemplate::new(200).set_body_json(json!({
        "model_remains": [{
            "model_name": "general", "start_time": now - 3_600_000, "end_time": now + 3_600_000,
            "remains_time": 3_600_000, "current_interval_remaining_percent": 71, "current_interval_status": 1,
        }],
        "base_resp": { "status_code": 0, "status_msg": "success" },
    }))
}

fn unknown() -> ResponseTemplate {
    refusal(2049)
}

fn refusal(code: i64) -> ResponseTemplate {
    let body: Value = json!({ "base_resp": { "status_code": code, "status_msg": "told by a test" } });
    ResponseTemplate::new(200).set_body_json(body)
}

#[tokio::test]
async fn both_platforms_are_asked_at_once_and_each_tells_when_it_has_answered() {
    let stage = Stage::start().await;
    says(&stage.global, unknown()).await;
    says(&stage.china, plan().set_delay(Duration::from_millis(400))).await;
    let (told, verdict) = stage.check(&Question::default()).await;
    assert_eq!(verdict, Ok(KeyState::Working));
    let refused = Outcome::Failed(FailureKind::KeyRejectedOrWrongRegion);
    assert_eq!(
        told,
        [
            vec![Outcome::Asking, Outcome::Asking],
            vec![refused, Outcome::Asking],
            vec![refused, Outcome::Accepted],
        ]
    );
    for server in [&stage.global, &stage.china] {
        let asked = server.received_requests().await.expect("a record");
        assert_eq!(asked.len(), 1);
        assert_eq!(
            asked[0].headers.get("authorization").map(wiremock::http::HeaderValue::as_bytes),
            Some(format!("Bearer {KEY}").as_bytes())
        );
    }
    assert!(stage.nothing_is_kept(), "a key is kept when the user says so, not when it is checked");
}

#[tokio::test]
async fn a_platform_that_the_user_ruled_out_never_sees_the_key() {
    let stage = Stage::start().await;
    says(&stage.china, plan()).await;
    let question = Question { region: Some(Region::China), ..Question::default() };
    let (told, verdict) = stage.check(&question).await;
    assert_eq!(verdict, Ok(KeyState::Working));
    assert_eq!(told, [vec![Outcome::Asking], vec![Outcome::Accepted]]);
    assert!(stage.global.received_requests().await.expect("a record").is_empty());
}

#[tokio::test]
async fn a_check_that_is_ended_in_the_middle_leaves_nothing_behind() {
    let stage = Stage::start().await;
    says(&stage.global, unknown()).await;
    says(&stage.china, plan().set_delay(NEVER)).await;
    let (told, mut heard) = watch::channel(Vec::new());
    let tell = |asked: &[Asked]| {
        let outcomes: Vec<Outcome> = asked.iter().map(|one| one.outcome).collect();
        told.send_replace(outcomes);
    };
    let question = Question::default();
    // As the page does it: the check is dropped when the user leaves it, here after one platform has answered.
    tokio::select! {
        checked = stage.desk.check(&question, KEY, &tell) => panic!("China never answers: {checked:?}"),
        half = heard.wait_for(|told| matches!(told.as_slice(), [Outcome::Failed(_), Outcome::Asking])) => {
            assert!(half.is_ok());
        }
    }
    assert!(stage.nothing_is_kept());
    // The next try starts over with the same key.
    stage.china.reset().await;
    says(&stage.china, plan()).await;
    let (told, verdict) = stage.check(&question).await;
    assert_eq!((told.len(), verdict), (3, Ok(KeyState::Working)));
}

#[tokio::test]
async fn every_failure_of_a_check_is_told_by_its_own_reason_and_keeps_nothing() {
    let html = ResponseTemplate::new(403).set_body_raw("<!doctype html><html>no entry</html>", "text/html");
    for (answer, why) in [
        (unknown(), Sorry::Refused(None)),
        (ResponseTemplate::new(429), Sorry::Unreachable(FailureKind::RateLimited)),
        (ResponseTemplate::new(503), Sorry::Unreachable(FailureKind::ServerError)),
        (html, Sorry::Unreachable(FailureKind::Blocked)),
    ] {
        let stage = Stage::start().await;
        says(&stage.global, answer.clone()).await;
        says(&stage.china, answer).await;
        let (_, verdict) = stage.check(&Question::default()).await;
        assert_eq!(verdict.map_err(|error| error.why), Err(Some(why)));
        assert!(stage.nothing_is_kept());
    }
}

#[tokio::test]
async fn a_shut_keyring_gives_the_checked_key_back_to_be_tried_again() {
    let stage = Stage::start().await;
    says(&stage.global, plan()).await;
    says(&stage.china, unknown()).await;
    let checked = stage.desk.check(&Question::default(), KEY, &|_| ()).await.expect("a good key");
    stage.keyring.fail_with(Some(KeyringTrouble::Locked));
    let (checked, error) =
        stage.desk.keep(checked, "Default Team", None).await.expect_err("the keyring is shut");
    assert_eq!(error.why, Some(Sorry::Keyring(KeyringTrouble::Locked)));
    stage.keyring.fail_with(None);
    assert!(stage.nothing_is_kept());
    let kept = stage
        .desk
        .keep(checked, "Default Team", None)
        .await
        .map_err(|(_, error)| error)
        .expect("kept at last");
    assert_eq!((kept.account.kind, kept.account.region), (Kind::TokenPlan, Region::Global));
    let again = stage.check(&Question::default()).await.1;
    assert_eq!(again.map_err(|error| error.why), Err(Some(Sorry::Known { account: "Default Team".into() })));
    let gone = Question { replaces: Some(AccountId("gone".into())), ..Question::default() };
    assert_eq!(stage.check(&gone).await.1.map_err(|error| error.why), Err(Some(Sorry::NoAccount)));
}
