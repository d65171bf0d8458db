//! The first run: a key is entered, and its reading appears everywhere.

use e2e::{Answer, MiniMax, Session, Sheet, Theme, until};

const KEY: &str = "sk-cp-test-first-run-7f3a9c2e51d84b60";

#[tokio::test(flavor = "multi_thread")]
async fn a_key_typed_at_the_first_run_is_checked_kept_and_its_reading_shown_everywhere() {
    let (global, china) = (MiniMax::start().await, MiniMax::that_may_be_asked().await);
    global.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::start().await;
    session.ask_regions(&global, &china);
    let page = session.open().await;

    page.find("first-run").await;
    page.first_key(KEY, "Default Team").await;

    page.text_until("card-figure", "71 %", |text| text.contains("71")).await;
    assert_eq!(page.attribute("card", "data-level").await, "good");
    assert_eq!(page.text_of("card-name").await, "Default Team");
    assert!(!page.has("first-run").await, "the first run is over");
    let meters = page.text().await;
    assert!(meters.contains("85"), "the week is on the page: {meters}");

    let account = session.account_until("Default Team", "good", |a| a["state"] == "good").await;
    assert_eq!(account["region"], "global");
    assert_eq!(account["kind"], "token_plan");
    assert_eq!(account["headline"]["remaining_percent"], 71, "{account:#}");
    let id = account["id"].as_str().unwrap_or_default();
    assert_eq!(session.kept_key(id).await.as_deref(), Some(KEY), "the key is in the keyring");
    assert_eq!(session.kept("tidemark").await.len(), 1, "and nothing else is");

    let item = session.tray().await;
    until("the reading in the tray's tooltip", async || {
        let tooltip = item.tooltip().await?;
        if tooltip.contains("71 % left") && tooltip.contains("85 %") { Ok(()) } else { Err(tooltip) }
    })
    .await;
    let menu = item.menu_text().await.unwrap_or_default();
    assert!(menu.contains("71 % left") && menu.contains("85 %"), "the reading is in the menu: {menu}");

    let asked = &global.asked()[0];
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("GET", "/v1/token_plan/remains"));
    assert_eq!(asked.headers.get("accept").map(String::as_str), Some("application/json"));
    assert!(!page.source().await.contains(KEY), "the key never comes back to the page");
    session.nowhere(KEY);
}

/// Key codes of `WebDriver`.
mod press {
    pub const TAB: &str = "\u{e004}";
    pub const ENTER: &str = "\u{e007}";
    pub const ESCAPE: &str = "\u{e00c}";
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_run_takes_a_paste_and_a_few_presses_of_enter_and_no_pointer() {
    let (global, china) = (MiniMax::start().await, MiniMax::start().await);
    global.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::start().await;
    session.ask_regions(&global, &china);
    session.wear(Theme::Light);
    let page = session.open().await;
    let begun = std::time::Instant::now();

    page.find("key-input").await;
    page.press(&format!("  Bearer \"{KEY}\" {}", press::ENTER)).await;
    let heading =
        page.text_until("step-heading", "what the key is", |text| text.contains("Token Plan")).await;
    assert!(heading.contains("global platform"), "{heading}");
    let facts = page.text_of("key-facts").await;
    assert!(facts.contains("71 % left") && facts.contains("85 % left"), "{facts}");
    assert!(page.text().await.contains("taken off"), "the quotes around it are spoken of");
    assert!(session.kept("tidemark").await.is_empty(), "nothing is kept before the user says so");
    assert!(!page.source().await.contains(KEY), "the key is in no field any more");
    let sheet = Sheet::section("first run");
    sheet.keep(&page, "1 what the key is", Theme::Light).await;

    page.press(press::ESCAPE).await;
    page.find("key-input").await;
    page.press(press::ENTER).await;
    page.find("name-input").await;
    page.press(&format!("{}{}", press::TAB, press::ENTER)).await;
    page.text_until("step-heading", "that it speaks up", |text| text.contains("speaks up")).await;
    page.press(press::TAB).await;
    page.press(press::ENTER).await;
    page.text_until("test-notice-said", "that a notice was sent", |text| text.contains("Sent")).await;
    session.notices_shown(1).await;
    sheet.keep(&page, "2 notices and autostart", Theme::Light).await;
    page.find_css("[data-testid=guide-next]").await;
    page.click("guide-next").await;
    page.text_until("step-heading", "that all is set", |text| text.contains("All set")).await;
    sheet.keep(&page, "3 all set", Theme::Light).await;
    page.press(press::TAB).await;
    page.press(press::ENTER).await;
    page.text_until("card-figure", "71 %", |text| text.contains("71")).await;
    assert_eq!(page.text_of("card-name").await, "Default Team");
    let taken = begun.elapsed();
    assert!(taken.as_secs() < 60, "the first run takes {taken:?} with a driver that looks at every step");
    session.nowhere(KEY);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_platform_is_slow_the_other_has_its_say_and_the_check_can_be_ended() {
    let (global, china) = (MiniMax::start().await, MiniMax::start().await);
    china.answer(KEY, Answer::plan(64, 90).after(std::time::Duration::from_secs(6)));
    let mut session = Session::start().await;
    session.ask_regions(&global, &china);
    let page = session.open().await;
    page.type_into("key-input", KEY).await;
    page.click("add-submit").await;
    page.find_css("[data-testid=asked-global][data-state=refused]").await;
    page.find_css("[data-testid=asked-china][data-state=asking]").await;
    page.press(press::ESCAPE).await;
    page.find("key-input").await;
    assert!(!page.has("form-error").await, "a check that was ended is no refusal");
    assert!(session.kept("tidemark").await.is_empty());

    page.click("add-submit").await;
    page.text_until("step-heading", "the platform", |text| text.contains("China platform")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_is_no_key_is_said_so_without_asking_minimax() {
    let minimax = MiniMax::that_must_not_be_asked().await;
    let mut session = Session::start().await;
    session.ask(&minimax);
    let page = session.open().await;
    page.find("key-input").await;
    page.press(press::ENTER).await;
    page.text_until("form-error", "that nothing was pasted", |said| said.contains("no key in it")).await;
    for (text, why) in
        [("two words", "in one piece"), ("schlüssel", "plain letters"), ("mmoat_test", "log-in")]
    {
        page.type_into("key-input", text).await;
        page.click("add-submit").await;
        let said = page.text_until("form-error", why, |said| said.contains(why)).await;
        assert!(!said.contains(text), "what was pasted is not repeated: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_pasted_in_place_of_a_key_is_said_at_once_and_goes_nowhere() {
    let minimax = MiniMax::that_must_not_be_asked().await;
    let mut session = Session::start().await;
    session.ask(&minimax);
    let page = session.open().await;
    for (text, why) in [
        ("https://platform.minimax.io/user-center", "address of a page"),
        ("someone@example.com", "e-mail address"),
        ("sk-proj-test-0123456789abcdef", "OpenAI"),
        ("sk-ant-test-0123456789abcdef", "Anthropic"),
        ("sk-cp-", "too short"),
    ] {
        page.type_into("key-input", text).await;
        page.press(press::TAB).await;
        let said = page.text_until("key-judged", why, |said| said.contains(why)).await;
        assert!(!said.contains(text), "what was pasted is not repeated: {said}");
    }
    page.type_into("key-input", &format!("export MINIMAX_API_KEY=\"{KEY}\"")).await;
    page.press(press::TAB).await;
    page.text_until("key-judged", "what it is", |said| said.contains("Token Plan key")).await;
    assert!(session.kept("tidemark").await.is_empty());
    session.nowhere(KEY);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_twice_says_which_account_has_it() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.add_account("Studio", KEY).await;
    let page = session.open().await;
    page.click("open-keys").await;
    page.click("add-key").await;
    page.type_into("key-input", KEY).await;
    page.click("add-submit").await;
    page.text_until("form-error", "whose key it is", |text| text.contains("Studio")).await;
    assert_eq!(session.kept("tidemark").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_key_is_said_at_once_and_not_kept() {
    let (global, china) = (MiniMax::start().await, MiniMax::start().await);
    let mut session = Session::start().await;
    session.ask_regions(&global, &china);
    let page = session.open().await;
    page.find("first-run").await;
    page.type_into("key-input", KEY).await;
    page.click("add-submit").await;

    let said = page.text_until("form-error", "that the key is refused", |text| !text.is_empty()).await;
    assert!(said.to_lowercase().contains("key"), "{said}");
    assert!(page.has("first-run").await || page.has("key-input").await, "the form stays");
    assert!(session.kept("tidemark").await.is_empty());
    let listed = session.tidemark(&["account", "list", "--json"]).await.ended_with(0);
    assert!(!listed.stdout.contains("\"id\""), "{listed:#?}");
    session.nowhere(KEY);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_the_china_platform_is_found_there_without_being_told() {
    let (global, china) = (MiniMax::start().await, MiniMax::start().await);
    china.answer(KEY, Answer::plan(64, 90));
    let mut session = Session::start().await;
    session.ask_regions(&global, &china);
    let page = session.open().await;
    page.find("first-run").await;
    page.first_key(KEY, "Studio").await;

    page.text_until("card-figure", "64 %", |text| text.contains("64")).await;
    assert_eq!(session.account("Studio").await["region"], "china");
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_around_first_shows_a_simulated_account_and_touches_nothing() {
    let minimax = MiniMax::that_must_not_be_asked().await;
    let mut session = Session::start().await;
    session.ask(&minimax);
    let page = session.open().await;
    page.click("look-around").await;
    page.find("card-figure").await;
    page.banner("demo").await;
    assert!(session.kept("tidemark").await.is_empty());

    page.click_css("[data-testid=banner][data-id=demo] [data-testid=banner-action]").await;
    page.find("first-run").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_the_other_region_is_named_as_such_and_taken_with_the_region_left_open() {
    let (global, china) = (MiniMax::start().await, MiniMax::start().await);
    china.answer(KEY, Answer::plan(64, 90));
    let mut session = Session::start().await;
    session.ask_regions(&global, &china);
    let page = session.open().await;
    page.find("first-run").await;
    page.type_into("key-input", KEY).await;
    page.click_css("details summary").await;
    page.choose("region-select", "global").await;
    page.click("add-submit").await;
    let said = page.text_until("form-error", "where the key is known", |text| text.contains("China")).await;
    assert!(!said.contains(KEY), "the key is not repeated: {said}");
    assert!(session.kept("tidemark").await.is_empty());

    page.choose("region-select", "china").await;
    page.click("add-submit").await;
    page.click("keep-key").await;
    page.end_first_run().await;
    page.text_until("card-figure", "64 %", |text| text.contains("64")).await;
    assert_eq!(session.kept("tidemark").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_the_other_kind_is_offered_as_what_it_is() {
    let wallet = "sk-api-test-first-run-2b8a61594b1f4c4d";
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    minimax.answer(wallet, Answer::balance("12.34"));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let page = session.open().await;
    page.click("open-keys").await;
    page.click("add-key").await;
    page.click_css("details summary").await;
    page.choose("kind-select", "token_plan").await;
    page.type_into("key-input", wallet).await;
    page.click("add-submit").await;
    let said = page.text_until("form-error", "the kind of the key", |text| !text.is_empty()).await;
    assert!(said.to_lowercase().contains("pay"), "{said}");
    assert_eq!(session.kept("tidemark").await.len(), 1);

    page.click("form-alternative").await;
    page.text_until("step-heading", "what it is", |text| text.contains("pay-as-you-go key")).await;
    page.type_into("name-input", "Wallet").await;
    page.click("keep-key").await;
    until("the key as what it is", async || {
        let listed = session.tidemark(&["account", "list"]).await.stdout;
        if listed.contains("Wallet") { Ok(()) } else { Err(page.text().await) }
    })
    .await;
    let account = session.account("Wallet").await;
    assert_eq!(
        (&account["kind"], &account["balance"]["available"]),
        (&"pay_as_you_go".into(), &"12.34".into())
    );
    assert_eq!(session.kept_key(account["id"].as_str().unwrap_or_default()).await.as_deref(), Some(wallet));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_put_in_offline_can_be_kept_unchecked_and_is_read_when_minimax_is_back() {
    let mut minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    minimax.leave().await;
    let mut session = Session::start().await;
    session.ask(&minimax);
    let page = session.open().await;
    page.type_into("key-input", KEY).await;
    page.click("add-submit").await;
    page.text_until("form-error", "that MiniMax is out of reach", |text| !text.is_empty()).await;
    assert!(session.kept("tidemark").await.is_empty());

    page.click("form-alternative").await;
    page.text_until("step-heading", "that nobody asked", |text| text.contains("not checked")).await;
    page.click("keep-key").await;
    page.end_first_run().await;
    page.find_css("[data-testid=card-failure][data-kind=offline]").await;
    assert_eq!(session.kept("tidemark").await[0].secret, KEY);
    minimax.come_back().await;
    until("the reading at last", async || {
        page.click("check-now").await;
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        let text = page.text().await;
        if text.contains("71 %") { Ok(()) } else { Err(text) }
    })
    .await;
}
