//! The pictures in README: the real app on the simulated accounts, on a desktop with a panel. Clock, language, display
//! and theme are fixed, so that every run takes the same pictures. Nothing is drawn here.

use std::path::Path;
use std::time::Duration;

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ChangeWindowAttributesAux, ConnectionExt as _};

use crate::page::Page;
use crate::screen::{Area, Display, Shot};
use crate::session::{self, Part, Session};
use crate::sheet::Theme;
use crate::wait::{until, until_within};

/// Pictures taken in both themes. The notification is not one of them, because the desktop draws it.
pub const PAIRS: [&str; 6] = ["overview", "spent", "account", "tray", "first-run", "settings"];
/// The picture that is taken once.
pub const NOTICE: &str = "notice";

/// Start of the simulated day: a Tuesday before noon, by the session's clock.
const BEGINS: &str = "2026-11-24T11:40:00";
/// Seconds after the start at which one of the simulated accounts is near its limit, and at which it is used up.
const NEAR_AT: i64 = 56;
const SPENT_AT: i64 = 150;
/// How long the simulated accounts take until one of them is used up, at one minute per second.
const SPENT_WITHIN: Duration = Duration::from_mins(4);
/// Scale 2, for sharp pictures on high-resolution screens; high enough for three accounts.
const DISPLAY: Display = Display { width: 2560, height: 2120, scale: 2 };
/// Height of the panel with its edge, in logical pixels.
const PANEL: u32 = 33;
/// Space around a menu, in logical pixels.
const MARGIN: u32 = 16;

/// The file names of all pictures.
#[must_use]
pub fn files() -> Vec<String> {
    let pairs = PAIRS.iter().flat_map(|name| Theme::BOTH.map(|theme| file(name, theme)));
    pairs.chain([format!("{NOTICE}.png")]).collect()
}

fn file(name: &str, theme: Theme) -> String {
    format!("{name}-{}.png", theme.name())
}

/// Takes every picture and passes it to `give` with its file name.
pub async fn take(binary: &Path, mut give: impl FnMut(&str, &Shot)) {
    // No window manager: its frames would be in the pictures, and no user has these.
    let mut session = Session::on(DISPLAY, &[Part::WindowManager]).await;
    stand_still(&mut session, 0);
    let page = session.drive(binary, &[]).await;
    page.find("first-run").await;
    for theme in Theme::BOTH {
        wear(&page, theme).await;
        give(&file("first-run", theme), &page.picture().await);
        page.click("settings-open").await;
        page.find("section-history").await;
        give(&file("settings", theme), &page.picture().await);
        page.click("keys-back").await;
        page.find("first-run").await;
    }
    page.close(&session).await;

    let page = session.drive(binary, &["--demo"]).await;
    page.find("card").await;
    go_on(&mut session, 0);
    told(&session, " left (5 hours)").await;
    session.close_notices().await;
    stand_still(&mut session, NEAR_AT);
    look_again(&page).await;
    for theme in Theme::BOTH {
        wear(&page, theme).await;
        give(&file("overview", theme), &page.picture().await);
        page.click("card-open").await;
        page.click("history-range-day").await;
        page.text_until("chart-summary", "what is left", |text| !text.is_empty()).await;
        give(&file("account", theme), &page.picture().await);
        page.click("keys-back").await;
        page.find("check-now").await;
    }

    go_on(&mut session, NEAR_AT);
    told(&session, "used up").await;
    stand_still(&mut session, SPENT_AT);
    give(&format!("{NOTICE}.png"), &notice(&session).await);
    look_again(&page).await;
    for theme in Theme::BOTH {
        wear(&page, theme).await;
        give(&file("spent", theme), &page.picture().await);
    }
    // The command cannot answer, because it destroys the page; therefore it runs in a timeout.
    page.evaluate("setTimeout(() => window.__TAURI_INTERNALS__.invoke('close_window'), 100)").await;
    session.no_window("tidemark").await;
    for theme in Theme::BOTH {
        session.stop_part(Part::Tray);
        session.wear(theme);
        session.paint_backdrop(theme);
        session.start_part(Part::Tray).await;
        give(&file("tray", theme), &open_menu(&session).await);
    }
    page.close(&session).await;
}

/// Stops the clock that many seconds after the simulated day began: the same second in every run.
fn stand_still(session: &mut Session, after: i64) {
    let moment = begins() + SignedDuration::from_secs(after);
    session.set_clock(&Session::local(moment, "%Y-%m-%d %H:%M:%S"));
}

/// Lets the clock continue from that many seconds after the simulated day began.
fn go_on(session: &mut Session, after: i64) {
    let ahead = begins().as_second() + after - Timestamp::now().as_second();
    session.set_clock(&format!("{ahead:+}"));
}

fn begins() -> Timestamp {
    let begins: DateTime = BEGINS.parse().expect("a moment");
    begins.in_tz(session::ZONE).expect("the zone of sessions").timestamp()
}

/// Waits for a notification whose summary ends like this, and closes all others.
async fn told(session: &Session, end: &str) {
    let mut seen = 0;
    until_within(SPENT_WITHIN, &format!("a notice that ends with {end:?}"), async || {
        let told = session.notices();
        match told.last() {
            Some(last) if last.summary.ends_with(end) => return Ok(()),
            Some(_) if told.len() > seen => session.close_notices().await,
            _ => {}
        }
        seen = told.len();
        Err(format!("{seen} notices"))
    })
    .await;
}

/// Takes a picture of the only notification on the display, and closes it.
async fn notice(session: &Session) -> Shot {
    let window = session.window("^Dunst$").await;
    let shot = still(session).await.crop(session.area(window));
    session.close_notices().await;
    shot
}

/// Requests a check without the pointer, which would be visible in the picture.
async fn look_again(page: &Page) {
    page.call("check_now", json!({})).await.unwrap_or_else(|e| panic!("nobody can be asked: {e}"));
}

async fn wear(page: &Page, theme: Theme) {
    let set = page.call("set_setting", json!({ "key": "theme", "value": theme.name() })).await;
    set.unwrap_or_else(|e| panic!("the theme cannot be set: {e}"));
    page.wears(theme == Theme::Dark).await;
}

/// Opens the menu of the item in the panel; returns a picture of the panel's end with the menu below it.
async fn open_menu(session: &Session) -> Shot {
    session.tray().await;
    // Moves the pointer away, because on the item it would open the tooltip.
    session.run("xdotool", &["mousemove", "0", "1000"]).expect("a pointer that moves");
    let before = still(session).await;
    let (x, y) = (DISPLAY.width - 16 * DISPLAY.scale, 16 * DISPLAY.scale);
    let (x, y) = (x.to_string(), y.to_string());
    session.run("xdotool", &["mousemove", &x, &y, "click", "3"]).expect("a click with the right button");
    let after = until("a menu", async || {
        let after = still(session).await;
        let changed = below_panel(&after).differs_from(&below_panel(&before));
        let is_high = changed.is_some_and(|area| area.height > 100 * DISPLAY.scale);
        if is_high { Ok(after) } else { Err(format!("{changed:?} changed")) }
    })
    .await;
    let menu = below_panel(&after).differs_from(&below_panel(&before)).expect("a menu");
    session.press("Escape");
    let margin = MARGIN * DISPLAY.scale;
    let left = menu.x.saturating_sub(margin);
    let height = PANEL * DISPLAY.scale + menu.y + menu.height + margin;
    after.crop(Area { x: left, y: 0, width: DISPLAY.width - left, height })
}

fn below_panel(shot: &Shot) -> Shot {
    let y = PANEL * DISPLAY.scale;
    shot.crop(Area { x: 0, y, width: shot.width, height: shot.height - y })
}

async fn still(session: &Session) -> Shot {
    let mut before = session.shot();
    until("a display that stands still", async || {
        let now = session.shot();
        let is_still = now == before;
        before = now;
        if is_still { Ok(before.clone()) } else { Err("it moves".to_owned()) }
    })
    .await
}

impl Session {
    /// Paints the root window, which is behind all windows.
    fn paint_backdrop(&self, theme: Theme) {
        let (display, screen) = x11rb::connect(Some(self.display())).expect("the display");
        let root = display.setup().roots[screen].root;
        let colour = if theme == Theme::Dark { 0x0027_343a } else { 0x00d5_dfe3 };
        let painted = ChangeWindowAttributesAux::new().background_pixel(colour);
        display.change_window_attributes(root, &painted).expect("a backdrop").check().expect("a backdrop");
        display.clear_area(false, root, 0, 0, 0, 0).expect("a clear root").check().expect("a clear root");
    }
}

impl Shot {
    /// The smallest area that contains all differences between two pictures of the same size.
    fn differs_from(&self, other: &Self) -> Option<Area> {
        let places = (0..self.height).flat_map(|y| (0..self.width).map(move |x| (x, y)));
        let differs = places.filter(|&(x, y)| self.pixel(x, y) != other.pixel(x, y));
        let corners = differs.fold(None, |found: Option<[u32; 4]>, (x, y)| {
            let [left, top, right, bottom] = found.unwrap_or([x, y, x, y]);
            Some([left.min(x), top.min(y), right.max(x), bottom.max(y)])
        });
        corners.map(|[x, y, right, bottom]| Area { x, y, width: right - x + 1, height: bottom - y + 1 })
    }
}
