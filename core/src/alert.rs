//! Which change deserves a notice, once.

use serde::{Deserialize, Serialize};

use crate::account::AccountId;

/// Names a notice over its life: the edge it tells of.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NoticeId(pub String);

/// A desktop notification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Which edge it tells of.
    pub id: NoticeId,
    /// The account that a click opens.
    pub account: AccountId,
    /// The fact. Plain text; a shell that speaks markup must escape it.
    pub title: String,
    /// The time and the next step. Plain text.
    pub body: String,
    /// Whether it needs the user, as a refused key does.
    pub urgent: bool,
}

/// What has been told.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Memory {}
