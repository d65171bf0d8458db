//! Settings files that cannot be used as they are: kept under another name, never overwritten.

use std::fs;
use std::io;
use std::path::Path;

use jiff::Timestamp;
use tidemark_core::message::Remark;
use tidemark_core::settings::{SCHEMA, Settings};

use super::{Loaded, Paths, SaveError, Unsaved, files, fresh, parse, unsaved};

const BROKEN: &str = "settings.broken";

/// Keeps the file also under a dated name before another one replaces it, and returns that name. Only what cannot be
/// linked or copied, such as a folder, is moved. The caller has already written the replacement to the disk.
pub(super) fn keep(paths: &Paths, now: Timestamp) -> io::Result<String> {
    let path = &paths.settings;
    if let Some(name) = kept_already(path) {
        return Ok(name);
    }
    let name = files::free_name(path, BROKEN, "json", now);
    let kept = path.with_file_name(&name);
    if let Err(error) = fs::hard_link(path, &kept) {
        let is_file = path.metadata().is_ok_and(|m| m.is_file());
        // Some file systems have no hard links.
        if !(is_file && copy(path, &kept).is_ok()) {
            fs::rename(path, &kept).map_err(|_| error)?;
        }
    }
    #[cfg(unix)]
    if kept.symlink_metadata().is_ok_and(|file| file.is_file()) {
        // An editor may have created it with the umask's mode. Its folder is private in any case.
        let _ = fs::set_permissions(&kept, std::os::unix::fs::PermissionsExt::from_mode(0o600));
    }
    files::sync_folder(&kept);
    Ok(name)
}

/// Keeps a copy of the file before its invalid values are overwritten.
pub(super) fn keep_mended(paths: &Paths, now: Timestamp) -> io::Result<()> {
    let kept_as = keep(paths, now)?;
    tracing::warn!(kept_as, "the settings file was kept aside before what did not fit in it is written over");
    Ok(())
}

/// Copies the last good copy to a dated name: it has accounts that the settings no longer have.
pub(super) fn keep_former(paths: &Paths, now: Timestamp) -> io::Result<()> {
    let name = files::free_name(&paths.settings, "settings.former", "json", now);
    copy(&paths.last_good(), &paths.settings.with_file_name(&name))?;
    tracing::warn!(kept_as = name, "accounts are gone from the settings file; a copy with them was kept");
    Ok(())
}

/// Moves the file away under a dated name; there is no copy to continue with.
pub(super) fn move_broken(paths: &Paths, now: Timestamp) -> Result<Loaded, Unsaved> {
    match files::move_aside(&paths.settings, BROKEN, "json", now) {
        Ok(kept_as) => {
            files::sync_folder(&paths.settings);
            tracing::warn!(kept_as, "the settings file could not be read and was kept aside");
            Ok(Loaded { remark: Some(Remark::SettingsBroken { kept_as }), ..fresh() })
        }
        Err(error) => unsaved(paths, Settings::default(), SaveError::Write(error)),
    }
}

/// Leaves the file in place and forbids overwriting it.
pub(super) fn untouched(paths: &Paths, settings: Settings) -> Loaded {
    let kept_as = name_of(&paths.settings);
    let remark = if settings.schema > SCHEMA {
        Remark::SettingsNewer { kept_as }
    } else {
        Remark::SettingsBroken { kept_as }
    };
    Loaded { settings, remark: Some(remark), writable: false }
}

/// Keeps one copy per schema as the newer version wrote it, before this version changes anything in the file.
pub(super) fn copy_newer(paths: &Paths, settings: Settings, now: Timestamp) -> Result<Loaded, Unsaved> {
    let stem = format!("settings.newer-{}", settings.schema);
    let copied = existing(paths.folder(), &stem).map_or_else(
        || {
            let name = files::free_name(&paths.settings, &stem, "json", now);
            copy(&paths.settings, &paths.settings.with_file_name(&name)).map(|()| name)
        },
        Ok,
    );
    match copied {
        Ok(kept_as) => {
            Ok(Loaded { settings, remark: Some(Remark::SettingsNewer { kept_as }), writable: true })
        }
        Err(error) => unsaved(paths, settings, SaveError::Write(error)),
    }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    files::replace_beside(to, &files::read_small(from, parse::LIMIT)?)
}

/// Finds the name under which this same file was kept earlier, by a process that ended before it replaced the file.
#[cfg(unix)]
fn kept_already(path: &Path) -> Option<String> {
    use std::os::unix::fs::MetadataExt as _;
    let file = path.symlink_metadata().ok().filter(|file| file.nlink() > 1)?;
    let prefix = format!("{BROKEN}-");
    let entries = fs::read_dir(path.parent()?).ok()?.flatten();
    let same = entries.filter(|entry| {
        entry.metadata().is_ok_and(|other| (other.dev(), other.ino()) == (file.dev(), file.ino()))
    });
    same.filter_map(|entry| entry.file_name().into_string().ok()).find(|name| name.starts_with(&prefix))
}

#[cfg(not(unix))]
fn kept_already(_path: &Path) -> Option<String> {
    None
}

fn existing(folder: &Path, stem: &str) -> Option<String> {
    let prefix = format!("{stem}-");
    let entries = fs::read_dir(folder).ok()?.flatten();
    entries.filter_map(|e| e.file_name().into_string().ok()).find(|name| name.starts_with(&prefix))
}

pub(super) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
