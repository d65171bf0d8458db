//! Runs a fuzz target on its seeds and on mutations of them, the same ones in every run.

use std::path::Path;

/// Runs a target on every file of `<package>/fuzz/seeds/<name>`, and on this number of mutations of them.
pub fn replay(package: &str, name: &str, mutations: u32, target: fn(&[u8])) {
    let folder = Path::new(package).join("fuzz/seeds").join(name);
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("the folder of the seeds")
        .map(|entry| entry.expect("a seed").path())
        .collect();
    files.sort();
    let seeds: Vec<Vec<u8>> = files.iter().map(|file| std::fs::read(file).expect("a seed")).collect();
    assert!(seeds.len() > 3, "{} has seeds", folder.display());
    for (file, seed) in files.iter().zip(&seeds) {
        attempt(target, seed, &file.display().to_string());
    }
    let mut chance = Chance(0x5EED);
    for number in 0..mutations {
        attempt(target, &chance.mutate(&seeds), &format!("mutation {number}"));
    }
}

fn attempt(target: fn(&[u8]), input: &[u8], name: &str) {
    let done = std::panic::catch_unwind(|| target(input));
    assert!(done.is_ok(), "{name}: {}", String::from_utf8_lossy(input).escape_debug());
}

/// A pseudo-random generator with the same numbers in every run.
struct Chance(u64);

impl Chance {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % below.max(1)
    }

    /// Changes a seed in one to four places: bytes, numbers, cuts, repeats, and parts of other seeds.
    fn mutate(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        const ODD: [&[u8]; 10] = [
            b"-1",
            b"0",
            b"1e999",
            b"9223372036854775807",
            b"253402207200000",
            b"null",
            b"\"\"",
            b"[]",
            b"\n",
            b"=",
        ];
        let mut input = seeds[self.next(seeds.len())].clone();
        for _ in 0..=self.next(4) {
            let at = self.next(input.len() + 1);
            match self.next(6) {
                0 if at < input.len() => input[at] = u8::try_from(self.next(256)).expect("a byte"),
                1 => {
                    let end = (at + self.next(24)).min(input.len());
                    input.drain(at..end);
                }
                2 => {
                    let end = (at + self.next(40)).min(input.len());
                    let part = input[at..end].to_vec();
                    input.splice(at..at, part);
                }
                3 => {
                    // Replaces a number.
                    let from =
                        input[at..].iter().position(u8::is_ascii_digit).map_or(input.len(), |more| at + more);
                    let many = input[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                    let odd = ODD[self.next(ODD.len())];
                    input.splice(from..from + many, odd.iter().copied());
                }
                4 => {
                    let other = &seeds[self.next(seeds.len())];
                    let from = self.next(other.len());
                    let end = (from + self.next(60)).min(other.len());
                    input.splice(at..at, other[from..end].iter().copied());
                }
                _ => {
                    let odd = ODD[self.next(ODD.len())];
                    input.splice(at..at, odd.iter().copied());
                }
            }
        }
        input
    }
}
