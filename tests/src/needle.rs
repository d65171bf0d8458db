//! Searches for a key in every place where it must not be: all files of the session, the output, arguments and
//! environments of its processes, and the notifications. The keyring's file is encrypted, so it is searched like any
//! other.

use std::fs;
use std::path::Path;

use crate::session::Session;

impl Session {
    /// Fails if a text is found in a file, an argument, an environment, a log or a notification of the session.
    pub fn nowhere(&self, needle: &str) {
        let found = self.search(needle);
        assert!(found.is_empty(), "the key {needle:?} is in {found:#?}");
    }

    /// The places where a text is found.
    #[must_use]
    pub fn search(&self, needle: &str) -> Vec<String> {
        let mut found = Vec::new();
        search_folder(self.folder(), needle.as_bytes(), &mut found);
        for pid in self.process_ids() {
            for part in ["cmdline", "environ"] {
                let path = format!("/proc/{pid}/{part}");
                if fs::read(&path).is_ok_and(|bytes| contains(&bytes, needle.as_bytes())) {
                    found.push(path);
                }
            }
        }
        found
    }
}

fn search_folder(folder: &Path, needle: &[u8], found: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        // Sockets and pipes hold no content.
        let Ok(kind) = fs::symlink_metadata(&path).map(|data| data.file_type()) else { continue };
        if kind.is_dir() {
            search_folder(&path, needle, found);
        } else if kind.is_file() && fs::read(&path).is_ok_and(|bytes| contains(&bytes, needle)) {
            found.push(path.display().to_string());
        }
    }
}

fn contains(hay: &[u8], needle: &[u8]) -> bool {
    hay.windows(needle.len()).any(|window| window == needle)
}
