//! Keeps the keys in this process out of core dumps and away from other programs of the user.

use std::io;

/// Switches core dumps off for this process, and on Linux makes its memory unreadable for other programs of the user.
/// Called before any key can be read. The limit on core files is inherited, so it holds for the page's processes too.
///
/// # Errors
///
/// If the system rejects the change; the memory is as readable as that of any other program then.
pub fn protect_memory() -> io::Result<()> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let maximum = getrlimit(Resource::Core).maximum;
        setrlimit(Resource::Core, Rlimit { current: Some(0), maximum })?;
    }
    linux::set_dumpable(false)
}

/// Raises the limit on open files to 65,536, or to what the system allows. wry leaves one shared memory file open for
/// each window that was opened (see `ARCHITECTURE.md`, "Workarounds"), and the usual limit of 1024 files would be reached
/// after some 980 windows.
///
/// # Errors
///
/// If the system rejects the change; the limit stays as it is then.
#[cfg(unix)]
pub fn raise_file_limit() -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = maximum.map_or(FILE_LIMIT, |maximum| maximum.min(FILE_LIMIT));
    if current.is_some_and(|current| current < wanted) {
        setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum })?;
    }
    Ok(())
}

/// Enough for years of opened windows.
#[cfg(unix)]
const FILE_LIMIT: u64 = 65_536;

/// Lets the desktop portal inspect this process for as long as the value exists.
///
/// The portal opens `/proc/PID/root` to see whether a caller is in a sandbox, which fails for a process that is not
/// dumpable; it rejects the call then. It caches the result for as long as the caller's bus connection lasts, so the
/// first call of each connection is enough.
#[derive(Debug)]
#[must_use = "the process can only be inspected while this exists"]
pub struct Inspectable(());

impl Inspectable {
    /// Makes the process inspectable.
    pub fn new() -> Self {
        linux::count_inspectable(1);
        Self(())
    }
}

impl Default for Inspectable {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Inspectable {
    fn drop(&mut self) {
        linux::count_inspectable(-1);
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::io;
    use std::sync::{Mutex, PoisonError};

    use rustix::process::{DumpableBehavior, set_dumpable_behavior};

    /// How many [`super::Inspectable`] exist.
    static INSPECTABLE: Mutex<isize> = Mutex::new(0);

    pub(super) fn set_dumpable(dumpable: bool) -> io::Result<()> {
        let behavior = if dumpable { DumpableBehavior::Dumpable } else { DumpableBehavior::NotDumpable };
        Ok(set_dumpable_behavior(behavior)?)
    }

    pub(super) fn count_inspectable(change: isize) {
        let mut count = INSPECTABLE.lock().unwrap_or_else(PoisonError::into_inner);
        *count = count.saturating_add(change);
        if let Err(error) = set_dumpable(*count > 0) {
            tracing::warn!(%error, "the protection of this process's memory could not be changed");
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod linux {
    pub(super) const fn set_dumpable(_dumpable: bool) -> std::io::Result<()> {
        Ok(())
    }

    pub(super) const fn count_inspectable(_change: isize) {}
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};

    use super::*;

    #[test]
    fn memory_is_protected_except_while_the_portal_looks() {
        let is_dumpable = || dumpable_behavior().unwrap() == DumpableBehavior::Dumpable;
        protect_memory().unwrap();
        assert!(!is_dumpable());
        assert_eq!(getrlimit(Resource::Core).current, Some(0));
        let (first, second) = (Inspectable::new(), Inspectable::new());
        assert!(is_dumpable());
        drop(first);
        assert!(is_dumpable(), "the second still needs it");
        drop(second);
        assert!(!is_dumpable());
    }
}
