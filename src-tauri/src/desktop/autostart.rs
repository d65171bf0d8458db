//! Autostart with the session.
//!
//! What was written is not cached: the entry is read each time, because the desktop's own settings change it too.

use std::io;
use std::path::PathBuf;

use tidemark_core::habits::Autostart;

#[cfg(target_os = "linux")]
use crate::config::files;

#[cfg(target_os = "linux")]
mod entry;

/// Longest entry that is read, in bytes.
#[cfg(target_os = "linux")]
const LONGEST: u64 = 256 * 1024;

/// The autostart entry of this program.
#[cfg(target_os = "linux")]
#[derive(Clone, Debug)]
pub struct Entry {
    file: PathBuf,
    program: PathBuf,
}

#[cfg(target_os = "linux")]
impl Entry {
    /// `config` is the user's configuration folder, `~/.config`; `program` is what the entry starts.
    #[must_use]
    pub fn new(config: &std::path::Path, program: PathBuf) -> Self {
        Self { file: config.join("autostart/tidemark.desktop"), program }
    }

    /// Returns the entry's folder, as shown in an error.
    #[must_use]
    pub fn place(&self) -> String {
        self.file.parent().unwrap_or(&self.file).display().to_string()
    }

    /// Reads from the entry whether and how the desktop starts Tidemark.
    #[must_use]
    pub fn read(&self) -> Autostart {
        match files::read_small_text(&self.file, LONGEST) {
            Ok(text) => entry::read(&text, &self.program),
            // A dangling symbolic link counts as no entry.
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
    /// If the folder cannot be written, or if no entry can hold the program's path; nothing is changed then.
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

/// Returns the program to start: the `AppImage` itself if Tidemark runs from one.
///
/// # Errors
///
/// If the system does not report which program this is.
pub fn program(get: impl Fn(&str) -> Option<std::ffi::OsString>) -> io::Result<PathBuf> {
    if let Some(image) = get("APPIMAGE").map(PathBuf::from).filter(|path| path.is_absolute()) {
        return Ok(image);
    }
    let own = std::env::current_exe()?;
    // Linux appends this to the path if an update has replaced the file while it runs.
    let name = own.to_string_lossy();
    Ok(name.strip_suffix(" (deleted)").map_or_else(|| own.clone(), PathBuf::from))
}

/// The autostart entry of this program.
#[cfg(not(target_os = "linux"))]
#[derive(Clone, Debug)]
pub struct Entry {
    program: PathBuf,
}

#[cfg(not(target_os = "linux"))]
impl Entry {
    /// `program` is what the entry starts. The system determines where the entry is.
    #[must_use]
    pub fn new(_config: &std::path::Path, program: PathBuf) -> Self {
        Self { program }
    }

    /// Returns the program's path, as shown in an error.
    #[must_use]
    pub fn place(&self) -> String {
        self.program.display().to_string()
    }

    /// Reads whether the system starts Tidemark.
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
    /// If the system rejects the change.
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
