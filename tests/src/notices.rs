//! The notification daemon, dunst, with a record of the notifications that it really displayed, not of those that were
//! sent to it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::process::Started;
use crate::session::Session;
use crate::wait::{until, until_within};

/// A notification as the daemon displayed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The daemon's id for it.
    pub id: String,
    /// The application name that the sender gave.
    pub app: String,
    pub summary: String,
    /// The text as the daemon received it.
    pub body: String,
    /// `LOW`, `NORMAL` or `CRITICAL`.
    pub urgency: String,
}

pub(crate) async fn start(session: &Session) -> Vec<Started> {
    let root = session.folder();
    let hook = root.join("on-notice");
    let log = session.notices_file();
    fs::write(&hook, HOOK.replace("LOG", &log.display().to_string())).expect("the daemon's hook");
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o700)).expect("the hook's mode");
    let configuration = root.join("dunstrc");
    fs::write(&configuration, settings(session, &hook)).expect("dunst's settings");
    let daemon = session.spawn("dunst", &["-conf", &configuration.display().to_string()]);
    until("a notification daemon", async || {
        if session.owned("org.freedesktop.Notifications").await { Ok(()) } else { Err("nobody".to_owned()) }
    })
    .await;
    vec![daemon]
}

fn settings(session: &Session, hook: &Path) -> String {
    let scale = session.scale();
    // dunst scales everything but its font.
    let points = (10 * scale).to_string();
    DUNST
        .replace("SCALE", &scale.to_string())
        .replace("POINTS", &points)
        .replace("HOOK", &hook.display().to_string())
}

impl Session {
    /// All notifications displayed so far, oldest first.
    #[must_use]
    pub fn notices(&self) -> Vec<Shown> {
        let text = fs::read_to_string(self.notices_file()).unwrap_or_default();
        text.split_terminator('\u{1e}')
            .map(|record| {
                let fields: Vec<String> = record.split('\u{1f}').map(str::to_owned).collect();
                let [id, app, summary, body, urgency] =
                    fields.try_into().expect("five fields in the daemon's record");
                Shown { id, app, summary, body, urgency }
            })
            .collect()
    }

    /// Waits until that many notifications were displayed, and returns them all.
    pub async fn notices_shown(&self, count: usize) -> Vec<Shown> {
        let shown = until(&format!("{count} notices"), async || {
            let shown = self.notices();
            if shown.len() >= count { Ok(shown) } else { Err(format!("{shown:#?}")) }
        })
        .await;
        assert_eq!(shown.len(), count, "no more than {count} notices, but: {shown:#?}");
        shown
    }

    /// Clicks on the newest notification, once it is drawn and no longer moves.
    pub async fn click_notice(&self) {
        let window = self.window("^Dunst$").await;
        let mut before = None;
        let area = until("a notice that stands still", async || {
            let area = self.area(window);
            let drawn = self.shot().crop(area).colours() > 2;
            let still = before.replace(area) == Some(area);
            if drawn && still { Ok(area) } else { Err(format!("{area:?}, drawn: {drawn}")) }
        })
        .await;
        self.click(area.x + area.width / 2, area.y + area.height.min(40) / 2);
    }

    /// Waits until no notification is on the screen.
    pub async fn no_notice_on_screen(&self) {
        self.no_window("^Dunst$").await;
    }

    /// Removes all notifications from the screen.
    pub async fn close_notices(&self) {
        self.run("dunstctl", &["close-all"]).expect("the daemon closes its notices");
        until_within(crate::LIMIT, "an empty screen", async || {
            if self.windows("^Dunst$").is_empty() { Ok(()) } else { Err("a notice".to_owned()) }
        })
        .await;
    }

    /// The file with the record of what was displayed.
    #[must_use]
    pub fn notices_file(&self) -> std::path::PathBuf {
        self.logs().join("notices")
    }
}

// dunst passes each field in the environment. The separators are ASCII's own separator characters, which appear in no
// text.
const HOOK: &str = r#"#!/bin/sh
printf '%s\037%s\037%s\037%s\037%s\036' \
    "$DUNST_ID" "$DUNST_APP_NAME" "$DUNST_SUMMARY" "$DUNST_BODY" "$DUNST_URGENCY" >>"LOG"
"#;

const DUNST: &str = r##"[global]
    follow = none
    width = 400
    height = 300
    origin = bottom-left
    offset = 20x20
    notification_limit = 0
    idle_threshold = 0
    show_age_threshold = -1
    scale = SCALE
    font = Sans POINTS
    padding = 12
    horizontal_padding = 14
    frame_width = 1
    frame_color = "#c8d2d6"
    show_indicators = no
    mouse_left_click = do_action, close_current
[urgency_low]
    timeout = 0
    background = "#ffffff"
    foreground = "#1b2529"
[urgency_normal]
    timeout = 0
    background = "#ffffff"
    foreground = "#1b2529"
[urgency_critical]
    timeout = 0
    background = "#ffffff"
    foreground = "#1b2529"
[record]
    summary = "*"
    script = HOOK
"##;
