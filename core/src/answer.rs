//! The wire.

use serde::{Deserialize, Serialize};

/// What MiniMax sent: status, the few headers that matter, and the body, at most [`BODY_LIMIT`] bytes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers that mean something here, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as it came.
    pub body: Vec<u8>,
}

/// The longest body that is read, in bytes. A real answer has about 2 KiB.
pub const BODY_LIMIT: usize = 256 * 1024;

/// The headers that mean something here; no other is kept.
pub const HEADERS: [&str; 3] = ["content-type", "retry-after", "cf-mitigated"];
