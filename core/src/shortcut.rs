//! A key combination that works in every program. Combinations that are needed for typing are not accepted.

use std::fmt;

/// A key combination: modifier keys that are held, and one key that is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "one for each modifier key")]
pub struct Shortcut {
    pub ctrl: bool,
    pub alt: bool,
    pub shift: bool,
    /// Whether the Super key is held (Windows key, Command).
    pub system: bool,
    /// The key that is pressed.
    pub key: Key,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// `A` to `Z`.
    Letter(char),
    /// `0` to `9`.
    Digit(char),
    /// `F1` to `F12`.
    Function(u8),
    Space,
}

impl Shortcut {
    /// Parses `Ctrl+Alt+M` and the like, in any order and case. `None` for anything else, and for combinations that are
    /// needed for typing.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts: Vec<&str> = text.split('+').map(str::trim).collect();
        let key = Key::parse(parts.pop()?)?;
        let mut shortcut = Self { ctrl: false, alt: false, shift: false, system: false, key };
        for part in parts {
            let held = match part.to_ascii_lowercase().as_str() {
                "ctrl" | "control" => &mut shortcut.ctrl,
                "alt" | "option" => &mut shortcut.alt,
                "shift" => &mut shortcut.shift,
                "super" | "meta" | "win" | "cmd" | "command" => &mut shortcut.system,
                _ => return None,
            };
            if std::mem::replace(held, true) {
                return None;
            }
        }
        let is_free = shortcut.ctrl || shortcut.alt || shortcut.system;
        (is_free || matches!(key, Key::Function(_))).then_some(shortcut)
    }
}

impl Key {
    fn parse(text: &str) -> Option<Self> {
        let mut letters = text.chars();
        match (letters.next()?.to_ascii_uppercase(), letters.as_str()) {
            (letter @ 'A'..='Z', "") => Some(Self::Letter(letter)),
            (digit @ '0'..='9', "") => Some(Self::Digit(digit)),
            ('F', number) if number.bytes().all(|b| b.is_ascii_digit()) && !number.starts_with('0') => {
                number.parse().ok().filter(|n| (1..=12).contains(n)).map(Self::Function)
            }
            _ if text.eq_ignore_ascii_case("space") => Some(Self::Space),
            _ => None,
        }
    }
}

impl fmt::Display for Shortcut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held =
            [(self.ctrl, "Ctrl+"), (self.alt, "Alt+"), (self.shift, "Shift+"), (self.system, "Super+")];
        held.iter().filter(|(is_held, _)| *is_held).try_for_each(|(_, name)| f.write_str(name))?;
        match self.key {
            Key::Letter(sign) | Key::Digit(sign) => write!(f, "{sign}"),
            Key::Function(number) => write!(f, "F{number}"),
            Key::Space => f.write_str("Space"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shortcut_is_read_in_any_order_and_written_in_one() {
        for (given, written) in [
            ("Ctrl+Alt+M", "Ctrl+Alt+M"),
            (" alt + CTRL + m ", "Ctrl+Alt+M"),
            ("shift+super+space", "Shift+Super+Space"),
            ("Cmd+9", "Super+9"),
            ("f9", "F9"),
            ("Shift+F12", "Shift+F12"),
        ] {
            let read = Shortcut::parse(given).map(|shortcut| shortcut.to_string());
            assert_eq!(read.as_deref(), Some(written), "{given}");
            assert_eq!(Shortcut::parse(written), Shortcut::parse(given), "{given}");
        }
    }

    #[test]
    fn what_would_hinder_typing_or_is_no_key_is_none() {
        for wrong in
            ["", "+", "M", "Shift+M", "Shift+Space", "Ctrl+", "Ctrl", "Ctrl+Ctrl+M", "Ctrl+MM", "Ctrl+F13"]
        {
            assert_eq!(Shortcut::parse(wrong), None, "{wrong}");
        }
        for wrong in ["Ctrl+F0", "Ctrl+F01", "Ctrl+é", "Hyper+M", "Ctrl++", "Ctrl Alt M", "F"] {
            assert_eq!(Shortcut::parse(wrong), None, "{wrong}");
        }
    }
}
