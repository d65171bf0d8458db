//! An account's own screen in the real window: its history, as a chart and as text.

use e2e::{Answer, MiniMax, Page, Part, Session, until};

const KEY: &str = "sk-cp-test-account-70efdf2ec9b086079795c442";
const BARE: [Part; 3] = [Part::WindowManager, Part::Notices, Part::Tray];

#[tokio::test(flavor = "multi_thread")]
async fn an_account_shows_how_it_came_to_its_figures_as_a_chart_and_as_a_table() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::without(&BARE).await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let page = session.open().await;
    page.text_until("card-figure", "the first reading", |text| text.contains("71")).await;
    minimax.answer(KEY, Answer::plan(42, 82));
    minimax.asked_a_moment_ago().await;
    page.click("check-now").await;
    page.text_until("card-figure", "the second reading", |text| text.contains("42")).await;

    page.click("card-open").await;
    let summary =
        page.text_until("chart-summary", "what is left now", |text| text.contains("left now")).await;
    assert!(summary.starts_with("42 % left now."), "{summary}");
    painted(&page).await;
    page.click("history-form-table").await;
    let table = page.text_until("chart-table", "both readings", |text| text.contains("71 %")).await;
    assert!(table.contains("42 % left") && table.contains("71 % left"), "{table}");

    page.click("history-range-month").await;
    page.click("history-form-chart").await;
    painted(&page).await;
    page.click("keys-back").await;
    page.without("account").await;
    page.find("card-open").await;

    // A click on the ring acts like a click on the name; a click on the menu does not.
    for (what, leads) in [("svg[data-shape]", "card-open"), ("[data-testid=card-more]", "card-more")] {
        let there = format!(
            "(() => {{ const box = document.querySelector('[data-testid=card] {what}').getBoundingClientRect(); \
             return document.elementFromPoint(box.x + box.width / 2, box.y + 4).closest('button')?.dataset.testid; }})()"
        );
        assert_eq!(page.evaluate(&there).await, leads, "{what}");
    }
    page.click("card-open").await;
    page.find("history-range-month").await;
    until("the range of the last time", async || {
        let chosen = "document.querySelector('[data-testid=history-range-month]').checked";
        if page.evaluate(chosen).await == true { Ok(()) } else { Err(page.text().await) }
    })
    .await;
    page.close(&session).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_simulated_accounts_have_a_past_to_look_at() {
    let minimax = MiniMax::that_must_not_be_asked().await;
    let mut session = Session::without(&BARE).await;
    session.ask(&minimax);
    let page = session.open_with(&["--demo"]).await;
    page.click("card-open").await;
    for range in ["hours", "day", "week", "month"] {
        page.click(&format!("history-range-{range}")).await;
        page.text_until("chart-summary", "what is left", |text| text.contains("left")).await;
        painted(&page).await;
    }
    page.close(&session).await;
}

async fn painted(page: &Page) {
    until("a chart that is drawn", async || match page.painted("chart").await {
        0..2000 => Err(page.text().await),
        _ => Ok(()),
    })
    .await;
}
