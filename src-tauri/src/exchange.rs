//! Export and import of settings. An export never contains accounts, keys or the password of a proxy.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

use jiff::Timestamp;
use serde_json::{Map, Value};
use tidemark_core::redact;
use tidemark_core::settings::{SettingError, Settings};
use tidemark_core::text::{Tongue, Words};

use crate::config::{self, Paths, SaveError, files};
use crate::error::{AppError, Code};

/// The default name of an export.
pub const NAME: &str = "tidemark-settings.json";

/// The maximum size of an export, in bytes.
const LONGEST: u64 = 1024 * 1024;

/// Returns the settings without accounts, keys and secrets, as JSON text.
///
/// # Errors
///
/// If they cannot be written as JSON.
pub fn text(settings: Settings) -> serde_json::Result<String> {
    let bare = Settings { accounts: Vec::new(), ..settings };
    let mut value = serde_json::to_value(&bare)?;
    if let Value::Object(fields) = &mut value {
        fields.remove("accounts");
        // Someone may have put a key into the settings file by hand.
        fields.retain(|name, value| !redact::contains_key(name) && !redact::holds_key(value));
        // A proxy address with a password in it is a secret too.
        if fields.get("proxy").and_then(Value::as_str).is_some_and(|proxy| proxy.contains('@')) {
            fields.remove("proxy");
        }
    }
    serde_json::to_string_pretty(&value)
}

/// Writes the settings to a file that only the user can read; returns a message that names the file.
///
/// # Errors
///
/// A message in the user's language if the settings could not be written.
pub fn export(file: &Path, settings: Settings, tongue: Tongue) -> Result<String, AppError> {
    let words = Words::new(tongue);
    let written = text(settings).map_err(io::Error::from).and_then(|text| {
        // Writing to a pipe could block forever.
        if is_stream(file) { Err(io::ErrorKind::InvalidInput.into()) } else { write(file, &(text + "\n")) }
    });
    match written {
        Ok(()) => Ok(words.put("exported", &[("file", shown(file).into())])),
        Err(error) => {
            Err(sorry(&words, "export-failed", file, &error, files::problem(&error).worded(&words)))
        }
    }
}

/// Imports the settings of an export; returns a message that names the changed ones. If one setting is not valid,
/// nothing is changed.
///
/// # Errors
///
/// A message in the user's language if nothing was imported.
pub fn import(paths: &Paths, file: &Path, tongue: Tongue) -> Result<String, AppError> {
    let words = Words::new(tongue);
    let text = files::read_small_text(file, LONGEST)
        .map_err(|error| sorry(&words, "import-unreadable", file, &error, error.kind().to_string()))?;
    let taken = parse(&text).ok_or_else(|| {
        AppError::new(Code::Setting, words.put("import-no-export", &[("file", shown(file).into())]))
    })?;
    let (before, after) = config::update(paths, Timestamp::now(), |settings| {
        let before = settings.clone();
        *settings = settings.with_import(taken).map_err(Refused::Setting)?;
        Ok::<_, Refused>(before)
    })
    .map_err(|refused| match refused {
        Refused::Setting(error) => AppError::new(Code::Setting, error.worded(&words)),
        Refused::Save(error) => error.into(),
    })?;
    Ok(after.said_of_import(&before, &shown(file), &words))
}

/// Why an import failed.
enum Refused {
    Setting(SettingError),
    Save(SaveError),
}

impl From<SaveError> for Refused {
    fn from(error: SaveError) -> Self {
        Self::Save(error)
    }
}

/// Writes an export. A file is replaced as a whole, is readable only by its owner, and is unchanged after an error. A
/// link is replaced, not followed. A pipe or a device is written to directly.
///
/// # Errors
///
/// The error of the system.
pub fn write(file: &Path, text: &str) -> io::Result<()> {
    if is_stream(file) {
        return OpenOptions::new().append(true).open(file)?.write_all(text.as_bytes());
    }
    files::replace_beside(file, text.as_bytes())
}

/// Whether the path is a pipe, a device or a standard stream. A standard stream may be a file whose own name is not
/// known here.
fn is_stream(file: &Path) -> bool {
    let is_standard = ["/dev/stdout", "/dev/stderr"].iter().any(|name| file == Path::new(name));
    let is_descriptor =
        file.parent().and_then(|p| p.canonicalize().ok()).is_some_and(|p| p.starts_with("/proc"));
    let is_other = file.symlink_metadata().is_ok_and(|m| !m.is_file() && !m.is_dir() && !m.is_symlink());
    is_standard || is_descriptor || is_other
}

/// Reads text up to the maximum size of an export.
///
/// # Errors
///
/// [`io::ErrorKind::FileTooLarge`] if it is longer, [`io::ErrorKind::InvalidData`] if it is not text, and any error of
/// reading.
pub fn read_limited(source: impl io::Read) -> io::Result<String> {
    files::text(files::read_limited(source, LONGEST)?)
}

/// Parses the fields of an export; `None` if the text is not a JSON object or has no setting.
#[must_use]
pub fn parse(text: &str) -> Option<Map<String, Value>> {
    let fields = serde_json::from_str(text.trim_start_matches('\u{FEFF}')).ok()?;
    Settings::is_export(&fields).then_some(fields)
}

fn shown(file: &Path) -> String {
    file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned()
}

fn sorry(words: &Words, id: &str, file: &Path, error: &io::Error, why: String) -> AppError {
    tracing::warn!(%error, "settings were not exchanged");
    let values = [("file", shown(file).into()), ("why", why.into())];
    AppError::new(Code::Other, words.put(id, &values))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn paths(folder: &Path) -> Paths {
        Paths {
            settings: folder.join("tidemark/settings.json"),
            store: folder.join("history.sqlite"),
            log_dir: folder.join("log"),
        }
    }

    fn mine() -> Settings {
        serde_json::from_value(serde_json::json!({
            "interval_minutes": 9, "theme": "dark", "global_shortcut": "Ctrl+Alt+M",
            "proxy": "http://me:secret@proxy.example",
            "accounts": [{ "id": "1", "name": "Home", "kind": "token_plan", "region": "global" }],
        }))
        .unwrap()
    }

    #[test]
    fn what_is_exported_can_be_imported_elsewhere_and_only_the_user_can_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(NAME);
        let said = export(&file, mine(), Tongue::English).unwrap();
        assert!(said.contains(NAME) && said.contains("without accounts"), "{said}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let text = fs::read_to_string(&file).unwrap();
        assert!(!text.contains("Home") && !text.contains("secret"), "{text}");

        let there = paths(folder.path());
        let said = import(&there, &file, Tongue::English).unwrap();
        assert!(said.contains("Colours") && said.contains("Check every") && said.contains('3'), "{said}");
        let kept = config::load(&there, Timestamp::now()).settings;
        assert_eq!((kept.interval_minutes, kept.global_shortcut.as_str()), (9, "Ctrl+Alt+M"));
        let again = import(&there, &file, Tongue::English).unwrap();
        assert!(again.starts_with("Nothing changed"), "{again}");
    }

    #[test]
    fn a_file_that_is_no_export_or_does_not_fit_changes_nothing_and_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let (file, there) = (folder.path().join("x.json"), paths(folder.path()));
        for (text, says) in [
            ("[]", "no export"),
            ("{ \"theme\": ", "no export"),
            ("{ \"theme\": \"mauve\" }", "Colours"),
            ("{ \"show_used\": true, \"global_shortcut\": \"M\" }", "Shortcut"),
            ("{ \"schema\": 99 }", "newer"),
        ] {
            fs::write(&file, text).unwrap();
            let error = import(&there, &file, Tongue::English).unwrap_err();
            assert!(error.message.contains(says), "{text}: {error}");
        }
        let huge = "{ \"theme\": \"dark\" }".to_owned() + &" ".repeat(usize::try_from(LONGEST).unwrap());
        fs::write(&file, huge).unwrap();
        let error = import(&there, &file, Tongue::English).unwrap_err();
        assert!(error.message.contains("file too large"), "{error}");
        assert_eq!(config::load(&there, Timestamp::now()).settings, Settings::default());
        let gone = import(&there, &folder.path().join("nowhere.json"), Tongue::English).unwrap_err();
        assert!(gone.message.starts_with("nowhere.json could not be read"), "{gone}");
        assert!(import(&there, folder.path(), Tongue::English).is_err(), "a folder is no file");
        let refused = export(&folder.path().join("none/x.json"), mine(), Tongue::Chinese).unwrap_err();
        assert!(refused.message.contains("x.json"), "{refused}");
    }

    #[test]
    fn a_former_export_is_replaced_and_no_longer_open_to_others() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(NAME);
        fs::write(&file, "x".repeat(5000)).unwrap();
        export(&file, mine(), Tongue::English).unwrap();
        assert!(serde_json::from_str::<Value>(&fs::read_to_string(&file).unwrap()).is_ok());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }
    #[cfg(unix)]
    #[test]
    fn the_window_waits_for_no_pipe() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe.json");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let refused = export(&pipe, mine(), Tongue::English).unwrap_err();
        assert!(refused.message.contains("not a file"), "{refused}");
        assert!(import(&paths(folder.path()), &pipe, Tongue::English).is_err());
    }
}
