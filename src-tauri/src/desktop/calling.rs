//! The key combination that calls Tidemark from any program.
//!
//! Owns the ear that listens for it. Refuses to listen where none is set: no thread, no wake-up.

use std::sync::{Mutex, PoisonError};

use tidemark_core::habits::Calling;

/// What listens, and what became of it.
#[derive(Debug, Default)]
pub struct Ear(Mutex<Calling>);

impl Ear {
    /// Tells what became of the shortcut.
    pub fn calling(&self) -> Calling {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
