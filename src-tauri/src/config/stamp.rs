//! Detects without reading it that a file or folder was replaced or that its content changed.

use std::fs::{self, Metadata};
use std::path::Path;
use std::time::SystemTime;

/// Distinguishes a folder from another one with the same name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Identity {
    #[cfg(unix)]
    inode: (u64, u64),
    #[cfg(not(unix))]
    path: std::path::PathBuf,
}

impl Identity {
    #[cfg(unix)]
    pub(super) fn of(metadata: &Metadata, _: &Path) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        Self { inode: (metadata.dev(), metadata.ino()) }
    }

    #[cfg(not(unix))]
    pub(super) fn of(_: &Metadata, path: &Path) -> Self {
        Self { path: path.to_owned() }
    }
}

/// Changes with the content of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    identity: Identity,
    size: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    pub(super) fn of(file: &Path) -> Option<Self> {
        let metadata = fs::metadata(file).ok()?;
        Some(Self {
            identity: Identity::of(&metadata, file),
            size: metadata.len(),
            modified: metadata.modified().ok(),
        })
    }
}
