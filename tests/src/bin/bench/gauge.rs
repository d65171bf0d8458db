//! Memory and activity of a process tree, from `/proc`: anonymous memory, and each thread's processor time and
//! wake-ups. PSS and USS are not used: they change with whatever else runs.

use std::collections::HashMap;
use std::fs;
use std::time::Duration;

/// Memory of a process tree, in KiB.
#[derive(Clone, Copy, Debug, Default)]
pub struct Memory {
    /// Memory that no other program can share.
    pub anonymous: u64,
    /// All resident memory; shared memory is counted for every process.
    pub resident: u64,
}

/// What one thread has done since its start.
#[derive(Clone, Copy, Debug, Default)]
pub struct Thread {
    /// Processor time, in nanoseconds.
    ran: u64,
    /// Voluntary context switches: each one is followed by a wake-up.
    slept: u64,
}

/// Activity of a process tree while it is idle.
#[derive(Clone, Copy, Debug)]
pub struct Activity {
    /// Share of one processor, in percent.
    pub percent: f64,
    /// Wake-ups per minute, over all threads.
    pub wakeups: f64,
}

impl Activity {
    /// Compares two samples of the same tree; a thread that is new counts from its start.
    pub fn between(before: &HashMap<u32, Thread>, after: &HashMap<u32, Thread>, watched: Duration) -> Self {
        let (mut ran, mut slept) = (0_u64, 0_u64);
        for (id, now) in after {
            let then = before.get(id).copied().unwrap_or_default();
            ran += now.ran.saturating_sub(then.ran);
            slept += now.slept.saturating_sub(then.slept);
        }
        let seconds = watched.as_secs_f64();
        Self {
            percent: Duration::from_nanos(ran).as_secs_f64() / seconds * 100.0,
            wakeups: f64::from(u32::try_from(slept).unwrap_or(u32::MAX)) / seconds * 60.0,
        }
    }
}

/// The memory of a process and its descendants.
pub fn memory(root: u32) -> Memory {
    let mut sum = Memory::default();
    for pid in tree(root) {
        // A process that has ended meanwhile counts as 0.
        let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
        sum.anonymous += number(&rollup, "Anonymous:");
        sum.resident += number(&rollup, "Rss:");
    }
    assert!(sum.resident > 0, "the memory of process {root} can be read");
    sum
}

/// Activity of every thread of a process and its descendants, by thread id.
pub fn threads(root: u32) -> HashMap<u32, Thread> {
    let mut found = HashMap::new();
    for pid in tree(root) {
        let Ok(tasks) = fs::read_dir(format!("/proc/{pid}/task")) else { continue };
        for task in tasks.flatten() {
            let read = |name: &str| fs::read_to_string(task.path().join(name)).unwrap_or_default();
            let id = task.file_name().to_str().and_then(|id| id.parse().ok()).unwrap_or_default();
            let ran =
                read("schedstat").split(' ').next().and_then(|ran| ran.parse().ok()).unwrap_or_default();
            found.insert(id, Thread { ran, slept: number(&read("status"), "voluntary_ctxt_switches:") });
        }
    }
    assert!(found.values().any(|thread| thread.ran > 0), "the kernel tells how long threads ran");
    found
}

/// A process and its descendants.
fn tree(root: u32) -> Vec<u32> {
    let parents: HashMap<u32, u32> = fs::read_dir("/proc")
        .expect("the list of processes")
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|pid: u32| Some((pid, parent(pid)?)))
        .collect();
    let mut found = vec![root];
    let mut at = 0;
    while let Some(&pid) = found.get(at) {
        found.extend(parents.iter().filter(|(_, parent)| **parent == pid).map(|(child, _)| *child));
        at += 1;
    }
    found
}

fn parent(pid: u32) -> Option<u32> {
    // The process name before the `)` may contain anything, also a closing bracket.
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()
}

fn number(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}
