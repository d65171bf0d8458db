//! Unexpected names, rows and figures: the layout holds, nothing of them is executed, and all of it can be read.

use e2e::answer::row;
use e2e::{Answer, MiniMax, Page, Session, Sheet, Theme, Window, until};
use serde_json::{Value, json};

const KEY: &str = "sk-cp-test-hostile-d3d9446802a44259755d";
/// Leaves a trace if it is executed.
const MARKUP: &str = "<img src=x onerror=\"window.__pwned=1\"><script>window.__pwned=1</script>";

#[tokio::test(flavor = "multi_thread")]
async fn names_and_rows_of_any_kind_keep_the_layout_and_are_never_run() {
    let minimax = MiniMax::start().await;
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.wear(Theme::Light);
    let page = session.open().await;
    page.find("first-run").await;

    let long = "長い名前 of a team that nobody shortened ".repeat(10);
    let refused = session.tidemark_told(&["account", "add", &long], KEY).await.complains();
    assert_eq!(refused.code, Some(2), "more than 80 characters are refused in words: {refused:#?}");
    let names = [
        ("emoji", "🌊👩‍👩‍👧‍👦 Team 🏴‍☠️"),
        ("right to left", "فريق التطوير الرئيسي Team"),
        ("markup", &MARKUP[..52]),
        ("as long as can be", &"W".repeat(80)),
    ];
    for (number, (what, name)) in names.into_iter().enumerate() {
        let key = format!("{KEY}-{number}");
        minimax.answer(&key, Answer::plan(71, 57));
        let added = session.tidemark_told(&["account", "add", name], &key).await.ended_with(0);
        assert!(!added.stdout.contains('\u{1b}'), "{what}: {added:#?}");
        page.text_until("card-name", what, |text| text.contains(name.trim())).await;
        holds(&page, what).await;
        keep(&page, &format!("name, {what}")).await;
        page.press_on("open-keys", "Enter").await;
        page.find("key-row").await;
        holds(&page, &format!("{what}, keys")).await;
        page.chord("Esc").await;
        remove(&session, &page, name).await;
    }

    let odd = ["x".repeat(5000), format!("{MARKUP} {}", "wide ".repeat(200))];
    for (number, name) in odd.iter().enumerate() {
        let key = format!("{KEY}-row-{number}");
        let general = row("general", Window::interval(71), Window::week(57));
        minimax.answer(&key, Answer::rows(&[general, row(name, Window::interval(40), Window::week(30))]));
        session.add_account("Rows", &key).await;
        page.text_until("card-figure", "a figure", |text| !text.is_empty()).await;
        let words = page.text().await;
        assert!(words.contains(&name[..40]), "the row is named as it is: {}", &words[..words.len().min(600)]);
        holds(&page, "a row's name").await;
        keep(&page, &format!("row name {number}")).await;
        remove(&session, &page, "Rows").await;
    }
    page.close(&session).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_figures_and_many_rows_are_told_as_they_are() {
    let minimax = MiniMax::start().await;
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.wear(Theme::Light);
    let page = session.open().await;
    page.find("first-run").await;

    for (share, wrong) in [(0.4, ["0 %", "100 %"]), (99.6, ["100 %", "0 %"])] {
        let key = format!("{KEY}-{share}");
        minimax.answer(&key, shares(share));
        session.add_account("Shares", &key).await;
        page.text_until("card-figure", "a figure", |text| text.contains('%')).await;
        let menu = session.tray().await;
        let told = [
            page.text().await,
            menu.tooltip().await.unwrap_or_default(),
            menu.menu_text().await.unwrap_or_default(),
            session.tidemark(&["status"]).await.stdout,
            session.tidemark(&["status", "--format", "plain"]).await.stdout,
            session.tidemark(&["status", "--format", "waybar"]).await.stdout,
        ];
        for text in &told {
            for wrong in wrong {
                assert!(!says(text, wrong), "{share} % is neither nothing nor all, not {wrong}: {text}");
            }
        }
        assert_ne!(page.attribute("card", "data-level").await, "spent", "{share} % is not nothing");
        keep(&page, &format!("share of {share} percent")).await;
        remove(&session, &page, "Shares").await;
    }

    let mut years = row("general", Window::interval(71), Window::week(57));
    let later = years["end_time"].as_i64().expect("a time") + 9 * 366 * 24 * 3_600_000;
    years["end_time"] = json!(later);
    years["weekly_end_time"] = json!(later);
    let many: Vec<Value> = (0..50)
        .map(|number| {
            row(&format!("model-{number:02}"), Window::interval(50 + number), Window::week(40 + number))
        })
        .collect();
    let cases = [("a reset years away", Answer::rows(&[years])), ("fifty rows", Answer::rows(&many))];
    for (number, (what, answer)) in cases.into_iter().enumerate() {
        let key = format!("{KEY}-case-{number}");
        minimax.answer(&key, answer);
        session.add_account("Case", &key).await;
        page.text_until("card-figure", "a figure", |text| text.contains('%')).await;
        holds(&page, what).await;
        keep(&page, what).await;
        if what == "fifty rows" {
            page.press_on("more-meters", "Enter").await;
            let words = page.text().await;
            assert!(words.contains("model-01") && words.contains("model-49"), "each row is there: {words}");
            holds(&page, "fifty rows, unfolded").await;
        }
        remove(&session, &page, "Case").await;
    }
    page.close(&session).await;
}

/// A plan with this share left of both windows.
fn shares(share: f64) -> Answer {
    let mut general = row("general", Window::interval(50), Window::week(50));
    general["current_interval_remaining_percent"] = json!(share);
    general["current_weekly_remaining_percent"] = json!(share);
    Answer::rows(&[general])
}

/// Whether a text contains a figure, not just as the end of a longer one.
fn says(text: &str, figure: &str) -> bool {
    let compact = figure.replace(' ', "");
    let stands = |figure: &str| {
        text.match_indices(figure).any(|(at, _)| {
            !text[..at].ends_with(|before: char| before.is_ascii_digit() || before == '.' || before == ',')
        })
    };
    stands(figure) || stands(&compact) || stands(&figure.replace(' ', "\u{a0}"))
}

/// Checks that head and foot are visible, that nothing is too wide, and that nothing was executed.
async fn holds(page: &Page, what: &str) {
    page.framed().await;
    let cut = page.overflow().await;
    assert!(cut.is_empty(), "{what}: {cut:#?}");
    assert!(!page.was_run().await, "{what}: markup was run");
}

async fn keep(page: &Page, name: &str) {
    Sheet::section("hostile").keep(page, name, Theme::Light).await;
}

async fn remove(session: &Session, page: &Page, name: &str) {
    let gone = session.tidemark(&["account", "remove", name, "--with-history", "--yes"]).await;
    let _ = gone.ended_with(0);
    until("no account", async || if page.has("first-run").await { Ok(()) } else { Err(page.text().await) })
        .await;
}
