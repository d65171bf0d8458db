//! That every sentence of the catalogue is said somewhere: what nobody says is not translated for nothing.

#![expect(clippy::expect_used, reason = "a test that cannot read its sources has failed")]
#![expect(clippy::disallowed_methods, reason = "the core reads no files; this test reads the core")]

use std::collections::BTreeSet;
use std::path::Path;

fn sources(folder: &Path, found: &mut String) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push_str(&std::fs::read_to_string(&path).expect("a source"));
        }
    }
}

fn is_of_an_id(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

#[test]
fn every_sentence_is_said_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut code = String::new();
    sources(&root.join("src"), &mut code);
    sources(&root.join("../src-tauri/src"), &mut code);
    let quoted: BTreeSet<&str> = code.split('"').filter(|text| text.len() < 60).collect();
    // An id is written whole, or its beginning with a name of the domain put behind it, or with an end put behind it.
    let beginnings: Vec<&str> = quoted
        .iter()
        .filter_map(|t| t.split_once('{'))
        .map(|(b, _)| b)
        .filter(|b| b.ends_with('-'))
        .collect();
    let beginnings: Vec<&str> = beginnings.into_iter().filter(|b| is_of_an_id(b)).collect();
    let ends: Vec<&str> = quoted
        .iter()
        .filter(|t| t.starts_with('{'))
        .filter_map(|t| t.split_once('}'))
        .map(|(_, end)| end)
        .filter(|end| end.starts_with('-') && is_of_an_id(end))
        .collect();
    let is_begun = |id: &str| quoted.contains(id) || beginnings.iter().any(|begin| id.starts_with(begin));
    let is_said =
        |id: &str| is_begun(id) || ends.iter().any(|end| id.strip_suffix(end).is_some_and(is_begun));
    let catalogue = include_str!("../locales/en/words.ftl");
    let ids = catalogue.lines().filter(|l| l.starts_with(|c: char| c.is_ascii_lowercase()));
    let ids: Vec<&str> = ids.filter_map(|l| l.split_once(" =")).map(|(id, _)| id).collect();
    assert!(ids.len() > 300, "the catalogue is read");
    assert!(!is_said("say-no-such-thing"), "what nobody says is found");
    let unsaid: Vec<&&str> = ids.iter().filter(|id| !is_said(id)).collect();
    assert!(unsaid.is_empty(), "nobody says {unsaid:?}");
}
