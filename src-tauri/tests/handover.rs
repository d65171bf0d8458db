//! Choosing a key, with a keyring in memory and MiniMax on loopback.

#![expect(clippy::expect_used, reason = "a panic fails the test")]

use jiff::Timestamp;
use serde_json::{Value, json};
use tidemark::api::Api;
use tidemark::config::Paths;
use tidemark::handover::{LIMITS, NoChoice, Switch};
use tidemark::key::ApiKey;
use tidemark::keyring::RequestOrigin;
use tidemark::keyring::memory::MemoryKeyStore;
use tidemark::store::Store;
use tidemark_core::account::Account;
use tidemark_core::endpoint::Hosts;
use tidemark_core::handover::{Choice, Reason, Use, Useless};
use tidemark_core::message::KeyringTrouble;
use tidemark_core::settings::Settings;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

const KEY: &str = "sk-cp-test-handover-0001";

struct Stage {
    minimax: MockServer,
    keyring: MemoryKeyStore,
    paths: Paths,
    settings: Settings,
    _home: tempfile::TempDir,
}

impl Stage {
    async fn start() -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let root = home.path().to_owned();
        let paths = Paths::from_env(|name| (name == "HOME").then(|| root.clone().into_os_string()));
        let account: Account = serde_json::from_value(json!({
            "id": "a", "name": "Default Team", "kind": "token_plan", "region": "global", "pair": "b",
        }))
        .expect("an account");
        let key = ApiKey::parse(KEY).expect("a key").key;
        Self {
            minimax: MockServer::start().await,
            keyring: MemoryKeyStore::with([(&account.id, key)]),
            paths: paths.expect("a home"),
            settings: Settings { accounts: vec![account], ..Settings::default() },
            _home: home,
        }
    }

    async fn says(&self, body: Value) {
        self.minimax.reset().await;
        let answer = ResponseTemplate::new(200).set_body_json(body);
        Mock::given(path("/v1/token_plan/remains")).respond_with(answer).mount(&self.minimax).await;
    }

    /// Chooses a key as one call of the command does; `store` replaces the usual store.
    async fn choose_with(&self, store: Option<Store>) -> Result<Choice, NoChoice> {
        let hosts = Hosts::from_override(&self.minimax.uri()).expect("loopback");
        let switch = Switch {
            api: Api::new(hosts, None).expect("no proxy").with_limits(LIMITS),
            keyring: &self.keyring,
            paths: &self.paths,
            store: store.unwrap_or_else(|| Store::open(&self.paths.store, Timestamp::now()).0),
            settings: &self.settings,
            app_runs: false,
            origin: RequestOrigin::Background,
        };
        switch.choose(&self.settings.accounts[0]).await
    }

    async fn choose(&self) -> Result<Choice, NoChoice> {
        self.choose_with(None).await
    }

    async fn asked(&self) -> usize {
        self.minimax.received_requests().await.expect("a record").len()
    }
}

fn plan(left: u8) -> Value {
    let now = Timestamp::now().as_millisecond();
    json!({
        "model_remains": [{
            "model_name": "general", "start_time": now - 3_600_000, "end_time": now + 3_600_000,
            "remains_time": 3_600_000, "current_interval_remaining_percent": left,
            "current_interval_status": if left == 0 { 2 } else { 1 },
        }],
        "base_resp": { "status_code": 0, "status_msg": "success" },
    })
}

#[cfg(unix)]
#[tokio::test]
async fn pipes_folders_and_long_files_in_place_of_its_own_hold_nothing_up() {
    for name in ["handover.json", ".handover.lock"] {
        for is_pipe in [true, false] {
            let stage = Stage::start().await;
            stage.says(plan(0)).await;
            let file = stage.paths.log_dir.join(name);
            std::fs::create_dir_all(&stage.paths.log_dir).expect("the folder");
            if is_pipe {
                assert!(std::process::Command::new("mkfifo").arg(&file).status().expect("mkfifo").success());
            } else {
                std::fs::write(&file, " ".repeat(3_000_000)).expect("a long file");
            }
            let choice = stage.choose().await.expect("a choice");
            assert_eq!(choice.takes, Use::Paired, "{name}");
            assert_eq!(stage.choose().await, Ok(choice), "{name}");
            assert_eq!(stage.asked().await, 1, "{name}: it is remembered");
            assert!(file.symlink_metadata().expect("it is there").is_file());
        }
    }
}

#[tokio::test]
async fn calls_one_after_the_other_ask_once_and_remember_their_choice_without_a_key() {
    let stage = Stage::start().await;
    stage.says(plan(0)).await;
    let first = stage.choose().await.expect("a choice");
    assert_eq!((first.takes, first.reason), (Use::Paired, Reason::Spent));
    assert_eq!(stage.choose().await, Ok(first));
    assert_eq!(stage.asked().await, 1);
    let file = stage.paths.log_dir.join("handover.json");
    let kept = std::fs::read_to_string(&file).expect("what was remembered");
    assert!(kept.contains("paired") && !kept.contains(KEY), "{kept}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&file).expect("its mode").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[tokio::test]
async fn what_was_remembered_may_be_broken_or_gone_and_the_key_is_chosen_all_the_same() {
    let stage = Stage::start().await;
    stage.says(plan(0)).await;
    let file = stage.paths.log_dir.join("handover.json");
    for broken in ["", "{", "[]", r#"{"accounts":{"a":{"choice":7}}}"#] {
        let _ = stage.choose().await;
        std::fs::write(&file, broken).expect("a broken file");
        assert_eq!(stage.choose().await.map(|c| c.takes), Ok(Use::Paired), "{broken:?}");
    }
    std::fs::remove_file(&file).expect("it was there");
    std::fs::create_dir(&file).expect("a folder in its place");
    assert_eq!(stage.choose().await.map(|c| c.takes), Ok(Use::Paired));
}

#[tokio::test]
async fn without_a_store_calls_share_what_the_first_one_learnt() {
    let stage = Stage::start().await;
    stage.says(plan(0)).await;
    for _ in 0..3 {
        let choice = stage.choose_with(Some(Store::nowhere())).await;
        assert_eq!(choice.map(|c| c.takes), Ok(Use::Paired));
    }
    assert_eq!(stage.asked().await, 1);
}

#[tokio::test]
async fn a_refused_key_is_said_and_a_keyring_that_is_shut_is_not_taken_for_it() {
    let stage = Stage::start().await;
    stage.keyring.fail_with(Some(KeyringTrouble::Locked));
    assert_eq!(stage.choose().await, Err(NoChoice::Keyring(KeyringTrouble::Locked)));
    assert_eq!(stage.asked().await, 0);
    stage.keyring.fail_with(None);
    stage.says(json!({ "base_resp": { "status_code": 2049, "status_msg": "invalid api key" } })).await;
    assert_eq!(stage.choose().await, Err(NoChoice::Useless(Useless::Refused)));
    assert_eq!(stage.choose().await, Err(NoChoice::Useless(Useless::Refused)));
    assert_eq!(stage.asked().await, 1);
}
