//! `settings export` of the built command: the file is private, written completely or not at all, never through a link.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const FORMER: &str = "{\"former\": true}\n";

struct Home(TempDir);

impl Home {
    fn new() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        fs::create_dir(home.0.path().join("exports")).unwrap();
        fs::write(home.file(), FORMER).unwrap();
        home
    }

    fn file(&self) -> std::path::PathBuf {
        self.0.path().join("exports/mine.json")
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env_clear().stdin(Stdio::null()).current_dir(self.0.path());
        command.env("HOME", self.0.path()).env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command
    }

    /// Exports with umask 0, as a user would whose files are open to everybody.
    fn export(&self, to: &Path) -> Output {
        let script = format!("umask 0; exec '{}' settings export \"$0\"", env!("CARGO_BIN_EXE_tidemark"));
        self.command("sh").args(["-c", &script]).arg(to).output().unwrap()
    }

    fn only_the_export_is_there(&self) {
        let names: Vec<_> = fs::read_dir(self.0.path().join("exports")).unwrap().flatten().collect();
        assert_eq!(names.len(), 1, "{names:?}");
    }
}

fn is_export(text: &str) -> bool {
    text.contains("interval_minutes") && serde_json::from_str::<serde_json::Value>(text).is_ok()
}

#[test]
fn an_export_is_its_owners_only_also_where_there_was_one() {
    let home = Home::new();
    fs::set_permissions(home.file(), fs::Permissions::from_mode(0o666)).unwrap();
    assert_eq!(home.export(&home.file()).status.code(), Some(0));
    assert!(is_export(&fs::read_to_string(home.file()).unwrap()));
    assert_eq!(fs::metadata(home.file()).unwrap().permissions().mode() & 0o777, 0o600);
    let relative = home.export(Path::new("here.json"));
    assert_eq!(relative.status.code(), Some(0), "{relative:?}");
    assert!(is_export(&fs::read_to_string(home.0.path().join("here.json")).unwrap()));
}

#[test]
fn a_link_is_replaced_and_its_target_unharmed() {
    let home = Home::new();
    let link = home.0.path().join("link.json");
    symlink(home.file(), &link).unwrap();
    assert_eq!(home.export(&link).status.code(), Some(0));
    assert_eq!(fs::read_to_string(home.file()).unwrap(), FORMER);
    assert!(link.symlink_metadata().unwrap().is_file());
    let dangling = home.0.path().join("dangling.json");
    symlink(home.0.path().join("made"), &dangling).unwrap();
    assert_eq!(home.export(&dangling).status.code(), Some(0));
    assert!(!home.0.path().join("made").exists());
}

#[test]
fn a_pipe_a_device_and_a_standard_stream_are_written_to() {
    let home = Home::new();
    let pipe = home.0.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let (done, read) = std::thread::scope(|scope| {
        let reading = scope.spawn(|| fs::read_to_string(&pipe).unwrap());
        (home.export(&pipe), reading.join().unwrap())
    });
    assert!(done.status.success() && is_export(&read), "{done:?} {read}");

    for stream in ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "-"] {
        let done = home.export(Path::new(stream));
        assert!(
            done.status.success() && is_export(&String::from_utf8_lossy(&done.stdout)),
            "{stream}: {done:?}"
        );
    }
    // A standard stream may itself be a file: it is appended to, not replaced.
    let script =
        format!("echo before; exec '{}' settings export /dev/stdout", env!("CARGO_BIN_EXE_tidemark"));
    let mut out =
        fs::File::options().read(true).append(true).create(true).open(home.0.path().join("out")).unwrap();
    let done = home.command("sh").args(["-c", &script]).stdout(out.try_clone().unwrap()).output().unwrap();
    let mut text = String::new();
    std::io::Seek::rewind(&mut out).unwrap();
    out.read_to_string(&mut text).unwrap();
    assert!(done.status.success() && text.strip_prefix("before\n").is_some_and(is_export), "{done:?} {text}");

    let full = home.export(Path::new("/dev/full"));
    assert_eq!(full.status.code(), Some(1), "{full:?}");
    assert!(String::from_utf8_lossy(&full.stderr).contains("no room on the disk"), "{full:?}");
    assert!(Path::new("/dev/full").exists() && Path::new("/dev/stdout").is_symlink());
}

#[test]
fn on_every_error_and_kill_the_former_export_stays_or_the_new_one_is_whole() {
    for inject in [
        "inject=write:error=ENOSPC:when=1",
        "inject=fsync:error=EIO:when=1",
        "inject=renameat:error=EXDEV:when=1",
        "inject=write:signal=KILL:when=1",
        "inject=fsync:signal=KILL:when=1",
        "inject=renameat:signal=KILL:when=1",
    ] {
        let home = Home::new();
        let mut strace = home.command("strace");
        let call = inject.split(['=', ':']).nth(1).unwrap();
        strace.args(["-f", "-qq", "-o", "trace", "-e", &format!("trace={call}"), "-e", inject]);
        strace.arg(env!("CARGO_BIN_EXE_tidemark")).args(["settings", "export"]).arg(home.file());
        let done = strace.output().expect("strace, see tests/packages.txt");
        assert!(!done.status.success(), "{inject}: {done:?}");
        assert_eq!(fs::read_to_string(home.file()).unwrap(), FORMER, "{inject}");
        if inject.contains("error") {
            let said = String::from_utf8_lossy(&done.stderr).into_owned();
            assert!(
                said.contains("mine.json could not be written") && !said.contains(".tidemark-"),
                "{said}"
            );
            home.only_the_export_is_there();
        }
    }
}

#[test]
fn a_folder_in_its_place_and_a_folder_that_is_missing_are_named() {
    let home = Home::new();
    for (to, says) in [("exports", "not a file"), ("nowhere/mine.json", "folder does not exist")] {
        let done = home.export(&home.0.path().join(to));
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.code() == Some(1) && said.contains(says), "{to}: {said}");
        assert!(said.contains(to) && !said.contains(".tidemark-"), "{said}");
    }
}
