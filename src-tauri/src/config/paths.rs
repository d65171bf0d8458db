//! The paths of Tidemark's files. The environment is passed in, not read here.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

const FOLDER: &str = "tidemark";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// `settings.json`
    pub settings: PathBuf,
    /// `history.sqlite`
    pub store: PathBuf,
    /// The folder of `tidemark.log`.
    pub log_dir: PathBuf,
}

/// The environment does not say where to put files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "There is no home folder to keep files in. Set HOME, or XDG_CONFIG_HOME, XDG_DATA_HOME and XDG_STATE_HOME."
)]
pub struct NoHome;

impl Paths {
    /// Uses the XDG variables, or else the platform's own folders. Relative values are ignored, as the XDG
    /// specification requires.
    ///
    /// # Errors
    ///
    /// [`NoHome`] if neither the variables nor a home folder are set.
    pub fn from_env(get: impl Fn(&str) -> Option<OsString>) -> Result<Self, NoHome> {
        let absolute = |name: &str| get(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let folder = |xdg: &str, own: &Own| {
            let base = absolute(xdg).or_else(|| {
                absolute(own.variable).map(|base| own.below.iter().fold(base, |p, part| p.join(part)))
            });
            base.map(|base| base.join(FOLDER)).ok_or(NoHome)
        };
        Ok(Self {
            settings: folder("XDG_CONFIG_HOME", &CONFIG)?.join("settings.json"),
            store: folder("XDG_DATA_HOME", &DATA)?.join("history.sqlite"),
            log_dir: folder("XDG_STATE_HOME", &STATE)?,
        })
    }

    /// Returns the folder of the settings.
    pub(super) fn folder(&self) -> &Path {
        self.settings.parent().unwrap_or_else(|| Path::new("."))
    }

    pub(super) fn last_good(&self) -> PathBuf {
        self.settings.with_file_name("settings.last-good.json")
    }

    pub(super) fn lock(&self) -> PathBuf {
        self.settings.with_file_name(".settings.lock")
    }
}

/// A platform's own folder: a variable, and the path below it.
struct Own {
    variable: &'static str,
    below: &'static [&'static str],
}

#[cfg(not(any(target_os = "macos", windows)))]
mod own {
    use super::Own;
    pub(super) const CONFIG: Own = Own { variable: "HOME", below: &[".config"] };
    pub(super) const DATA: Own = Own { variable: "HOME", below: &[".local", "share"] };
    pub(super) const STATE: Own = Own { variable: "HOME", below: &[".local", "state"] };
}

#[cfg(target_os = "macos")]
mod own {
    use super::Own;
    pub(super) const CONFIG: Own = Own { variable: "HOME", below: &["Library", "Application Support"] };
    pub(super) const DATA: Own = CONFIG;
    pub(super) const STATE: Own = Own { variable: "HOME", below: &["Library", "Logs"] };
}

#[cfg(windows)]
mod own {
    use super::Own;
    pub(super) const CONFIG: Own = Own { variable: "APPDATA", below: &[] };
    pub(super) const DATA: Own = Own { variable: "LOCALAPPDATA", below: &[] };
    pub(super) const STATE: Own = DATA;
}

use own::{CONFIG, DATA, STATE};

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn paths(env: &[(&str, &str)]) -> Result<Paths, NoHome> {
        Paths::from_env(|name| env.iter().find(|(n, _)| *n == name).map(|(_, value)| value.into()))
    }

    #[test]
    fn files_are_where_xdg_says_or_in_the_home() {
        let home = paths(&[("HOME", "/h/ada")]).unwrap();
        assert_eq!(home.settings, Path::new("/h/ada/.config/tidemark/settings.json"));
        assert_eq!(home.store, Path::new("/h/ada/.local/share/tidemark/history.sqlite"));
        assert_eq!(home.log_dir, Path::new("/h/ada/.local/state/tidemark"));
        let xdg =
            paths(&[("HOME", "/h/ada"), ("XDG_CONFIG_HOME", "/c"), ("XDG_DATA_HOME", "relative")]).unwrap();
        assert_eq!(xdg.settings, Path::new("/c/tidemark/settings.json"));
        assert_eq!(xdg.store, home.store);
    }

    #[test]
    fn without_a_home_the_user_is_told() {
        assert_eq!(paths(&[]), Err(NoHome));
        assert_eq!(paths(&[("HOME", "")]), Err(NoHome));
        let all = [("XDG_CONFIG_HOME", "/c"), ("XDG_DATA_HOME", "/d"), ("XDG_STATE_HOME", "/s")];
        assert!(paths(&all).is_ok());
    }
}
