//! The order of the accounts: changed on the keys screen, used by tray, overview and command line, and stored.

use e2e::{Answer, MiniMax, Page, Session, until};

const FIRST: &str = "sk-cp-test-order-0cc175b9c0f1b6a831";
const SECOND: &str = "sk-cp-test-order-92eb5ffee6ae2fec3a";
const THIRD: &str = "sk-cp-test-order-4a8a08f09d37b73795";

#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_moved_by_button_and_keyboard_and_stay_where_they_were_put() {
    let minimax = MiniMax::start().await;
    let mut session = Session::start().await;
    session.ask(&minimax);
    for (name, key) in [("Alpha", FIRST), ("Beta", SECOND), ("Gamma", THIRD)] {
        minimax.answer(key, Answer::plan(71, 85));
        session.add_account(name, key).await;
    }
    let page = session.open().await;
    overview(&page, ["Alpha", "Beta", "Gamma"]).await;
    tray(&session, ["Alpha", "Beta", "Gamma"]).await;

    page.click("open-keys").await;
    page.find("key-row").await;
    page.click_css("[data-testid=key-row]:has([aria-label=\"Move Gamma up\"]) [data-testid=move-up]").await;
    said(&page, "Gamma, now 2 of 3").await;
    let focus = page.focus().await;
    assert_eq!(focus.testid, "move-up", "the focus stays on the row that was moved: {focus:?}");
    page.chord("Alt+Up").await;
    said(&page, "Gamma, now 1 of 3").await;
    tray(&session, ["Gamma", "Alpha", "Beta"]).await;
    assert_eq!(listed(&session).await, ["Gamma", "Alpha", "Beta"]);
    page.click("keys-back").await;
    overview(&page, ["Gamma", "Alpha", "Beta"]).await;
    page.close(&session).await;

    let page = session.open().await;
    overview(&page, ["Gamma", "Alpha", "Beta"]).await;
    tray(&session, ["Gamma", "Alpha", "Beta"]).await;
}

/// Waits until the account's new position is announced to screen readers. The text is invisible, so the driver does not
/// return it.
async fn said(page: &Page, wanted: &str) {
    until("the new place to be said", async || {
        let said = page.evaluate("document.querySelector('[data-testid=place-said]').textContent").await;
        if said == wanted { Ok(()) } else { Err(said.to_string()) }
    })
    .await;
}

/// Waits until the overview shows the accounts in this order.
async fn overview(page: &Page, names: [&str; 3]) {
    until("the accounts in order on the overview", async || {
        let shown =
            page.evaluate("[...document.querySelectorAll('[data-testid=card-name]')].map((name) => name.textContent.trim())").await;
        if shown == serde_json::json!(names) { Ok(()) } else { Err(shown.to_string()) }
    })
    .await;
}

/// Waits until the tray's menu shows the accounts in this order.
async fn tray(session: &Session, names: [&str; 3]) {
    until("the accounts in order in the tray's menu", async || {
        let menu = session.tray().await.menu_text().await?;
        let places = names.map(|name| menu.find(name));
        if places.iter().all(Option::is_some) && places.is_sorted() { Ok(()) } else { Err(menu) }
    })
    .await;
}

async fn listed(session: &Session) -> Vec<String> {
    let told = session.tidemark(&["account", "list", "--json"]).await.ended_with(0).json();
    let accounts = told.as_array().or(told["accounts"].as_array()).cloned().unwrap_or_default();
    accounts.iter().filter_map(|account| account["name"].as_str().map(str::to_owned)).collect()
}
