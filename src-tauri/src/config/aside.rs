//! Settings files that cannot be used as they are: kept, never overwritten.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use tidemark_core::message::Remark;
use tidemark_core::settings::{SCHEMA, Settings};

use super::{Loaded, Paths, files};

/// Copies the file to a dated name, before what did not fit in it is written over.
pub(super) fn copy_mended(paths: &Paths, now: Timestamp) -> std::io::Result<()> {
    let kept_as = copy(paths, "settings.broken", now)?;
    tracing::warn!(kept_as, "the settings file was copied aside before it is mended");
    Ok(())
}

/// Moves the file away under a dated name; what could be read of it goes on.
pub(super) fn move_broken(paths: &Paths, settings: Settings, now: Timestamp) -> Loaded {
    match files::move_aside(&paths.settings, "settings.broken", "json", now) {
        Ok(kept_as) => {
            tracing::warn!(kept_as, "the settings file could not be read and was kept aside");
            Loaded { settings, remark: Some(Remark::SettingsBroken { kept_as }), writable: true }
        }
        Err(_) => untouched(paths, settings),
    }
}

/// Leaves the file where it is and writes nothing over it.
pub(super) fn untouched(paths: &Paths, settings: Settings) -> Loaded {
    let kept_as = name_of(&paths.settings);
    let remark = if settings.schema > SCHEMA {
        Remark::SettingsNewer { kept_as }
    } else {
        Remark::SettingsBroken { kept_as }
    };
    Loaded { settings, remark: Some(remark), writable: false }
}

/// Keeps one copy per schema as the newer version wrote it, before this version changes anything in it.
pub(super) fn copy_newer(paths: &Paths, settings: Settings, now: Timestamp) -> Loaded {
    let stem = format!("settings.newer-{}", settings.schema);
    let copied = match existing(paths.folder(), &stem) {
        Some(name) => Ok(name),
        None => copy(paths, &stem, now),
    };
    match copied {
        Ok(kept_as) => Loaded { settings, remark: Some(Remark::SettingsNewer { kept_as }), writable: true },
        Err(_) => untouched(paths, settings),
    }
}

fn copy(paths: &Paths, stem: &str, now: Timestamp) -> std::io::Result<String> {
    let name = files::free_name(&paths.settings, stem, "json", now);
    files::replace(&paths.settings.with_file_name(&name), &fs::read(&paths.settings)?)?;
    Ok(name)
}

fn existing(folder: &Path, stem: &str) -> Option<String> {
    let prefix = format!("{stem}-");
    let entries = fs::read_dir(folder).ok()?.flatten();
    entries.filter_map(|e| e.file_name().into_string().ok()).find(|name| name.starts_with(&prefix))
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
