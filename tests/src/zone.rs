//! A system-wide time zone, as `/etc/localtime` names it, for programs in a mount namespace. The namespace has a copy
//! of `/etc` in which the zone can be changed while programs run. The machine's own stays as it is.

use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;

use crate::app::{App, Run, binary};
use crate::session::Session;

/// A copy of `/etc` that programs see as theirs.
#[derive(Debug)]
pub struct SystemZone {
    etc: PathBuf,
}

impl SystemZone {
    /// Copies `/etc` into the session's folder and sets its zone.
    #[must_use]
    pub fn new(session: &Session, name: &str) -> Self {
        let etc = session.folder().join("etc");
        let (from, to) = ("/etc", etc.display().to_string());
        session.run("cp", &["-a", from, &to]).expect("a copy of /etc");
        let zone = Self { etc };
        zone.set(name);
        let allowed = session.run("unshare", &["-m", "true"]);
        allowed.expect("a mount namespace: this test needs CAP_SYS_ADMIN, so run the tests as root");
        zone
    }

    /// Changes the zone for every program that runs with it, in one step as `timedatectl` does.
    pub fn set(&self, name: &str) {
        let (link, new) = (self.etc.join("localtime"), self.etc.join("localtime.new"));
        symlink(format!("/usr/share/zoneinfo/{name}"), &new).expect("a link to the zone");
        std::fs::rename(new, link).expect("the zone is changed");
    }

    /// Replaces the link by a copy of the zone's file, as some tools do.
    pub fn set_by_copy(&self, name: &str) {
        let (link, new) = (self.etc.join("localtime"), self.etc.join("localtime.new"));
        std::fs::copy(format!("/usr/share/zoneinfo/{name}"), &new).expect("a copy of the zone");
        std::fs::rename(new, link).expect("the zone is changed");
    }

    /// Starts the app without its window; its zone is the system's, not that of the session's `TZ`.
    #[must_use]
    pub fn launch(&self, session: &Session) -> App {
        let mut command = self.command(session, "unset TZ");
        App::new("tidemark", &session.logs(), command.arg("--hidden"))
    }

    /// Runs the binary after a shell command, such as `unset TZ`.
    #[must_use]
    pub fn run(&self, session: &Session, first: &str, arguments: &[&str]) -> Run {
        let began = std::time::Instant::now();
        let output = self.command(session, first).args(arguments).output().expect("the binary starts");
        Run {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            took: began.elapsed(),
        }
    }

    fn command(&self, session: &Session, first: &str) -> Command {
        let inside = format!("mount --bind \"$1\" /etc && shift && {first} && exec \"$@\"");
        let mut command = session.command("unshare");
        command.args(["-m", "sh", "-c", &inside, "sh"]).arg(&self.etc).arg(binary());
        command.stdin(std::process::Stdio::null());
        command
    }
}
