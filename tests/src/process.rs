//! A process that a test started. It can be hung and resumed, and is ended when dropped. Signals are sent by process
//! id, never by name.

use std::collections::HashSet;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::wait::until;

/// A process that a test started, ended when dropped.
#[derive(Debug)]
pub struct Started {
    name: String,
    child: Child,
    status: Option<ExitStatus>,
}

impl Started {
    /// Starts a command; its output is appended to `<log_folder>/<name>.log`.
    pub fn new(name: &str, log_folder: &Path, command: &mut Command) -> Self {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(log_folder.join(format!("{}.log", name.rsplit('/').next().unwrap_or(name))))
            .expect("a log file in the session's folder");
        let errors = log.try_clone().expect("the log file a second time");
        let child = command.stdin(Stdio::null()).stdout(log).stderr(errors).spawn();
        Self::of(name, child, command)
    }

    /// Wraps a child that was spawned with its own pipes.
    pub(crate) fn of(name: &str, child: std::io::Result<Child>, command: &Command) -> Self {
        let child = child.unwrap_or_else(|e| {
            let program = command.get_program().display();
            panic!("{program} could not be started ({e}); see tests/packages.txt")
        });
        Self { name: name.to_owned(), child, status: None }
    }

    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The names of its threads.
    #[must_use]
    pub fn threads(&self) -> Vec<String> {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.pid()));
        let names = tasks.into_iter().flatten().filter_map(|task| {
            // A thread that has just ended has no name any more.
            std::fs::read_to_string(task.ok()?.path().join("comm")).ok()
        });
        let mut names: Vec<String> = names.map(|name| name.trim_end().to_owned()).collect();
        names.sort_unstable();
        names
    }

    /// The targets of its file descriptors. Of sockets only those of buses and displays: connections over TCP come and go
    /// with each request, and one that the server has closed is in no table of the kernel.
    #[must_use]
    pub fn descriptors(&self) -> Vec<String> {
        let table = std::fs::read_to_string(format!("/proc/{}/net/unix", self.pid())).unwrap_or_default();
        let inodes = table.lines().filter_map(|line| line.split_whitespace().nth(6));
        let local: HashSet<String> = inodes.map(|inode| format!("socket:[{inode}]")).collect();
        let Ok(entries) = std::fs::read_dir(format!("/proc/{}/fd", self.pid())) else { return Vec::new() };
        entries
            .filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok())
            .map(|target| target.display().to_string())
            .filter(|target| !target.starts_with("socket:") || local.contains(target))
            .collect()
    }

    /// Its exit status, or `None` while it runs.
    pub fn status(&mut self) -> Option<ExitStatus> {
        if self.status.is_none() {
            self.status = self.child.try_wait().expect("the state of a child");
        }
        self.status
    }

    pub fn runs(&mut self) -> bool {
        self.status().is_none()
    }

    /// Waits until it has ended by itself.
    pub async fn ended(&mut self) -> ExitStatus {
        let name = self.name.clone();
        until(&format!("the end of {name}"), async || {
            self.status().ok_or_else(|| format!("{name} still runs"))
        })
        .await
    }

    /// Stops it with `SIGSTOP`: it does not answer calls any more.
    pub fn hang(&self) {
        signal(self.pid(), Signal::STOP);
    }

    pub fn resume(&self) {
        signal(self.pid(), Signal::CONT);
    }

    /// Kills it without warning, as a power cut would.
    pub fn kill(&mut self) {
        if self.runs() {
            signal(self.pid(), Signal::KILL);
            self.wait(Duration::from_secs(5));
        }
    }

    /// Ends it: with `SIGTERM` first, then with `SIGKILL`.
    pub fn end(&mut self) {
        if self.runs() {
            self.resume();
            signal(self.pid(), Signal::TERM);
            self.wait(Duration::from_secs(3));
            self.kill();
        }
    }

    fn wait(&mut self, limit: Duration) {
        let deadline = Instant::now() + limit;
        while self.runs() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        self.end();
    }
}

/// Sends a signal to a process by its id; does nothing if the process is gone.
pub fn signal(pid: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        let _gone = kill_process(pid, signal);
    }
}

/// The processes whose environment contains this line, `NAME=value`, without zombies.
pub(crate) fn carrying(line: &str) -> Vec<u32> {
    let own = std::process::id();
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .filter(|&pid| pid != own && !is_zombie(pid))
        .filter(|pid| {
            std::fs::read(format!("/proc/{pid}/environ"))
                .is_ok_and(|environ| environ.split(|&b| b == 0).any(|part| part == line.as_bytes()))
        })
        .collect()
}

fn is_zombie(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('Z')))
}
