//! Where a search over several mailboxes goes on.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use tenon_model::ConnectionId;

use crate::{Error, Result};

/// The mark of the next page: the query as it was asked of the provider, whose page tokens belong to
/// it, and those tokens. It is the person's own words, and goes to them only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    pub(super) query: String,
    /// Mailboxes that have more; the others are done.
    pub(super) pages: Vec<(ConnectionId, String)>,
}

impl Mark {
    pub(super) fn encode(&self) -> Option<String> {
        if self.pages.is_empty() {
            return None;
        }
        serde_json::to_vec(self)
            .ok()
            .map(|json| URL_SAFE_NO_PAD.encode(json))
    }

    pub(super) fn decode(text: &str) -> Result<Self> {
        URL_SAFE_NO_PAD
            .decode(text)
            .ok()
            .and_then(|json| serde_json::from_slice(&json).ok())
            .ok_or_else(|| Error::field("after", "must be the next of an earlier page"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_comes_back_and_nonsense_is_refused() {
        let mark = Mark {
            query: "from:zoé".into(),
            pages: vec![(tenon_model::World::system().id(), "123".into())],
        };
        assert_eq!(Mark::decode(&mark.encode().unwrap()).unwrap(), mark);
        let done = Mark {
            pages: vec![],
            ..mark
        };
        assert_eq!(done.encode(), None);
        for text in ["", "x", "e30", "bnVsbA"] {
            assert!(Mark::decode(text).is_err(), "{text}");
        }
    }
}
