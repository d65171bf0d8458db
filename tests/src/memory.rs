//! Searches the memory of a process, as a debugger that runs as root can.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::FileExt as _;

const PAGE: u64 = 4096;
/// Bits 63 and 62 of a pagemap entry: the page is present, or swapped out.
const PRESENT_OR_SWAPPED: u64 = 0b11 << 62;
/// Number of bytes before and after a match that are returned.
const CONTEXT: usize = 48;

/// Every occurrence of a text in the writable memory of a process, with the bytes around it.
#[must_use]
pub fn search_memory(pid: u32, needle: &str) -> Vec<String> {
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).expect("the memory map of the process");
    let memory = File::open(format!("/proc/{pid}/mem")).expect("the memory of the process");
    let mut page_map = File::open(format!("/proc/{pid}/pagemap")).expect("the page map of the process");
    let mut found = Vec::new();
    for line in maps.lines() {
        let mut fields = line.split_ascii_whitespace();
        let (Some(range), Some(mode)) = (fields.next(), fields.next()) else { continue };
        let name = fields.nth(3).unwrap_or("anonymous");
        if !mode.starts_with("rw") {
            continue;
        }
        let (start, end) = range.split_once('-').expect("a range of addresses");
        let address = |text| u64::from_str_radix(text, 16).expect("an address");
        for (from, to) in present(&mut page_map, address(start), address(end)) {
            let mut bytes = vec![0; usize::try_from(to - from).expect("a range that fits")];
            // A page may have been freed since the map was read.
            if memory.read_exact_at(&mut bytes, from).is_err() {
                continue;
            }
            let hits = bytes.windows(needle.len()).enumerate().filter(|(_, w)| *w == needle.as_bytes());
            found.extend(hits.map(|(at, _)| {
                let around =
                    &bytes[at.saturating_sub(CONTEXT)..(at + needle.len() + CONTEXT).min(bytes.len())];
                format!("{name} {:#x}: {}", from + at as u64, around.escape_ascii())
            }));
        }
    }
    found
}

/// The ranges of present pages; the rest of a reserved range can be huge and holds nothing.
fn present(page_map: &mut File, start: u64, end: u64) -> Vec<(u64, u64)> {
    let mut entries = vec![0; usize::try_from((end - start) / PAGE * 8).expect("a range that fits")];
    let read =
        page_map.seek(SeekFrom::Start(start / PAGE * 8)).and_then(|_| page_map.read_exact(&mut entries));
    if read.is_err() {
        return Vec::new();
    }
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for (page, entry) in (start..end).step_by(4096).zip(entries.chunks_exact(8)) {
        let entry = u64::from_le_bytes(entry.try_into().expect("eight bytes"));
        if entry & PRESENT_OR_SWAPPED == 0 {
            continue;
        }
        match runs.last_mut() {
            Some((_, to)) if *to == page => *to += PAGE,
            _ => runs.push((page, page + PAGE)),
        }
    }
    runs
}
