//! Notifications, shown by the desktop's own service.
//!
//! Owns their form, their clicks and how long the service may take. Refuses to let a hung or absent service hold up
//! anything, or to hand it what it would only show long after.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use notify_rust::{Notification, NotificationHandle};
use tidemark_core::account::AccountId;
use tidemark_core::alert::Notice;

/// The longest that showing a notice may take, waiting for former ones included.
const LIMIT: Duration = Duration::from_secs(2);

/// So many notices can be clicked at once; each costs a connection until it closes, and some never do.
const MOST_SHOWN: usize = 8;

/// The desktop's notification service. Clones share what is shown.
#[derive(Clone)]
pub struct Notifier {
    inside: Arc<Inside>,
}

struct Inside {
    on_click: Box<dyn Fn(AccountId) + Send + Sync>,
    /// One at a time: a notice needs the id of the account's former one.
    turn: tokio::sync::Mutex<()>,
    /// What is shown and may be clicked, oldest first.
    shown: Mutex<VecDeque<Shown>>,
}

struct Shown {
    account: AccountId,
    #[cfg(target_os = "linux")]
    id: u32,
    waiter: tokio::task::AbortHandle,
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.waiter.abort();
    }
}

impl fmt::Debug for Notifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notifier").finish_non_exhaustive()
    }
}

impl Notifier {
    /// Makes ready; `on_click` is told the account whose notice was clicked, on a runtime thread.
    #[must_use]
    pub fn new(on_click: impl Fn(AccountId) + Send + Sync + 'static) -> Self {
        let (turn, shown) = (tokio::sync::Mutex::default(), Mutex::default());
        Self { inside: Arc::new(Inside { on_click: Box::new(on_click), turn, shown }) }
    }

    /// Shows a notice in place of the account's former one; tells within 2 s whether the service took it.
    pub async fn show(&self, notice: &Notice) -> bool {
        tokio::time::timeout(LIMIT, self.try_show(notice)).await.unwrap_or(false)
    }

    async fn try_show(&self, notice: &Notice) -> bool {
        let _turn = self.inside.turn.lock().await;
        let Some(abilities) = platform::abilities().await else { return false };
        let mut notification = form(notice, abilities);
        #[cfg(target_os = "linux")]
        if let Some(id) = self.former_id(&notice.account) {
            notification.id(id);
        }
        match platform::show(notification).await {
            Ok(handle) => {
                self.wait_for_click(handle, &notice.account);
                true
            }
            Err(error) => {
                tracing::info!(%error, "a notice could not be shown");
                false
            }
        }
    }

    #[cfg(target_os = "linux")]
    fn former_id(&self, account: &AccountId) -> Option<u32> {
        self.shown().iter().find(|s| s.account == *account).map(|s| s.id)
    }

    fn wait_for_click(&self, handle: NotificationHandle, account: &AccountId) {
        #[cfg(target_os = "linux")]
        let id = handle.id();
        let (inside, whose) = (Arc::downgrade(&self.inside), account.clone());
        // Held until this one is in the list, or a notice that closes at once would stay in it.
        let mut shown = self.shown();
        let waiter = tokio::spawn(async move {
            let was_clicked = platform::was_clicked(handle).await;
            let Some(inside) = inside.upgrade() else { return };
            let mut shown = inside.shown.lock().unwrap_or_else(PoisonError::into_inner);
            // The account's newer notice is not this one's to take away.
            shown.retain(|s| s.waiter.id() != tokio::task::id());
            drop(shown);
            if was_clicked {
                (inside.on_click)(whose);
            }
        });
        shown.retain(|s| s.account != *account);
        shown.push_back(Shown {
            account: account.clone(),
            #[cfg(target_os = "linux")]
            id,
            waiter: waiter.abort_handle(),
        });
        while shown.len() > MOST_SHOWN {
            shown.pop_front();
        }
    }

    fn shown(&self) -> MutexGuard<'_, VecDeque<Shown>> {
        self.inside.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the service can do with a notice.
#[derive(Clone, Copy, Debug)]
struct Abilities {
    /// It reads the body as markup, so signs must be escaped.
    markup: bool,
    /// It takes a click.
    actions: bool,
}

fn form(notice: &Notice, abilities: Abilities) -> Notification {
    let mut notification = Notification::new();
    notification.appname("Tidemark").summary(&notice.title);
    if abilities.markup {
        notification.body(&escaped(&notice.body));
    } else {
        notification.body(&notice.body);
    }
    if abilities.actions {
        notification.action("default", "Open");
    }
    #[cfg(target_os = "linux")]
    {
        use notify_rust::{Hint, Urgency};
        notification.icon("tidemark").hint(Hint::DesktopEntry("tidemark".to_owned()));
        notification.urgency(if notice.urgent { Urgency::Critical } else { Urgency::Normal });
    }
    notification
}

/// Only what markup gives a meaning to; the ampersand first, or it would be escaped twice.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(target_os = "linux")]
mod platform {
    use notify_rust::{Notification, NotificationHandle, NotificationResponse};

    use super::Abilities;

    /// Asks the service what it can do. One that does not answer is not handed the notice either: it would show a
    /// heap of them when it comes back.
    pub(super) async fn abilities() -> Option<Abilities> {
        const NAME: &str = "org.freedesktop.Notifications";
        let bus = zbus::Connection::session().await.ok()?;
        let path = "/org/freedesktop/Notifications";
        let reply = bus.call_method(Some(NAME), path, Some(NAME), "GetCapabilities", &()).await.ok()?;
        let names: Vec<String> = reply.body().deserialize().ok()?;
        let can = |wanted: &str| names.iter().any(|name| name == wanted);
        Some(Abilities { markup: can("body-markup"), actions: can("actions") })
    }

    pub(super) async fn show(notification: Notification) -> notify_rust::error::Result<NotificationHandle> {
        notification.show_async().await
    }

    pub(super) async fn was_clicked(handle: NotificationHandle) -> bool {
        let mut was_clicked = false;
        let note = |response: &NotificationResponse| {
            was_clicked = matches!(response, NotificationResponse::Default);
        };
        handle.wait_for_action_async(note).await;
        was_clicked
    }
}

#[cfg(not(target_os = "linux"))]
mod platform {
    use notify_rust::{Notification, NotificationHandle};

    use super::Abilities;

    pub(super) async fn abilities() -> Option<Abilities> {
        Some(Abilities { markup: false, actions: false })
    }

    /// These platforms' calls block.
    pub(super) async fn show(notification: Notification) -> notify_rust::error::Result<NotificationHandle> {
        let shown = tokio::task::spawn_blocking(move || notification.show()).await;
        shown.unwrap_or_else(|_| Err(notify_rust::error::ErrorKind::Msg("the call ended".to_owned()).into()))
    }

    /// Waiting there blocks a thread for as long as the notice is shown, so a click only brings up what the system
    /// brings up.
    pub(super) async fn was_clicked(handle: NotificationHandle) -> bool {
        drop(handle);
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_that_mean_markup_are_shown_as_they_are() {
        assert_eq!(escaped("a <b>&amp; c</b>"), "a &lt;b&gt;&amp;amp; c&lt;/b&gt;");
        assert_eq!(escaped("72 % · 15:00"), "72 % · 15:00");
    }
}
