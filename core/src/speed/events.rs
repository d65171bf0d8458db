//! Parses server-sent events from chunks of bytes (the HTML standard, "Interpreting an event stream").
//!
//! Holds at most one event of limited length: a longer one is skipped entirely.

/// Maximum length of an event, in bytes. An event with one token has a few hundred.
const EVENT_LIMIT: usize = 64 * 1024;

/// The state of the event that is being read.
#[derive(Debug, Default)]
pub(super) struct Events {
    line: Vec<u8>,
    /// `None` before the event's first `data` line.
    data: Option<Vec<u8>>,
    is_too_long: bool,
    /// The two bytes of a line break may be in two chunks.
    after_return: bool,
    is_begun: bool,
}

impl Events {
    /// Adds bytes and calls `tell` with the data of each completed event.
    pub(super) fn take(&mut self, bytes: &[u8], mut tell: impl FnMut(&[u8])) {
        for &byte in bytes {
            let is_second_half = byte == b'\n' && self.after_return;
            self.after_return = byte == b'\r';
            match byte {
                _ if is_second_half => {}
                b'\n' | b'\r' => self.end_line(&mut tell),
                _ if self.line.len() + self.data.as_ref().map_or(0, Vec::len) < EVENT_LIMIT => {
                    self.line.push(byte);
                }
                _ => self.is_too_long = true,
            }
        }
    }

    /// Calls `tell` with the data of an event that lacks only the final blank line.
    pub(super) fn end(&mut self, mut tell: impl FnMut(&[u8])) {
        self.end_line(&mut tell);
        self.end_event(&mut tell);
    }

    fn end_line(&mut self, tell: &mut impl FnMut(&[u8])) {
        let line = std::mem::take(&mut self.line);
        let mut text = line.as_slice();
        if !self.is_begun {
            self.is_begun = true;
            text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
        }
        if text.is_empty() {
            self.end_event(tell);
        } else if let Some(value) = text.strip_prefix(b"data").and_then(value) {
            match &mut self.data {
                Some(data) => {
                    data.push(b'\n');
                    data.extend_from_slice(value);
                }
                None => self.data = Some(value.to_vec()),
            }
        }
        // Reuses the memory for the next line.
        self.line = line;
        self.line.clear();
    }

    fn end_event(&mut self, tell: &mut impl FnMut(&[u8])) {
        if let Some(data) = self.data.take().filter(|_| !self.is_too_long) {
            tell(&data);
        }
        self.is_too_long = false;
    }
}

/// The value after a field's name; `None` if the name continues, as in `database:`.
fn value(rest: &[u8]) -> Option<&[u8]> {
    match rest {
        [] => Some(rest),
        [b':', b' ', value @ ..] | [b':', value @ ..] => Some(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn events(chunks: &[&[u8]]) -> Vec<String> {
        let (mut reader, mut told) = (Events::default(), Vec::new());
        let mut tell = |data: &[u8]| told.push(String::from_utf8_lossy(data).into_owned());
        for chunk in chunks {
            reader.take(chunk, &mut tell);
        }
        reader.end(&mut tell);
        told
    }

    #[test]
    fn each_form_of_an_event_is_read() {
        let cases: &[(&str, &[&str])] = &[
            ("data: a\n\ndata: b\n\n", &["a", "b"]),
            ("data: a\r\n\r\ndata: b\r\n\r\n", &["a", "b"]),
            ("data: a\r\rdata: b\r\r", &["a", "b"]),
            ("event: x\nid: 1\nretry: 5\ndata:a\n\n", &["a"]),
            ("data:  a\n\n", &[" a"]),
            ("data: a\ndata: b\ndata\ndata:\n\n", &["a\nb\n\n"]),
            (": ping\n\n: ping\ndata: a\n\n", &["a"]),
            ("\u{FEFF}data: a\n\n", &["a"]),
            ("database: no\nDATA: no\ndata: a\n\n", &["a"]),
            ("\n\n\n", &[]),
            ("event: only a name\n\n", &[]),
            ("data: without an end", &["without an end"]),
            ("data: with one end\n", &["with one end"]),
            ("", &[]),
        ];
        for (stream, expected) in cases {
            assert_eq!(events(&[stream.as_bytes()]), *expected, "{stream:?}");
        }
    }

    #[test]
    fn an_event_that_is_too_long_is_skipped_and_the_next_is_read() {
        let long = format!("data: {}\n\ndata: short\n\n", "x".repeat(3 * EVENT_LIMIT));
        assert_eq!(events(&[long.as_bytes()]), ["short"]);
        let many = format!("{}\ndata: short\n\n", format!("data: {}\n", "x".repeat(1000)).repeat(200));
        assert_eq!(events(&[many.as_bytes()]), ["short"]);
    }

    #[test]
    fn a_stream_without_an_end_costs_no_more_than_one_event() {
        let mut reader = Events::default();
        for _ in 0..1000 {
            reader.take(&[b'x'; 4096], |_| panic!("there is no event in it"));
        }
        assert!(reader.line.capacity() <= 2 * EVENT_LIMIT);
    }

    proptest! {
        #[test]
        fn it_makes_no_difference_where_the_chunks_end(
            lines in proptest::collection::vec("(data: ?|: |event: |)[a-z{}\":é]{0,8}(\r\n|\n|\r)", 0..30),
            cuts in proptest::collection::vec(0usize..400, 0..12),
        ) {
            let stream = lines.concat().into_bytes();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(stream.len())).collect();
            cuts.sort_unstable();
            let mut chunks = Vec::new();
            let mut from = 0;
            for cut in cuts {
                chunks.push(&stream[from..cut]);
                from = cut;
            }
            chunks.push(&stream[from..]);
            prop_assert_eq!(events(&chunks), events(&[&stream]));
        }

        #[test]
        fn any_bytes_are_taken(bytes in proptest::collection::vec(any::<u8>(), 0..500)) {
            events(&[&bytes]);
        }
    }
}
