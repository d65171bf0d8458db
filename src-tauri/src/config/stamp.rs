//! What tells a file or folder from another one, and from its former content, without reading it.

use std::fs::{self, Metadata};
use std::path::Path;
use std::time::SystemTime;

/// What tells a folder from another one of the same name.
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

/// What changes with the content of a file.
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
