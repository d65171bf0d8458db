//! Precompiled messages: the texts of a hundred cards are built every minute.
//!
//! Only text and plain values; messages with selectors, references or functions need Fluent.

use std::collections::HashMap;

use fluent_bundle::FluentValue;

use super::Put;

/// The messages of a catalogue that consist of text and values only.
pub(super) struct Laid(HashMap<&'static str, Vec<Piece>>);

enum Piece {
    Text(&'static str),
    Value(&'static str),
}

impl Laid {
    /// Precompiles the suitable messages of a catalogue.
    pub(super) fn of(source: &'static str) -> Self {
        let mut lines = source.lines().peekable();
        let mut sentences = HashMap::new();
        while let Some(line) = lines.next() {
            let goes_on = lines.peek().is_some_and(|next| next.starts_with(' '));
            let is_sentence = line.starts_with(|c: char| c.is_ascii_lowercase()) && !goes_on;
            let Some((id, text)) = line.split_once(" = ").filter(|_| is_sentence) else { continue };
            if let Some(pieces) = pieces(text.trim()) {
                sentences.insert(id, pieces);
            }
        }
        Self(sentences)
    }

    /// The text of a message with values; `None` if Fluent has to format it.
    pub(super) fn put(&self, id: &str, values: &[Put<'_>]) -> Option<String> {
        let pieces = self.0.get(id)?;
        let mut sentence = String::with_capacity(48);
        for piece in pieces {
            match piece {
                Piece::Text(text) => sentence.push_str(text),
                Piece::Value(wanted) => match &values.iter().find(|(name, _)| name == wanted)?.1 {
                    FluentValue::String(text) => sentence.push_str(text),
                    FluentValue::Number(number) => sentence.push_str(&number.as_string()),
                    FluentValue::Custom(_) | FluentValue::None | FluentValue::Error => return None,
                },
            }
        }
        Some(sentence)
    }
}

fn pieces(mut text: &'static str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    while let Some((before, rest)) = text.split_once('{') {
        let (inside, after) = rest.split_once('}')?;
        let name = inside.trim().strip_prefix('$')?;
        if !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')) {
            return None;
        }
        pieces.extend([Piece::Text(before), Piece::Value(name)]);
        text = after;
    }
    pieces.push(Piece::Text(text));
    Some(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Tongue, Words};

    #[test]
    fn a_sentence_laid_out_is_the_one_that_fluent_says() {
        for tongue in Tongue::ALL {
            let words = Words::new(tongue);
            let laid = Laid::of(tongue.words());
            assert!(laid.0.len() > 300, "{tongue:?}: {}", laid.0.len());
            for (id, pieces) in &laid.0 {
                let names = pieces.iter().filter_map(|piece| match piece {
                    Piece::Value(name) => Some(*name),
                    Piece::Text(_) => None,
                });
                let values: Vec<Put<'_>> = names
                    .zip([2026.into(), "a { $b }".into(), 1.5.into(), "名".into()].into_iter().cycle())
                    .collect();
                assert_eq!(laid.put(id, &values), words.fluent(id, &values), "{tongue:?} {id}");
            }
        }
    }

    #[test]
    fn a_choice_is_left_to_fluent() {
        for tongue in Tongue::ALL {
            let laid = Laid::of(tongue.words());
            assert_eq!(laid.put("outlook-spent-days", &[("days", 1.into())]), None);
            assert_eq!(laid.put("no-such-sentence", &[]), None);
        }
    }
}
