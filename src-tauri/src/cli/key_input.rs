//! Reads a key from standard input: one line, or input without echo on a terminal.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read};

use secrecy::zeroize::Zeroizing;

use super::Problem;
use crate::key::KEY_LIMIT;

/// The most bytes that are read. More than any key has, so that an input that is too long is recognized.
const INPUT_LIMIT: usize = KEY_LIMIT * 4;

/// Reads a key. Every buffer used for it is wiped.
pub(super) fn read_key() -> Result<Zeroizing<String>, Problem> {
    let failed = |error: io::Error| Problem::other(format!("The key could not be read: {error}."));
    if io::stdin().is_terminal() {
        return rpassword::prompt_password("Key (it stays hidden): ").map(Zeroizing::new).map_err(failed);
    }
    let input = unbuffered_stdin().and_then(read_line).map_err(failed)?;
    match std::str::from_utf8(&input) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err(Problem::wrong_use("This is no key: it has characters that no key has.")),
    }
}

/// Returns standard input without the standard library's buffer, which would keep the key until the program ends.
fn unbuffered_stdin() -> io::Result<File> {
    #[cfg(unix)]
    let owned = std::os::fd::AsFd::as_fd(&io::stdin()).try_clone_to_owned();
    #[cfg(windows)]
    let owned = std::os::windows::io::AsHandle::as_handle(&io::stdin()).try_clone_to_owned();
    owned.map(File::from)
}

/// Reads until the first line that is not blank ends, the input ends, or the limit is reached. Input that arrives with
/// the end of that line is kept: several lines in one read are a wrapped key or something else, and the parser rejects
/// them.
fn read_line(mut input: impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut buffer = Zeroizing::new(vec![0; INPUT_LIMIT]);
    let mut length = 0;
    while length < buffer.len() && !has_line(&buffer[..length]) {
        match input.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let mut line = Zeroizing::new(Vec::with_capacity(length));
    line.extend_from_slice(&buffer[..length]);
    // The final line break is not part of the input.
    for end in [b'\n', b'\r'] {
        line.pop_if(|last| *last == end);
    }
    Ok(line)
}

/// Whether a line that is not blank is complete.
fn has_line(input: &[u8]) -> bool {
    input.trim_ascii_start().contains(&b'\n')
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    /// Input that arrives in these pieces. Reading past the last one fails, where a pipe that stays open would block.
    struct Pieces(VecDeque<&'static [u8]>);

    impl Read for Pieces {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let piece = self.0.pop_front().ok_or_else(|| io::Error::other("read past the line"))?;
            buffer[..piece.len()].copy_from_slice(piece);
            Ok(piece.len())
        }
    }

    #[test]
    fn one_line_is_read_and_nothing_after_it_is_waited_for() {
        for (pieces, line) in [
            (&[&b"sk-cp-test-0123\n"[..]][..], &b"sk-cp-test-0123"[..]),
            (&[b"sk-cp-", b"test-0123", b"\r\n"], b"sk-cp-test-0123"),
            (&[b"\n", b" \t\r\n", b"sk-cp-test-0123\n"], b"\n \t\r\nsk-cp-test-0123"),
            (&[b"sk-cp-test-0123", b""], b"sk-cp-test-0123"),
            (&[b""], b""),
            (&[b"sk-cp-test-one\nsk-cp-test-two\n"], b"sk-cp-test-one\nsk-cp-test-two"),
        ] {
            let read = read_line(Pieces(pieces.iter().copied().collect())).unwrap();
            assert_eq!(&*read, line, "{pieces:?}");
        }
    }

    #[test]
    fn input_without_end_is_read_up_to_the_limit() {
        assert_eq!(read_line(io::repeat(b'k')).unwrap().len(), INPUT_LIMIT);
        assert_eq!(read_line(io::repeat(b' ')).unwrap().len(), INPUT_LIMIT);
    }
}
