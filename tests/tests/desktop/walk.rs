//! Every screen in both languages and both themes, with the keyboard only: visible, named, reachable, readable.

use e2e::{Answer, MiniMax, Page, Session, Sheet, Theme};

const KEY: &str = "sk-cp-test-walk-8f14e45fceea167a5a36";
const WALLET: &str = "sk-api-test-walk-c9f0f895fb98ab9159f51f";
const LANGUAGES: [&str; 2] = ["en", "zh-CN"];

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_can_be_used_by_the_keyboard_alone_in_the_light() {
    walk(Theme::Light).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_can_be_used_by_the_keyboard_alone_in_the_dark() {
    walk(Theme::Dark).await;
}

async fn walk(theme: Theme) {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(12, 57));
    minimax.answer(WALLET, Answer::balance("12.34"));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.wear(theme);
    let page = session.open().await;
    let mut tour = Tour { session: &session, page: &page, theme, language: "en", faults: Vec::new() };

    for language in LANGUAGES {
        tour.speak(language).await;
        page.find("first-run").await;
        tour.look("first run").await;
    }
    page.tab_to("key-input").await;
    page.press(KEY).await;
    page.chord("Enter").await;
    for step in ["keep-key", "guide-next", "guide-finish"] {
        page.press_on(step, "Enter").await;
    }
    page.text_until("card-figure", "12 %", |text| text.contains("12")).await;
    session.add_account("Wallet", WALLET).await;
    page.find_css("li:nth-child(2) [data-testid=card]").await;

    for language in LANGUAGES {
        tour.speak(language).await;
        screens(&mut tour).await;
    }
    let faults = tour.faults;
    page.close(&session).await;
    assert!(faults.is_empty(), "{} faults in the {}:\n{}", faults.len(), theme.name(), faults.join("\n"));
}

/// Visits every screen that exists with accounts, and ends where it began.
async fn screens(tour: &mut Tour<'_>) {
    let page = tour.page;
    tour.look("overview").await;

    page.press_on("card-more", "Enter").await;
    page.focused("action-open_account").await;
    page.chord("Down").await;
    tour.glance("overview with a menu").await;
    page.chord("Esc").await;
    page.focused("card-more").await;

    page.press_on("card-open", "Enter").await;
    page.find("history-range-day").await;
    tour.look("account").await;
    tour.rest("account").await;
    page.press_on("history-form-chart", "Right").await;
    page.find_css("[data-testid=chart-table], [data-testid=chart-empty]").await;
    tour.look("account with a table").await;
    page.chord("Esc").await;
    page.focused("card").await;

    page.chord("Ctrl+n").await;
    page.find("add-submit").await;
    tour.look("add").await;
    page.chord("Esc").await;
    page.find("check-now").await;

    page.press_on("open-keys", "Enter").await;
    page.find("key-row").await;
    tour.look("keys").await;
    page.press_on("account-options", "Space").await;
    page.find("setting-team").await;
    tour.look("keys with options").await;
    page.press_on("rename", "Enter").await;
    page.find("rename-input").await;
    tour.glance("keys renaming").await;
    page.press_on("rename-cancel", "Enter").await;
    page.without("rename-input").await;
    page.press_on("remove", "Enter").await;
    page.find("remove-keep").await;
    tour.glance("keys removing").await;
    page.press_on("remove-keep", "Enter").await;
    page.without("remove-keep").await;
    page.press_on("replace", "Enter").await;
    page.find("key-input").await;
    tour.look("replace").await;
    page.chord("Esc").await;
    page.find("key-row").await;
    page.chord("Esc").await;
    page.find("check-now").await;

    page.chord("Ctrl+,").await;
    page.find("section-history").await;
    tour.look("settings").await;
    tour.rest("settings").await;
    page.press_on("settings-about", "Enter").await;
    page.find("check").await;
    tour.look("about").await;
    tour.rest("about").await;
    page.chord("Esc").await;
    page.focused("settings-about").await;
    page.chord("Esc").await;
    page.find("check-now").await;
}

/// A visit of the screens, and the faults that were found.
struct Tour<'a> {
    session: &'a Session,
    page: &'a Page,
    theme: Theme,
    language: &'static str,
    faults: Vec<String>,
}

impl Tour<'_> {
    /// Changes the language from the command line, while the page is open.
    async fn speak(&mut self, language: &'static str) {
        let _ = self.session.tidemark(&["settings", "set", "language", language]).await.ended_with(0);
        self.page.find_css(&format!("html[lang={language}]")).await;
        self.language = language;
    }

    /// Checks a screen and everything on it that Tab reaches.
    async fn look(&mut self, screen: &str) {
        self.glance(screen).await;
        let found = self.page.tab_round().await;
        self.report(screen, found);
        let found = self.page.nameless().await;
        self.report(screen, found.into_iter().map(|bare| format!("without a name: {bare}")).collect());
    }

    /// Keeps pictures of the lower parts of a long screen, and scrolls up again.
    async fn rest(&mut self, screen: &str) {
        self.page.scroll_up().await;
        for part in 2.. {
            if self.page.scroll_on().await {
                break;
            }
            let name = format!("{screen} {} {part}", self.language);
            Sheet::section("screens").keep(self.page, &name, self.theme).await;
        }
        self.page.scroll_up().await;
    }

    /// Checks a screen without moving the focus.
    async fn glance(&mut self, screen: &str) {
        let page = self.page;
        page.framed().await;
        Sheet::section("screens").keep(page, &format!("{screen} {}", self.language), self.theme).await;
        let found = page.overflow().await;
        self.report(screen, found);
        let found = page.overlaps().await;
        self.report(screen, found);
        let found = page.axe().await;
        self.report(screen, found);
        page.zoom(2).await;
        let found = [page.overflow().await, page.overlaps().await].concat();
        self.report(&format!("{screen}, twice as large"), found);
        page.zoom(1).await;
        assert!(page.lengthen(true).await > 0, "{screen} has no text");
        let found = [page.overflow().await, page.overlaps().await].concat();
        self.report(&format!("{screen}, a third longer"), found);
        page.lengthen(false).await;
    }

    fn report(&mut self, screen: &str, found: Vec<String>) {
        let language = self.language;
        self.faults.extend(found.into_iter().map(|fault| format!("{screen} ({language}): {fault}")));
    }
}
