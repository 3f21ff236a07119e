//! Where a snapshot stands, as it is kept in the mailbox's `page_token`.

/// The stages of a snapshot, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Listing all messages, from this page on.
    List(Option<String>),
    /// Resync only: comparing labels of messages that were known before.
    Labels,
    /// Comparing what was known with what was listed.
    Compare,
    /// A person has answered the deletion brake.
    Decided(Decision),
}

/// The answer to the deletion brake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decision {
    /// Keep what the provider no longer lists.
    pub(crate) keep: bool,
}

impl Decision {
    pub(crate) fn encode(self) -> String {
        Stage::Decided(self).encode().unwrap_or_default()
    }
}

impl Stage {
    /// `None` is the start.
    pub(crate) fn encode(&self) -> Option<String> {
        match self {
            Self::List(None) => None,
            Self::List(Some(token)) => Some(format!("list:{token}")),
            Self::Labels => Some("labels".into()),
            Self::Compare => Some("compare".into()),
            Self::Decided(Decision { keep: true }) => Some("decided:keep".into()),
            Self::Decided(Decision { keep: false }) => Some("decided:remove".into()),
        }
    }

    /// Reads what [`Stage::encode`] wrote; anything else starts the listing again, which is safe.
    pub(crate) fn decode(text: Option<&str>) -> Self {
        match text {
            Some("labels") => Self::Labels,
            Some("compare") => Self::Compare,
            Some("decided:keep") => Self::Decided(Decision { keep: true }),
            Some("decided:remove") => Self::Decided(Decision { keep: false }),
            Some(text) => Self::List(text.strip_prefix("list:").map(str::to_owned)),
            None => Self::List(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_come_back_and_nonsense_starts_again() {
        for stage in [
            Stage::List(None),
            Stage::List(Some("labels".into())),
            Stage::Labels,
            Stage::Compare,
            Stage::Decided(Decision { keep: true }),
            Stage::Decided(Decision { keep: false }),
        ] {
            assert_eq!(Stage::decode(stage.encode().as_deref()), stage);
        }
        assert_eq!(Stage::decode(Some("what")), Stage::List(None));
    }
}
