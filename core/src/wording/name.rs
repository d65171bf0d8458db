//! Formats names from outside: of accounts by their users, of rows by MiniMax. Names are never cut inside a
//! grapheme.

use unicode_segmentation::UnicodeSegmentation;

/// Removes characters that could break a line or reverse the text direction, and cuts the name to 60
/// graphemes.
pub(crate) fn printable(name: &str) -> String {
    const LONGEST: usize = 60;
    // Limits the work for very long names: a grapheme has few code points.
    let plain: String =
        name.chars().filter(|c| !crate::account::is_unprintable(*c)).take(LONGEST * 16).collect();
    let mut signs = plain.graphemes(true);
    let shown: String = signs.by_ref().take(LONGEST).collect();
    if signs.next().is_some() { format!("{shown}…") } else { shown }
}

/// Isolates a right-to-left name, so that only the name itself is reversed. Other names stay unchanged,
/// because some desktops show the marks.
pub(crate) fn isolated(name: String) -> String {
    let turns = |c: char| matches!(c, '\u{0590}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}');
    if name.contains(turns) { format!("\u{2068}{name}\u{2069}") } else { name }
}

/// The number of columns of a text, counting wide graphemes twice.
pub(crate) fn columns(text: &str) -> usize {
    text.graphemes(true).map(columns_of).sum()
}

/// Shortens a name to a number of columns, with an ellipsis if something is left out.
pub(crate) fn shortened(name: &str, widest: usize) -> String {
    if columns(name) <= widest {
        return name.to_owned();
    }
    let mut room = widest.saturating_sub(1);
    let fits = |sign: &&str| {
        let left = room.checked_sub(columns_of(sign));
        room = left.unwrap_or_default();
        left.is_some()
    };
    let start: String = name.graphemes(true).take_while(fits).collect();
    format!("{}…", start.trim_end())
}

fn columns_of(sign: &str) -> usize {
    if sign.chars().next().is_some_and(|c| c >= '\u{1100}') { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_from_right_to_left_turns_only_itself() {
        assert_eq!(isolated("فريق".to_owned()), "\u{2068}فريق\u{2069}");
        for plain in ["Home", "工作室", "Büro 🏠"] {
            assert_eq!(isolated(plain.to_owned()), plain);
        }
    }

    #[test]
    fn a_name_from_outside_cannot_turn_text_around() {
        assert_eq!(printable("a\u{202E}b\nc"), "abc");
        assert_eq!(printable(&"x".repeat(100)).chars().count(), 61);
        assert_eq!(printable(&"x".repeat(5000)).chars().count(), 61);
    }

    #[test]
    fn a_name_is_cut_between_signs_and_never_within_one() {
        assert_eq!(shortened("Studio", 6), "Studio");
        assert_eq!(shortened("Studio West", 8), "Studio…");
        assert_eq!(shortened("工作室的账户", 7), "工作室…");
        let family = "👩\u{200D}👩\u{200D}👧";
        assert_eq!(shortened(&family.repeat(4), 5), format!("{family}{family}…"));
        assert_eq!(shortened("e\u{301}e\u{301}e\u{301}", 2), "e\u{301}…");
        assert_eq!(shortened("🇩🇪🇨🇳🇫🇷", 3), "🇩🇪…");
    }
}
