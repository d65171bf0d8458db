//! The clipboard: a key that the user wants to paste, or a report that is no secret.
//!
//! A key is removed after 45 s, but not what another program has copied since. Clipboard managers are asked to keep no
//! copy, where there is a way to ask. The page is not involved.

use std::time::Duration;

use jiff::Timestamp;
use tauri::AppHandle;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::error::{AppError, Code};
use crate::key::ApiKey;

/// How long a key stays on the clipboard.
const SECRET_LIFETIME: Duration = Duration::from_secs(45);
/// How often the wall clock is checked meanwhile.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);

/// Puts a key on the clipboard and removes it after 45 s, if it is still there.
///
/// # Errors
///
/// If the desktop does not give access to its clipboard, or the app is ending.
pub async fn copy_secret(app: &AppHandle, key: ApiKey) -> Result<(), AppError> {
    let (tell, told) = oneshot::channel();
    // The clipboard must be used on the main thread.
    let asked = app.run_on_main_thread(move || drop(tell.send(system::put(key))));
    let secret = match asked {
        Ok(()) => told.await.ok().flatten(),
        Err(_) => None,
    };
    let Some(secret) = secret else {
        return Err(AppError::new(
            Code::Other,
            "The key could not be put on the clipboard. Try again, or use `tidemark key`.",
        ));
    };
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        wait_for_removal(Timestamp::now).await;
        // Fails only when the app is ending, which also ends the clipboard's content.
        let _ = app.run_on_main_thread(move || system::clear_if_ours(&secret));
    });
    Ok(())
}

/// Waits for 45 s, including time in which the machine slept.
///
/// The monotonic clock stops in sleep, and the wall clock can be set. The wait ends when either of them has moved that
/// far; a wall clock that was set ends it early, never late.
async fn wait_for_removal(now: impl Fn() -> Timestamp) {
    let (began, ends) = (now(), Instant::now() + SECRET_LIFETIME);
    while Instant::now() < ends && now().duration_since(began).unsigned_abs() < SECRET_LIFETIME {
        tokio::time::sleep_until(ends.min(Instant::now() + CHECK_INTERVAL)).await;
    }
}

/// Puts a text that is no secret on the clipboard; it stays there.
///
/// # Errors
///
/// If the desktop does not give access to its clipboard, or the app is ending.
pub async fn put(app: &AppHandle, text: String) -> Result<(), AppError> {
    let (tell, told) = oneshot::channel();
    let asked = app.run_on_main_thread(move || {
        let _ = tell.send(system::put_text(&text));
    });
    let is_put = asked.is_ok() && told.await.unwrap_or(false);
    is_put.then_some(()).ok_or_else(|| {
        AppError::new(
            Code::Other,
            "Nothing could be put on the clipboard. `tidemark doctor` prints the same.",
        )
    })
}

#[cfg(target_os = "linux")]
mod system {
    use std::sync::{Arc, Weak};

    use gtk::gdk::{Atom, SELECTION_CLIPBOARD};
    use gtk::{Clipboard, TargetEntry, TargetFlags};

    use crate::key::ApiKey;

    /// Target names of text: those of X11, and the types of Wayland and of newer programs.
    const TEXT: [&str; 5] = ["UTF8_STRING", "text/plain;charset=utf-8", "STRING", "TEXT", "text/plain"];
    /// By this target Klipper and other clipboard managers recognise a secret, and keep no copy.
    const HINT: &str = "x-kde-passwordManagerHint";

    const AS_TEXT: u32 = 0;
    const AS_HINT: u32 = 1;

    /// The key, for as long as the clipboard holds it: GTK drops it when another program replaces the content.
    pub(super) type SecretOnClipboard = Weak<ApiKey>;

    pub(super) fn put(key: ApiKey) -> Option<SecretOnClipboard> {
        let texts = TEXT.iter().map(|name| TargetEntry::new(name, TargetFlags::empty(), AS_TEXT));
        let hint = TargetEntry::new(HINT, TargetFlags::empty(), AS_HINT);
        let targets: Vec<TargetEntry> = texts.chain([hint]).collect();
        let held = Arc::new(key);
        let secret = Arc::downgrade(&held);
        let taken = clipboard().set_with_data(&targets, move |_, asked, wanted| {
            if wanted == AS_HINT {
                asked.set(&Atom::intern(HINT), 8, b"secret");
            } else {
                asked.set_text(held.expose());
            }
        });
        taken.then_some(secret)
    }

    pub(super) fn put_text(text: &str) -> bool {
        clipboard().set_text(text);
        true
    }

    pub(super) fn clear_if_ours(secret: &SecretOnClipboard) {
        if secret.strong_count() > 0 {
            clipboard().clear();
        }
    }

    fn clipboard() -> Clipboard {
        Clipboard::get(&SELECTION_CLIPBOARD)
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use arboard::{Clipboard, Set};

    use crate::key::ApiKey;

    /// The key, to be compared later with what is on the clipboard.
    pub(super) type SecretOnClipboard = ApiKey;

    pub(super) fn put(key: ApiKey) -> Option<SecretOnClipboard> {
        let mut clipboard = Clipboard::new().ok()?;
        exclude_from_history(clipboard.set()).text(key.expose()).ok()?;
        Some(key)
    }

    pub(super) fn put_text(text: &str) -> bool {
        Clipboard::new().is_ok_and(|mut clipboard| clipboard.set_text(text).is_ok())
    }

    pub(super) fn clear_if_ours(secret: &SecretOnClipboard) {
        let Ok(mut clipboard) = Clipboard::new() else { return };
        let is_there = clipboard.get_text().is_ok_and(|text| {
            // As an `ApiKey`, this copy is erased like every other copy of a key.
            ApiKey::from_stored(text.into_bytes()).is_some_and(|key| key.same_as(secret))
        });
        if is_there && let Err(error) = clipboard.clear() {
            tracing::warn!(%error, "the clipboard could not be cleared");
        }
    }

    #[cfg(windows)]
    fn exclude_from_history(set: Set<'_>) -> Set<'_> {
        use arboard::SetExtWindows as _;
        set.exclude_from_monitoring()
    }

    #[cfg(target_os = "macos")]
    fn exclude_from_history(set: Set<'_>) -> Set<'_> {
        use arboard::SetExtApple as _;
        set.exclude_from_history()
    }

    #[cfg(not(any(windows, target_os = "macos")))]
    fn exclude_from_history(set: Set<'_>) -> Set<'_> {
        set
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use jiff::SignedDuration;

    use super::*;

    /// Returns how long the wait takes by the monotonic clock if the wall clock jumps after `leap_after` seconds.
    async fn waits(leap_after: u64, leap: SignedDuration) -> Duration {
        let began = Instant::now();
        let wall = || {
            let passed = began.elapsed();
            let leapt = if passed >= Duration::from_secs(leap_after) { leap } else { SignedDuration::ZERO };
            Timestamp::UNIX_EPOCH + SignedDuration::try_from(passed).unwrap() + leapt
        };
        wait_for_removal(wall).await;
        began.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_stays_for_45_s_awake_and_not_beyond_a_sleep() {
        let (hour, minute) = (SignedDuration::from_hours(1), SignedDuration::from_mins(1));
        for (what, leap_after, leap, expected) in [
            ("no leap", 0, SignedDuration::ZERO, 45),
            ("an hour of sleep", 10, hour, 10),
            ("a sleep of twenty seconds", 10, SignedDuration::from_secs(20), 25),
            ("a clock set back by a minute", 10, -minute, 10),
            ("a clock set back by twenty seconds", 10, SignedDuration::from_secs(-20), 45),
        ] {
            let waited = waits(leap_after, leap).await.as_secs();
            assert!((expected..=expected + 1).contains(&waited), "{what}: {waited} s");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_wall_clock_that_is_set_back_again_and_again_does_not_extend_the_wait() {
        let looks = Cell::new(0_i64);
        let wall = || {
            looks.set(looks.get() + 1);
            Timestamp::UNIX_EPOCH - SignedDuration::from_millis(looks.get())
        };
        let began = Instant::now();
        wait_for_removal(wall).await;
        assert_eq!(began.elapsed(), SECRET_LIFETIME);
    }
}
