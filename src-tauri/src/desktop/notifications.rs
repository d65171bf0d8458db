//! Notifications, shown by the desktop's own service.
//!
//! A service that hangs or is absent delays nothing, and is sent no notification that it would show only long after.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use notify_rust::{Notification, NotificationHandle};
use tidemark_core::account::AccountId;
use tidemark_core::alert::{Notice, NoticeAction, NoticeKind};

/// How long showing a notification may take, including the wait for earlier ones.
const LIMIT: Duration = Duration::from_secs(2);

/// How many notifications can be clicked at a time. Each costs a connection until it closes, and some never close.
const MAX_SHOWN: usize = 8;

/// The desktop's notification service. Clones share what is shown.
#[derive(Clone)]
pub struct Notifier {
    state: Arc<NotifierState>,
}

struct NotifierState {
    on_press: Box<dyn Fn(NoticeAction, Option<AccountId>) + Send + Sync>,
    /// Notifications are sent one at a time: each needs the id of the previous one of its slot.
    send_lock: tokio::sync::Mutex<()>,
    /// Shown notifications that may be clicked, oldest first.
    shown: Mutex<VecDeque<Shown>>,
}

struct Shown {
    slot: ReplaceSlot,
    #[cfg(target_os = "linux")]
    id: u32,
    /// The unique bus name of the service that gave the id.
    #[cfg(target_os = "linux")]
    service: String,
    waiter: tokio::task::AbortHandle,
}

/// A newer notification replaces the older one of the same slot. The slots: each account, all accounts, and tests.
#[derive(Clone, Debug, PartialEq, Eq)]
struct ReplaceSlot {
    account: Option<AccountId>,
    is_test: bool,
}

impl ReplaceSlot {
    fn of(notice: &Notice) -> Self {
        Self { account: notice.account.clone(), is_test: notice.kind == NoticeKind::Test }
    }
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
    /// `on_press` is called on a runtime thread with what was pressed on a notification, and the account it is about. A
    /// click on the notification itself is [`NoticeAction::Open`].
    #[must_use]
    pub fn new(on_press: impl Fn(NoticeAction, Option<AccountId>) + Send + Sync + 'static) -> Self {
        let (send_lock, shown) = (tokio::sync::Mutex::default(), Mutex::default());
        Self { state: Arc::new(NotifierState { on_press: Box::new(on_press), send_lock, shown }) }
    }

    /// Shows a notification in place of the previous one of its slot; returns within 2 s whether the service took it.
    pub async fn show(&self, notice: &Notice) -> bool {
        tokio::time::timeout(LIMIT, self.try_show(notice)).await.unwrap_or(false)
    }

    async fn try_show(&self, notice: &Notice) -> bool {
        let _lock = self.state.send_lock.lock().await;
        let Some(capabilities) = platform::capabilities().await else { return false };
        let mut notification = build(notice, &capabilities);
        #[cfg(target_os = "linux")]
        if let Some(id) = self.former_id(&ReplaceSlot::of(notice), &capabilities.service) {
            notification.id(id);
        }
        match platform::show(notification).await {
            Ok(handle) => {
                self.wait_for_press(handle, ReplaceSlot::of(notice), capabilities);
                true
            }
            Err(error) => {
                tracing::info!(%error, "a notice could not be shown");
                false
            }
        }
    }

    #[cfg(target_os = "linux")]
    fn former_id(&self, slot: &ReplaceSlot, service: &str) -> Option<u32> {
        // Another service may have given the same id to another program's notification.
        self.shown().iter().find(|s| s.slot == *slot && s.service == service).map(|s| s.id)
    }

    fn wait_for_press(&self, handle: NotificationHandle, slot: ReplaceSlot, capabilities: Capabilities) {
        #[cfg(target_os = "linux")]
        let id = handle.id();
        let (state, whose) = (Arc::downgrade(&self.state), slot.account.clone());
        // Held until this notification is in the list; otherwise one that closes immediately would stay in it.
        let mut shown = self.shown();
        let waiter = tokio::spawn(async move {
            let pressed = platform::pressed(handle).await;
            let Some(state) = state.upgrade() else { return };
            let mut shown = state.shown.lock().unwrap_or_else(PoisonError::into_inner);
            // Removes this notification only, not a newer one of the same slot.
            shown.retain(|s| s.waiter.id() != tokio::task::id());
            drop(shown);
            if let Some(action) = pressed {
                (state.on_press)(action, whose);
            }
        });
        shown.retain(|s| s.slot != slot);
        shown.push_back(Shown {
            slot,
            #[cfg(target_os = "linux")]
            id,
            #[cfg(target_os = "linux")]
            service: capabilities.service,
            waiter: waiter.abort_handle(),
        });
        while shown.len() > MAX_SHOWN {
            shown.pop_front();
        }
    }

    /// Forgets what is shown, because the service that showed it is gone and its ids are no longer valid.
    pub fn forget(&self) {
        self.shown().clear();
    }

    /// Closes what is still shown, on Linux only. On other systems it is only forgotten.
    pub fn withdraw(&self) {
        let shown = std::mem::take(&mut *self.shown());
        #[cfg(target_os = "linux")]
        if !shown.is_empty() {
            let ids: Vec<u32> = shown.iter().map(|s| s.id).collect();
            tokio::spawn(tokio::time::timeout(LIMIT, platform::close(ids)));
        }
        drop(shown);
    }

    fn shown(&self) -> MutexGuard<'_, VecDeque<Shown>> {
        self.state.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the service supports.
#[derive(Clone, Debug)]
struct Capabilities {
    /// The unique bus name of the service that reported this.
    #[cfg(target_os = "linux")]
    service: String,
    /// The body is read as markup, so special characters must be escaped.
    markup: bool,
    /// Notifications can be clicked and have buttons.
    actions: bool,
}

fn build(notice: &Notice, capabilities: &Capabilities) -> Notification {
    let mut notification = Notification::new();
    notification.appname("Tidemark").summary(&notice.title);
    if capabilities.markup {
        notification.body(&escaped(&notice.body));
    } else {
        notification.body(&notice.body);
    }
    if capabilities.actions {
        // The default action is a click on the notification itself; most services never show its label.
        let open = notice.buttons.iter().find(|b| b.does == NoticeAction::Open);
        notification.action("default", open.map_or("Tidemark", |button| &button.label));
        for button in &notice.buttons {
            notification.action(name(button.does), &button.label);
        }
    }
    #[cfg(target_os = "linux")]
    {
        use notify_rust::{Hint, Urgency};
        notification.icon("tidemark").hint(Hint::DesktopEntry("tidemark".to_owned()));
        notification.urgency(if notice.urgent { Urgency::Critical } else { Urgency::Normal });
    }
    notification
}

const fn name(action: NoticeAction) -> &'static str {
    match action {
        NoticeAction::Open => "open",
        NoticeAction::Snooze => "snooze",
    }
}

/// Escapes only what has a meaning in markup; the ampersand comes first, or the other escapes would be escaped again.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(target_os = "linux")]
mod platform {
    use notify_rust::{Notification, NotificationHandle, NotificationResponse};

    use tidemark_core::alert::NoticeAction;

    use super::{Capabilities, name};

    const NAME: &str = "org.freedesktop.Notifications";
    const PATH: &str = "/org/freedesktop/Notifications";

    /// Asks the service what it supports. A service that does not answer is not sent the notification either: it would
    /// show all of them together once it works again.
    pub(super) async fn capabilities() -> Option<Capabilities> {
        let bus = zbus::Connection::session().await.ok()?;
        let reply = bus.call_method(Some(NAME), PATH, Some(NAME), "GetCapabilities", &()).await.ok()?;
        let names: Vec<String> = reply.body().deserialize().ok()?;
        let can = |wanted: &str| names.iter().any(|name| name == wanted);
        let service = reply.header().sender().map(ToString::to_string).unwrap_or_default();
        Some(Capabilities { service, markup: can("body-markup"), actions: can("actions") })
    }

    pub(super) async fn show(notification: Notification) -> notify_rust::error::Result<NotificationHandle> {
        notification.show_async().await
    }

    pub(super) async fn pressed(handle: NotificationHandle) -> Option<NoticeAction> {
        let mut pressed = None;
        let note = |response: &NotificationResponse| {
            pressed = match response {
                NotificationResponse::Default => Some(NoticeAction::Open),
                NotificationResponse::Action(key) => {
                    [NoticeAction::Open, NoticeAction::Snooze].into_iter().find(|action| name(*action) == key)
                }
                NotificationResponse::Reply(_) | NotificationResponse::Closed(_) => None,
            };
        };
        handle.wait_for_action_async(note).await;
        pressed
    }

    /// Errors are ignored: a notification that the service has forgotten needs no closing.
    pub(super) async fn close(ids: Vec<u32>) {
        let Ok(bus) = zbus::Connection::session().await else { return };
        for id in ids {
            let _ = bus.call_method(Some(NAME), PATH, Some(NAME), "CloseNotification", &id).await;
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod platform {
    use notify_rust::{Notification, NotificationHandle};
    use tidemark_core::alert::NoticeAction;

    use super::Capabilities;

    pub(super) async fn capabilities() -> Option<Capabilities> {
        Some(Capabilities { markup: false, actions: false })
    }

    /// These platforms' calls block.
    pub(super) async fn show(notification: Notification) -> notify_rust::error::Result<NotificationHandle> {
        let shown = tokio::task::spawn_blocking(move || notification.show()).await;
        shown.unwrap_or_else(|_| Err(notify_rust::error::ErrorKind::Msg("the call ended".to_owned()).into()))
    }

    /// Does not wait, because that blocks a thread for as long as the notification is shown. A click does only what the
    /// system does by itself.
    pub(super) async fn pressed(handle: NotificationHandle) -> Option<NoticeAction> {
        drop(handle);
        None
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
