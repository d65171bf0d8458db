//! A plan and a pay-as-you-go account at the same time.

use e2e::{Answer, MiniMax, Session, until};

const PLAN: &str = "sk-cp-test-two-accounts-3c59dc048e885024";
const WALLET: &str = "sk-api-test-two-accounts-b6d767d2f8ed5d";

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_and_a_balance_are_shown_side_by_side_and_never_mixed() {
    let (global, china) = (MiniMax::start().await, MiniMax::that_may_be_asked().await);
    global.answer(PLAN, Answer::plan(71, 85));
    global.answer(WALLET, Answer::balance("12.34"));
    let mut session = Session::start().await;
    session.ask_regions(&global, &china);
    let plan = session.add_account("Default Team", PLAN).await;
    let wallet = session.add_account("Wallet", WALLET).await;
    assert_eq!(session.kept_key(&plan).await.as_deref(), Some(PLAN));
    assert_eq!(session.kept_key(&wallet).await.as_deref(), Some(WALLET));

    let page = session.open().await;
    let figure = |id: &str| format!("[data-testid=card][data-account=\"{id}\"] [data-testid=card-figure]");
    for (id, wanted) in [(&plan, "71"), (&wallet, "12.34")] {
        let css = figure(id);
        until(&format!("{wanted} on its card"), async || {
            let text = page.find_css(&css).await.text().await.unwrap_or_default();
            if text.contains(wanted) { Ok(()) } else { Err(text) }
        })
        .await;
    }
    let run = session.tidemark(&["status", "--json"]).await.ended_with(0);
    let told = run.json();
    let (first, second) = (&told["accounts"][0], &told["accounts"][1]);
    assert_eq!(
        (&first["name"], &first["kind"], &first["outcome"]),
        (&"Default Team".into(), &"token_plan".into(), &"quota".into())
    );
    assert_eq!(
        (&second["name"], &second["kind"], &second["outcome"]),
        (&"Wallet".into(), &"pay_as_you_go".into(), &"balance".into())
    );
    assert_eq!(
        (&second["balance"]["available"], &second["balance"]["currency"]),
        (&"12.34".into(), &"USD".into())
    );
    let menu = session.tray().await.menu_text().await.unwrap_or_default();
    assert!(menu.contains("Default Team") && menu.contains("Wallet") && menu.contains("12.34"), "{menu}");

    for asked in global.asked().iter().chain(&china.asked()) {
        let path = if asked.key.as_deref() == Some(WALLET) {
            "/account/query_balance"
        } else {
            "/v1/token_plan/remains"
        };
        assert_eq!(asked.path, path, "no key is sent to the other kind's path");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_low_balance_is_told_once_and_the_worse_account_decides_the_exit_code() {
    let minimax = MiniMax::start().await;
    minimax.answer(PLAN, Answer::plan(71, 85));
    minimax.answer(WALLET, Answer::balance("12.34"));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.add_account("Default Team", PLAN).await;
    session.add_account("Wallet", WALLET).await;
    let _app = session.launch_asking(&minimax, WALLET).await;
    let item = session.tray().await;
    until("the balance in the menu", async || {
        let menu = item.menu_text().await?;
        if menu.contains("12.34") { Ok(()) } else { Err(menu) }
    })
    .await;

    minimax.answer(WALLET, Answer::balance("0.00"));
    for _ in 0..2 {
        minimax.asked_a_moment_ago().await;
        let before = minimax.times_asked(WALLET);
        item.choose("Check now").await;
        minimax.asked_about(WALLET, before + 1).await;
        let shown = session.notices_shown(1).await;
        assert!(shown[0].summary.contains("Wallet"), "{shown:?}");
    }
    let _ = session.tidemark(&["status"]).await.ended_with(4);
    let _ = session.tidemark(&["status", "--account", "Default Team"]).await.ended_with(0);
}
