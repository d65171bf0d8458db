//! The window's colours: the system's, or those the user wants.
//!
//! Sets GTK's theme properties, which the page follows by `prefers-color-scheme`. The system is followed only while a
//! window is open.

use std::sync::{Mutex, PoisonError};

use tauri::AppHandle;
use tauri::Manager as _;
use tidemark_core::settings::Theme;

/// The user's preference, the system's colours and what is set in GTK.
#[derive(Debug, Default)]
pub struct ThemeState(Mutex<Selection>);

#[derive(Debug, Default)]
struct Selection {
    preference: Theme,
    /// Whether the desktop prefers dark programs; `None` if it does not report it.
    system_is_dark: Option<bool>,
    follower: Option<tokio::task::AbortHandle>,
    overrides: GtkOverrides,
}

/// Which GTK properties are set and not yet reset. Changing one makes GTK read its whole theme again, which delays a
/// window that opens.
#[derive(Clone, Copy, Debug, Default)]
struct GtkOverrides {
    dark: bool,
    name: bool,
}

/// Sets the user's preference, and applies it immediately if the colours change.
pub fn set_preference(app: &AppHandle, theme: Theme) {
    change(app, |selection| selection.preference = theme);
}

/// Applies the colours and starts to follow the system, when a window opens.
pub fn start_following(app: &AppHandle) {
    apply(app, effective_dark(app));
    let handle = app.clone();
    let follower = tauri::async_runtime::spawn(async move {
        let heard = handle.clone();
        system::follow(move |is_dark| change(&heard, |selection| selection.system_is_dark = is_dark)).await;
    });
    let tauri::async_runtime::JoinHandle::Tokio(follower) = follower;
    let former = with(app, |selection| selection.follower.replace(follower.abort_handle()));
    if let Some(former) = former {
        former.abort();
    }
}

/// Stops following the system, when the window is closed.
pub fn stop_following(app: &AppHandle) {
    if let Some(follower) = with(app, |selection| selection.follower.take()) {
        follower.abort();
    }
}

fn change(app: &AppHandle, change: impl FnOnce(&mut Selection)) {
    let before = effective_dark(app);
    with(app, change);
    let now = effective_dark(app);
    if now != before {
        let handle = app.clone();
        // Fails only when the app is ending.
        let _ = app.run_on_main_thread(move || apply(&handle, now));
    }
}

/// Must run on the main thread.
fn apply(app: &AppHandle, is_dark: Option<bool>) {
    let mut overrides = with(app, |selection| selection.overrides);
    system::apply(app, is_dark, &mut overrides);
    with(app, |selection| selection.overrides = overrides);
}

/// Returns the colours to use; `None` for what the toolkit itself takes for the system's.
fn effective_dark(app: &AppHandle) -> Option<bool> {
    with(app, |selection| match selection.preference {
        Theme::System => selection.system_is_dark,
        Theme::Light => Some(false),
        Theme::Dark => Some(true),
    })
}

fn with<T>(app: &AppHandle, act: impl FnOnce(&mut Selection) -> T) -> T {
    act(&mut app.state::<ThemeState>().0.lock().unwrap_or_else(PoisonError::into_inner))
}

#[cfg(target_os = "linux")]
mod system {
    use futures_util::StreamExt as _;
    use gtk::prelude::GtkSettingsExt as _;
    use tauri::AppHandle;
    use zbus::{OwnedVariant, Variant};

    use super::GtkOverrides;
    use crate::desktop::dbus::{self, within};
    use crate::hardening::Inspectable;

    /// How long the portal may take to answer.
    const PORTAL_LIMIT: std::time::Duration = std::time::Duration::from_secs(2);

    const PORTAL: &str = "org.freedesktop.portal.Desktop";
    const PATH: &str = "/org/freedesktop/portal/desktop";
    const SETTINGS: &str = "org.freedesktop.portal.Settings";
    const GROUP: &str = "org.freedesktop.appearance";
    const KEY: &str = "color-scheme";

    const DARK: &str = "gtk-application-prefer-dark-theme";
    const NAME: &str = "gtk-theme-name";

    /// Sets GTK's properties; the page's engine reads the same two.
    pub(super) fn apply(_app: &AppHandle, is_dark: Option<bool>, overrides: &mut GtkOverrides) {
        let Some(settings) = gtk::Settings::default() else { return };
        if std::mem::take(&mut overrides.name) {
            settings.reset_property(NAME);
        }
        let Some(is_dark) = is_dark else {
            if std::mem::take(&mut overrides.dark) {
                settings.reset_property(DARK);
            }
            return;
        };
        if !std::mem::replace(&mut overrides.dark, true)
            || settings.is_gtk_application_prefer_dark_theme() != is_dark
        {
            settings.set_gtk_application_prefer_dark_theme(is_dark);
        }
        if is_dark {
            return;
        }
        // A theme whose name ends in `-dark` has a light one without the suffix.
        let name = settings.gtk_theme_name().unwrap_or_default();
        if let Some(light) = name.strip_suffix("-dark").or_else(|| name.strip_suffix("-Dark")) {
            settings.set_gtk_theme_name(Some(light));
            overrides.name = true;
        }
    }

    /// Reports the colour scheme of the desktop's portal, now and whenever it changes. Desktops that keep it elsewhere
    /// have no portal, or one that does not report it.
    pub(super) async fn follow(mut tell: impl FnMut(Option<bool>)) {
        if dbus::has_owner(PORTAL).await != Some(true) {
            return;
        }
        let Ok(bus) = zbus::Connection::session().await else { return };
        let changes = zbus::MatchRule::builder()
            .msg_type(zbus::message::Type::Signal)
            .interface(SETTINGS)
            .member("SettingChanged")
            .add_arg(GROUP)
            .add_arg(KEY)
            .build();
        let Ok(changes) = changes else { return };
        let changes = zbus::MessageStream::for_match_rule(changes, &bus, None).await;
        let asked = {
            let _inspectable = Inspectable::new();
            // A portal that hangs may still send changes later.
            let read = bus.call_method(Some(PORTAL), PATH, Some(SETTINGS), "Read", &(GROUP, KEY));
            within(PORTAL_LIMIT, read).await
        };
        if let Ok(value) = asked.and_then(|reply| reply.body().deserialize::<OwnedVariant>()) {
            tell(parse_color_scheme(&value));
        }
        let Ok(mut changes) = changes else { return };
        while let Some(change) = changes.next().await {
            let said = change.and_then(|c| c.body().deserialize::<(String, String, OwnedVariant)>());
            if let Ok((_, _, value)) = said {
                tell(parse_color_scheme(&value));
            }
        }
    }

    /// Parses 1 as dark and 2 as light. The portal wraps the value once or twice.
    fn parse_color_scheme(value: &Variant<'_>) -> Option<bool> {
        match value {
            Variant::Variant(inner) => parse_color_scheme(inner),
            Variant::U32(1) => Some(true),
            Variant::U32(2) => Some(false),
            _ => None,
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn the_portals_color_scheme_is_read_however_deep_it_is_wrapped() {
            let twice = Variant::Variant(Box::new(Variant::Variant(Box::new(Variant::U32(1)))));
            assert_eq!(parse_color_scheme(&twice), Some(true));
            assert_eq!(parse_color_scheme(&Variant::U32(2)), Some(false));
            assert_eq!(parse_color_scheme(&Variant::U32(0)), None);
            assert_eq!(parse_color_scheme(&Variant::from("dark")), None);
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use tauri::{AppHandle, Theme};

    use super::GtkOverrides;

    /// With `None` these systems follow their own setting.
    pub(super) fn apply(app: &AppHandle, is_dark: Option<bool>, _overrides: &mut GtkOverrides) {
        app.set_theme(is_dark.map(|dark| if dark { Theme::Dark } else { Theme::Light }));
    }

    /// Does nothing: the window follows the system by itself.
    pub(super) async fn follow(_tell: impl FnMut(Option<bool>)) {}
}
