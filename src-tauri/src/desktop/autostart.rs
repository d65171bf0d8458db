//! Starting with the session.
//!
//! Owns the entry that the desktop reads. Refuses to remember what it wrote: the entry itself is read each time, since
//! the desktop's own settings change it too.

use std::io;
use std::path::PathBuf;

use tidemark_core::habits::Autostart;

#[cfg(target_os = "linux")]
use crate::config::files;

#[cfg(target_os = "linux")]
mod entry;

/// No entry is longer, in bytes.
#[cfg(target_os = "linux")]
const LONGEST: u64 = 256 * 1024;

/// Where the entry is.
#[cfg(target_os = "linux")]
#[derive(Clone, Debug)]
pub struct Entry {
    file: PathBuf,
    program: PathBuf,
}

#[cfg(target_os = "linux")]
impl Entry {
    /// Makes one for this program and the folder of the user's configuration, `~/.config`.
    #[must_use]
    pub fn new(config: &std::path::Path, program: PathBuf) -> Self {
        Self { file: config.join("autostart/tidemark.desktop"), program }
    }

    /// Gives what is written for the folder that an error is about.
    #[must_use]
    pub fn place(&self) -> String {
        self.file.parent().unwrap_or(&self.file).display().to_string()
    }

    /// Reads what the desktop will do.
    #[must_use]
    pub fn read(&self) -> Autostart {
        match files::read_small_text(&self.file, LONGEST) {
            Ok(text) => entry::read(&text, &self.program),
            // A link to nowhere is an entry that nobody can follow, and so is none.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Autostart::Off,
            Err(error) => {
                tracing::warn!(%error, "the autostart entry cannot be read");
                Autostart::Unreadable { entry: self.file.display().to_string() }
            }
        }
    }

    /// Writes the entry, or removes it.
    ///
    /// # Errors
    ///
    /// Where the folder cannot be written; nothing is changed then.
    pub fn set(&self, on: bool) -> io::Result<()> {
        if !on {
            return match std::fs::remove_file(&self.file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        }
        let folder = self.file.parent().ok_or(io::ErrorKind::InvalidInput)?;
        files::make_folder(folder)?;
        let text = entry::text(&self.program).ok_or(io::ErrorKind::InvalidFilename)?;
        files::replace_beside(&self.file, text.as_bytes())
    }
}

/// Gives the program that is to be started: the `AppImage` itself where it runs from one.
///
/// # Errors
///
/// Where the system does not say which program this is.
pub fn program(get: impl Fn(&str) -> Option<std::ffi::OsString>) -> io::Result<PathBuf> {
    if let Some(image) = get("APPIMAGE").map(PathBuf::from).filter(|path| path.is_absolute()) {
        return Ok(image);
    }
    let own = std::env::current_exe()?;
    // Replaced by an update while running.
    let name = own.to_string_lossy();
    Ok(name.strip_suffix(" (deleted)").map_or_else(|| own.clone(), PathBuf::from))
}

/// Where the entry is.
#[cfg(not(target_os = "linux"))]
#[derive(Clone, Debug)]
pub struct Entry {
    program: PathBuf,
}

#[cfg(not(target_os = "linux"))]
impl Entry {
    /// Makes one for this program; the system knows where.
    #[must_use]
    pub fn new(_config: &std::path::Path, program: PathBuf) -> Self {
        Self { program }
    }

    /// Gives what is written for the place that an error is about.
    #[must_use]
    pub fn place(&self) -> String {
        self.program.display().to_string()
    }

    /// Reads what the system will do.
    #[must_use]
    pub fn read(&self) -> Autostart {
        match self.entry().and_then(|entry| entry.is_enabled().map_err(io::Error::other)) {
            Ok(true) => Autostart::On,
            Ok(false) => Autostart::Off,
            Err(error) => {
                tracing::warn!(%error, "the autostart entry cannot be read");
                Autostart::Unreadable { entry: self.place() }
            }
        }
    }

    /// Writes the entry, or removes it.
    ///
    /// # Errors
    ///
    /// Where the system refuses.
    pub fn set(&self, on: bool) -> io::Result<()> {
        let entry = self.entry()?;
        if on { entry.enable() } else { entry.disable() }.map_err(io::Error::other)
    }

    fn entry(&self) -> io::Result<auto_launch::AutoLaunch> {
        auto_launch::AutoLaunchBuilder::new()
            .set_app_name("Tidemark")
            .set_app_path(&self.program.to_string_lossy())
            .set_use_launch_agent(true)
            .set_args(&["--hidden"])
            .build()
            .map_err(io::Error::other)
    }
}
