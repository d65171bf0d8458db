//! `tidemark doctor`: checks this machine. The output contains no key and no account name, so it can be posted.

use tidemark_core::checkup::{Finding, Verdict};

use super::{Problem, block_on, print, print_json};
use crate::Machine;
use crate::doctor::{Patient, alone};

pub(super) fn run(machine: &Machine, json: bool) -> Result<u8, Problem> {
    let patient = Patient { paths: &machine.paths, hosts: Some(&machine.hosts) };
    let checkup = block_on(alone(patient))?;
    if json {
        let version = env!("CARGO_PKG_VERSION");
        print_json(&serde_json::json!({
            "schema": 1, "version": version, "checks": checkup.checks(), "asking": checkup.asks,
        }))?;
    } else {
        print(&checkup.lines())?;
    }
    let failed =
        |is: fn(&Finding) -> bool| checkup.findings.iter().any(|f| f.verdict() == Verdict::Trouble && is(f));
    Ok(if failed(|f| matches!(f, Finding::Keyring(_))) { 7 } else { u8::from(failed(|_| true)) })
}
