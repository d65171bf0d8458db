//! Settings for tests of the whole app, read once at the start from the variable `TIDEMARK_TEST`.
//!
//! The variable is a list of `key=value` with commas between. It is used only where `TIDEMARK_API_BASE` sends every
//! request to this machine; otherwise it is ignored with a warning in the log, so that it can neither poll MiniMax
//! every second nor make the app of a user fail. The settings file cannot hold any of this.
//!
//! | setting | effect |
//! | --- | --- |
//! | `interval_seconds=N` | polls every `N` seconds (1 or more) instead of the minutes in the settings |
//! | `panic=controller` | the controller panics at the next "Check now" |
//! | `panic=ticks` | the controller panics at every tick |
//! | `panic=store` | the thread of the store panics at its next write |
//! | `panic=keyring` | the thread of the keyring panics at the next key it reads, writes or removes |
//! | `panic=notifications` | the task that shows a notification panics at the next one |
//!
//! `panic` may be given several times. Each of these panics happens once after the start and once more after each
//! "Check now"; that of the controller only at "Check now", that of its ticks each time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::SignedDuration;
use tidemark_core::endpoint::Hosts;

/// The part of the app that is made to panic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Component {
    /// The task that holds the monitor.
    Controller,
    /// The task that holds the monitor, at every tick.
    Ticks,
    /// The thread that writes the store.
    Store,
    /// The thread that uses the keyring.
    Keyring,
    /// The task that shows a notification.
    Notifications,
}

impl Component {
    const ALL: [Self; 5] = [Self::Controller, Self::Ticks, Self::Store, Self::Keyring, Self::Notifications];

    const fn name(self) -> &'static str {
        match self {
            Self::Controller => "controller",
            Self::Ticks => "ticks",
            Self::Store => "store",
            Self::Keyring => "keyring",
            Self::Notifications => "notifications",
        }
    }
}

/// What `TIDEMARK_TEST` requests; nothing for a user. Clones share which panics are still to happen.
#[derive(Clone, Debug, Default)]
pub struct TestHooks {
    /// Replaces the interval of the settings.
    pub poll_interval: Option<SignedDuration>,
    panics: Arc<[Trigger]>,
}

#[derive(Debug)]
struct Trigger {
    component: Component,
    is_armed: AtomicBool,
}

/// Why the value of `TIDEMARK_TEST` is not used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TestHooksError {
    /// Requests could reach MiniMax.
    #[error("TIDEMARK_TEST is ignored: TIDEMARK_API_BASE does not keep every request on this machine")]
    NotLoopback,
    /// An unknown setting or value.
    #[error("TIDEMARK_TEST is ignored: {0:?} is not understood")]
    Form(String),
}

impl TestHooks {
    /// Parses the value of the variable; an empty one requests nothing.
    ///
    /// # Errors
    ///
    /// [`TestHooksError`] if a real host could be reached, or if some part is not understood.
    pub fn parse(text: &str, hosts: &Hosts) -> Result<Self, TestHooksError> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        if !hosts.are_all_overridden() {
            return Err(TestHooksError::NotLoopback);
        }
        let mut poll_interval = None;
        let mut panics = Vec::new();
        for part in text.split(',').map(str::trim) {
            let not_understood = || TestHooksError::Form(part.to_owned());
            match part.split_once('=').ok_or_else(not_understood)? {
                ("interval_seconds", value) => {
                    let seconds = value.parse::<u32>().ok().filter(|seconds| *seconds > 0);
                    let seconds = seconds.ok_or_else(not_understood)?;
                    poll_interval = Some(SignedDuration::from_secs(i64::from(seconds)));
                }
                ("panic", value) => {
                    let component = Component::ALL.into_iter().find(|component| component.name() == value);
                    let component = component.ok_or_else(not_understood)?;
                    let is_armed = AtomicBool::new(component != Component::Controller);
                    panics.push(Trigger { component, is_armed });
                }
                _ => return Err(not_understood()),
            }
        }
        Ok(Self { poll_interval, panics: panics.into() })
    }

    /// Lets each requested panic happen once more. Called at each "Check now".
    pub fn arm(&self) {
        for trigger in self.panics.iter() {
            trigger.is_armed.store(true, Ordering::Relaxed);
        }
    }

    /// Panics if this was requested for the component and has not happened yet; for the ticks, each time.
    ///
    /// # Panics
    ///
    /// That is its purpose.
    #[track_caller]
    pub fn panic_if_requested(&self, component: Component) {
        for trigger in self.panics.iter().filter(|trigger| trigger.component == component) {
            let is_every_time = component == Component::Ticks;
            assert!(
                !(is_every_time || trigger.is_armed.swap(false, Ordering::Relaxed)),
                "TIDEMARK_TEST requests this panic in the {}",
                component.name()
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    fn loopback() -> Hosts {
        Hosts::from_override("http://127.0.0.1:9").unwrap()
    }

    fn panics(hooks: &TestHooks, component: Component) -> bool {
        catch_unwind(AssertUnwindSafe(|| hooks.panic_if_requested(component))).is_err()
    }

    #[test]
    fn it_is_ignored_where_a_real_host_could_be_asked() {
        let refused = |hosts: &Hosts| TestHooks::parse("interval_seconds=1", hosts).unwrap_err();
        assert_eq!(refused(&Hosts::default()), TestHooksError::NotLoopback);
        let half = Hosts::from_override("china=http://127.0.0.1:9").unwrap();
        assert_eq!(refused(&half), TestHooksError::NotLoopback);
        assert_eq!(TestHooks::parse(" ", &Hosts::default()).unwrap().poll_interval, None);
    }

    #[test]
    fn an_interval_is_one_second_or_more() {
        let hooks = TestHooks::parse("interval_seconds=1", &loopback()).unwrap();
        assert_eq!(hooks.poll_interval, Some(SignedDuration::from_secs(1)));
        for text in ["interval_seconds=0", "interval_seconds=-1", "interval_seconds", "panic=tray", "moon=1"]
        {
            assert_eq!(
                TestHooks::parse(text, &loopback()).unwrap_err(),
                TestHooksError::Form(text.to_owned())
            );
        }
    }

    #[test]
    fn a_requested_panic_happens_once_and_once_more_after_each_check() {
        let hooks =
            TestHooks::parse("panic=store, panic=controller,interval_seconds=2", &loopback()).unwrap();
        let shared = hooks.clone();
        assert!(!panics(&hooks, Component::Controller), "only at a check");
        assert!(panics(&hooks, Component::Store));
        assert!(!panics(&shared, Component::Store));
        assert!(!panics(&hooks, Component::Keyring));
        shared.arm();
        assert!(panics(&hooks, Component::Store) && panics(&hooks, Component::Controller));
        assert!(!panics(&hooks, Component::Store) && !panics(&hooks, Component::Keyring));
    }
}
