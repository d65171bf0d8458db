//! Choices that the user makes with the window's controls.

use std::time::Duration;

use e2e::{Answer, MiniMax, Part, Session, StreamEnd, until};

const KEY: &str = "sk-cp-test-choices-c74d97b01eae257e44aa9d5b";
const WALLET: &str = "sk-api-test-choices-70efdf2ec9b086079795c4";
const ENTER: &str = "\u{e007}";
const EVERY: Duration = Duration::from_millis(50);

async fn setting(session: &Session, key: &str) -> String {
    session.tidemark(&["settings", "get", key]).await.ended_with(0).stdout.trim().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_is_in_effect_as_soon_as_it_is_made_and_a_refused_one_stays_to_be_mended() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::without(&[Part::Tray]).await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let page = session.open().await;
    page.text_until("card-figure", "71 %", |text| text.contains("71")).await;
    page.click("settings-open").await;

    page.type_into("setting-interval_minutes", &format!("7{ENTER}")).await;
    until("7 minutes", async || match setting(&session, "interval_minutes").await.as_str() {
        "7" => Ok(()),
        other => Err(other.to_owned()),
    })
    .await;
    page.type_into("setting-interval_minutes", &format!("999{ENTER}")).await;
    page.text_until("refused-interval_minutes", "what it takes", |text| text.contains("1 to 60")).await;
    let stays = page.find("setting-interval_minutes").await.prop("value").await.expect("a value");
    assert_eq!(stays.as_deref(), Some("999"), "it stays to be mended");
    assert_eq!(setting(&session, "interval_minutes").await, "7", "a refusal changes nothing");

    page.click("test-notice").await;
    let shown = session.notices_shown(1).await;
    assert_eq!(shown.len(), 1, "{shown:#?}");
    page.find("form-result").await;

    page.click("setting-show_used").await;
    page.click("keys-back").await;
    page.text_until("card-figure", "29 % used", |text| text.contains("29")).await;
    assert_eq!(setting(&session, "show_used").await, "true");
    page.close(&session).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_key_tells_is_said_below_an_accounts_row() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    minimax.answer(WALLET, Answer::balance("12.34"));
    let mut session = Session::without(&[Part::Notices, Part::Tray]).await;
    session.ask(&minimax);
    let plan = session.add_account("Default Team", KEY).await;
    let wallet = session.add_account("Wallet", WALLET).await;
    let page = session.open().await;
    page.click("open-keys").await;
    let row = format!("[data-testid=key-row][data-account=\"{plan}\"]");
    page.click_css(&format!("{row} [data-testid=account-options]")).await;
    page.choose("setting-tier", "max").await;
    page.choose("setting-pair", &wallet).await;
    until("the tier and the pair", async || {
        let account = session.account_after(&["account", "list", "--json"], "Default Team").await;
        if account["tier"] == "max" && account["pair"] == "Wallet" {
            Ok(())
        } else {
            Err(account.to_string())
        }
    })
    .await;
    page.close(&session).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_speed_is_measured_from_a_cards_menu_once_its_price_was_read() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::without(&[Part::Notices, Part::Tray]).await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    minimax.speaks(KEY, Answer::stream(20, EVERY, 100, StreamEnd::Whole));
    let page = session.open().await;
    page.click("card-more").await;
    page.click("action-measure_speed").await;
    page.find("measure-speed").await;
    let price = page.text_of("card-task").await;
    assert!(price.contains("one request of the plan's quota"), "{price}");
    assert_eq!(minimax.asked_for_text().len(), 0, "nothing is spent before the user says so");
    page.click("measure-speed").await;
    page.text_until("speed-result", "a rate", |text| text.contains("tokens per second")).await;
    assert_eq!(minimax.asked_for_text().len(), 1);
    page.close(&session).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spent_plan_is_paired_from_its_card_and_the_other_key_copied_there() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(0, 85));
    minimax.answer(WALLET, Answer::balance("12.34"));
    let mut session = Session::without(&[Part::Notices, Part::Tray]).await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let wallet = session.add_account("Wallet", WALLET).await;
    let page = session.open().await;
    page.click("way-pair").await;
    page.choose("setting-pair", &wallet).await;
    page.click("copy-key").await;
    page.text_until("form-result", "how long it stays", |text| text.contains("45 seconds")).await;
    assert_eq!(session.clipboard().text().await.as_deref(), Some(WALLET));
    assert!(!page.source().await.contains(WALLET), "the key does not come to the page");

    page.click("way-credits-toggle").await;
    page.text_until("card-sentence", "that Credits cover it", |text| text.contains("Credits")).await;
    page.close(&session).await;
}
