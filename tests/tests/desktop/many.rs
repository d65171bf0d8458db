//! More accounts than any user has: all of them stay reachable, also by keyboard.

use e2e::{Answer, MiniMax, Session, Sheet, Theme, until};

const MANY: usize = 200;

/// More cards than fit into the window. Accounts are asked one per second; the test does not wait for all of them.
const READ: usize = 12;

/// The account with the least left; it is among the first that are asked.
const WORST: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_accounts_stay_in_reach() {
    let minimax = MiniMax::start().await;
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.wear(Theme::Light);
    for number in 0..MANY {
        let key = format!("sk-cp-test-many-{number}");
        minimax.answer(&key, Answer::plan(if number == WORST { 3 } else { 71 }, 57));
        let name = format!("Account {number}");
        let add = ["account", "add", &name, "--region", "global", "--kind", "token_plan", "--unchecked"];
        let _added = session.tidemark_told(&add, &key).await.ended_with(0);
    }
    let page = session.open().await;
    until("figures of the first accounts", async || {
        let read = page.evaluate("document.querySelectorAll('[data-testid=card-figure]').length").await;
        if read.as_u64() >= Some(READ as u64) { Ok(()) } else { Err(read.to_string()) }
    })
    .await;
    assert_eq!(page.evaluate("document.querySelectorAll('[data-testid=card]').length").await, MANY);
    page.framed().await;
    assert_eq!(page.overflow().await, Vec::<String>::new());
    Sheet::section("hostile").keep(&page, "two hundred accounts", Theme::Light).await;

    // The worst account is first in the menu, and the others do not make the menu longer than a screen.
    let menu = session.tray().await.menu().await.expect("a menu");
    let worst = format!("Account {WORST}:");
    assert!(menu[0].label.starts_with(&worst), "{:?}", &menu[..3]);

    // Scrolls to the last card, opens it and leaves it again without a pointer.
    let last = format!("Account {}", MANY - 1);
    let last_open = "[...document.querySelectorAll('[data-testid=card-open]')].at(-1)";
    page.evaluate(&format!("{last_open}.focus()")).await;
    page.focused("card-open").await;
    assert_eq!(page.overflow().await, Vec::<String>::new(), "at the end");
    page.chord("Enter").await;
    let opened = page.text_until("card-name", "the last account", |text| text == last).await;
    assert_eq!(opened, last);
    page.chord("Esc").await;
    let card = "document.activeElement.closest('[data-testid=card]')?.getAttribute('aria-label') ?? ''";
    until("the focus on the card that was opened", async || {
        let focused = page.evaluate(card).await;
        if focused == last.as_str() { Ok(()) } else { Err(focused.to_string()) }
    })
    .await;
    page.close(&session).await;
}
