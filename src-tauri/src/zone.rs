//! The user's time zone, read from the system and read again when it changes.
//!
//! jiff reads `TZ`, then `/etc/localtime`, and caches the result for five minutes. The app compares the files behind it
//! at every event, so that a changed zone is in use within 15 s, the longest time between two events.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use jiff::tz::{self, TimeZone};

/// The link to the system's zone.
const LOCALTIME: &str = "/etc/localtime";
/// The folder of the zone files that `TZ` names, unless `TZDIR` names another.
const ZONE_FILES: &str = "/usr/share/zoneinfo";

/// Reads the zone for a single use. A `TZ` that cannot be read falls back to the system's zone, and that to UTC.
pub(crate) fn current() -> TimeZone {
    TimeZone::try_system().unwrap_or_else(|_| fallback())
}

/// The zone of a long-running process.
#[derive(Debug)]
pub(crate) struct SystemZone {
    zone: TimeZone,
    stamp: Stamp,
}

impl SystemZone {
    /// Reads the zone, and logs one that cannot be read.
    pub(crate) fn read() -> Self {
        let stamp = Stamp::take(&watched_files());
        let zone = TimeZone::try_system().unwrap_or_else(|error| {
            let zone = fallback();
            tracing::warn!(%error, used = name(&zone), "the system's time zone cannot be read");
            zone
        });
        Self { zone, stamp }
    }

    /// Returns the zone as it was last read.
    pub(crate) fn get(&self) -> TimeZone {
        self.zone.clone()
    }

    /// Reads the zone again if the files behind it have changed. If it cannot be read, the last one stays in use.
    pub(crate) fn refresh(&mut self) {
        let stamp = Stamp::take(&watched_files());
        let is_changed = stamp != self.stamp;
        // On other systems the zone is not in a file, and reading it is cheap.
        if cfg!(unix) && !is_changed {
            return;
        }
        self.stamp = stamp;
        if is_changed {
            tz::db().reset();
        }
        tz::reset_system_time_zone_cache();
        match TimeZone::try_system() {
            Ok(zone) if zone != self.zone => {
                tracing::info!(from = name(&self.zone), to = name(&zone), "the time zone has changed");
                self.zone = zone;
            }
            Err(error) if is_changed => {
                tracing::warn!(%error, used = name(&self.zone), "the system's time zone cannot be read");
            }
            Ok(_) | Err(_) => {}
        }
    }
}

fn name(zone: &TimeZone) -> &str {
    zone.iana_name().unwrap_or("a zone without a name")
}

/// Returns the system's zone regardless of `TZ`, or UTC.
fn fallback() -> TimeZone {
    from_link(Path::new(LOCALTIME)).unwrap_or(TimeZone::UTC)
}

fn from_link(link: &Path) -> Option<TimeZone> {
    let target = std::fs::read_link(link).unwrap_or_default();
    let name = target.to_str().and_then(|target| target.rsplit_once("zoneinfo/")).map(|(_, name)| name);
    name.and_then(|name| TimeZone::get(name).ok())
        .or_else(|| TimeZone::tzif("", &std::fs::read(link).ok()?).ok())
}

/// Returns the files that the zone depends on.
fn watched_files() -> Vec<PathBuf> {
    let named = std::env::var_os("TZ").map(|named| zone_file(named, std::env::var_os("TZDIR")));
    std::iter::once(PathBuf::from(LOCALTIME)).chain(named).collect()
}

/// Returns the file that a value of `TZ` means: `Asia/Tokyo` in the folder of zone files, or an absolute path.
fn zone_file(named: OsString, folder: Option<OsString>) -> PathBuf {
    let named = match named.to_str().and_then(|named| named.strip_prefix(':')) {
        Some(named) => OsString::from(named),
        None => named,
    };
    folder.map_or_else(|| PathBuf::from(ZONE_FILES), PathBuf::from).join(named)
}

/// Changes whenever the zone changes.
#[derive(Debug, PartialEq, Eq)]
struct Stamp(Vec<FileStamp>);

/// The target of a link, and length and modification time of the file that it leads to.
#[derive(Debug, PartialEq, Eq)]
struct FileStamp {
    target: Option<PathBuf>,
    content: Option<(u64, SystemTime)>,
}

impl Stamp {
    fn take(files: &[PathBuf]) -> Self {
        let stamp = |file: &PathBuf| FileStamp {
            target: std::fs::read_link(file).ok(),
            content: std::fs::metadata(file).ok().and_then(|m| Some((m.len(), m.modified().ok()?))),
        };
        Self(files.iter().map(stamp).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn a_stamp_changes_with_the_links_target_and_with_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let (link, east, west) =
            (folder.path().join("localtime"), folder.path().join("east"), folder.path().join("west"));
        let mut seen = vec![Stamp::take(std::slice::from_ref(&link))];
        let mut changed = |what: &str| {
            let stamp = Stamp::take(std::slice::from_ref(&link));
            assert_eq!(stamp, Stamp::take(std::slice::from_ref(&link)), "{what}: nothing changed since");
            assert!(!seen.contains(&stamp), "{what}: {stamp:?}");
            seen.push(stamp);
        };
        std::fs::write(&east, "east").unwrap();
        std::os::unix::fs::symlink(&east, &link).unwrap();
        changed("the link was made");
        std::fs::write(&west, "west").unwrap();
        std::fs::remove_file(&link).unwrap();
        std::os::unix::fs::symlink(&west, &link).unwrap();
        changed("the link names another file");
        let hour = std::time::Duration::from_hours(1);
        std::fs::File::options()
            .append(true)
            .open(&west)
            .unwrap()
            .set_modified(SystemTime::now() - hour)
            .unwrap();
        changed("the file was written again with the same length");
        std::fs::remove_file(&link).unwrap();
        std::fs::write(&link, "its own").unwrap();
        changed("the link was replaced by a file");
    }

    #[test]
    fn the_file_behind_tz_is_found_by_name_and_by_path() {
        for (named, folder, file) in [
            ("Asia/Tokyo", None, "/usr/share/zoneinfo/Asia/Tokyo"),
            (":Asia/Tokyo", Some("/zones"), "/zones/Asia/Tokyo"),
            ("/etc/localtime", None, "/etc/localtime"),
            (":/etc/localtime", Some("/zones"), "/etc/localtime"),
        ] {
            assert_eq!(zone_file(named.into(), folder.map(Into::into)), PathBuf::from(file), "{named}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_zone_is_read_by_the_links_name_or_from_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("localtime");
        assert_eq!(from_link(&link), None, "no link");
        std::os::unix::fs::symlink("/missing/zoneinfo/Asia/Kathmandu", &link).unwrap();
        assert_eq!(from_link(&link).as_ref().and_then(TimeZone::iana_name), Some("Asia/Kathmandu"));
        std::fs::remove_file(&link).unwrap();
        std::fs::write(&link, "no zone at all").unwrap();
        assert_eq!(from_link(&link), None, "not a zone file");
    }
}
