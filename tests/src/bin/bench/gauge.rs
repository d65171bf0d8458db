//! Memory and activity of a process tree, from `/proc`.
//!
//! Owns what counts: anonymous memory, what no other program can share, and every thread's own time and wake-ups.
//! Refuses PSS and USS: they move with whatever else runs.

use std::collections::HashMap;
use std::fs;
use std::time::Duration;

/// Memory of a process tree, in KiB.
#[derive(Clone, Copy, Debug, Default)]
pub struct Memory {
    /// What no other program can share.
    pub anonymous: u64,
    /// All that is resident, what is shared counted with every process.
    pub resident: u64,
}

/// What one thread has done since it began.
#[derive(Clone, Copy, Debug, Default)]
pub struct Thread {
    /// Time on a processor, in nanoseconds.
    ran: u64,
    /// How often it went to sleep by itself, and so was woken.
    slept: u64,
}

/// What a process tree does while nobody asks anything of it.
#[derive(Clone, Copy, Debug)]
pub struct Activity {
    /// Share of one processor, in percent.
    pub percent: f64,
    /// Wake-ups a minute, over all threads.
    pub wakeups: f64,
}

impl Activity {
    /// Compares two looks at the same tree; a thread that is new counts whole.
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

/// Sums the memory of a process and all below it.
pub fn memory(root: u32) -> Memory {
    let mut sum = Memory::default();
    for pid in tree(root) {
        // A process that ended in between holds nothing.
        let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
        sum.anonymous += number(&rollup, "Anonymous:");
        sum.resident += number(&rollup, "Rss:");
    }
    assert!(sum.resident > 0, "the memory of process {root} can be read");
    sum
}

/// Gives what every thread of a process and of all below it has done, by thread id.
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

/// Gives a process and all below it.
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
    // The name before it may hold anything, a closing bracket too.
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()
}

fn number(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}
