//! The outbox: what may happen to a message on its way out, as a pure state machine
//! (`provider-faults` section 13).
//!
//! The promise: the provider is never asked a second time to send what may have gone, and no
//! message disappears: it is sent, or refused, or waits for a person. The step to
//! [`State::Committing`] is stored before the first byte leaves; whoever finds it stored without an
//! answer knows only that the message may have gone, and looks before anything else.

use serde::{Deserialize, Serialize};

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Waits for its hour; the person can still take it back.
    Scheduled,
    /// The provider is being asked, or was when the process died.
    Committing,
    /// The provider was asked and the answer is lost: waits for the quiet window, then looks.
    Unknown,
    /// Nobody can tell without a person.
    Doubtful,
    /// It has gone.
    Sent,
    /// It has not gone and will not by itself; the draft is kept.
    Refused,
    /// The person took it back; the draft is kept.
    Cancelled,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Scheduled,
        Self::Committing,
        Self::Unknown,
        Self::Doubtful,
        Self::Sent,
        Self::Refused,
        Self::Cancelled,
    ];

    /// The word in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Committing => "committing",
            Self::Unknown => "unknown",
            Self::Doubtful => "doubtful",
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads the word; an unknown one waits for a person.
    pub fn parse(text: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|s| s.as_str() == text)
            .unwrap_or(Self::Doubtful)
    }

    /// Whether nothing more happens.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Sent | Self::Refused | Self::Cancelled)
    }
}

/// What a look at the mailbox found, after the quiet window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Finding {
    /// The draft is there: it has not gone.
    DraftThere,
    /// A sent message bears our header: it has gone.
    SentCopy,
    /// Neither: proof of nothing.
    Neither,
    /// The look failed: proof of nothing either.
    Failed,
}

/// What a person decides about a doubtful message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Look once more.
    Check,
    /// It went.
    Sent,
    /// Send it; only when the draft was seen to be there.
    SendAgain,
    /// Leave it among the drafts.
    KeepDraft,
}

/// What happens to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    /// Its hour has come.
    Due,
    /// The person takes it back.
    Cancel,
    /// The provider said yes.
    Accepted,
    /// The provider said no, for good: proven not to have gone.
    RefusedForGood,
    /// The provider said not now: proven not to have gone.
    RefusedForNow,
    /// No answer, or one that proves nothing, or a crash.
    Lost,
    /// A look at the mailbox.
    Found(Finding),
    /// A person decided.
    Decided(Decision),
}

/// A message on its way, as far as deciding goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Outbox {
    /// Where it stands.
    pub state: State,
    /// How often the provider was asked to send.
    pub attempts: u32,
    /// How often was looked since the last time.
    pub lookups: u32,
    /// What the last look found.
    pub last: Option<Finding>,
}

/// The provider is asked to send one message so often at most. With the looks that makes six calls
/// in the worst case, the budget of section 14.
pub const MAX_ATTEMPTS: u32 = 2;
/// Looks by the program itself, after one attempt; then a person decides.
pub const MAX_LOOKUPS: u32 = 2;

impl Outbox {
    /// A message that was just confirmed.
    pub const fn new() -> Self {
        Self {
            state: State::Scheduled,
            attempts: 0,
            lookups: 0,
            last: None,
        }
    }

    const fn to(self, state: State) -> Self {
        Self { state, ..self }
    }

    const fn again(self) -> Self {
        Self {
            state: State::Scheduled,
            lookups: 0,
            last: None,
            ..self
        }
    }

    /// What a person may decide now.
    pub fn decisions(self) -> Vec<Decision> {
        if self.state != State::Doubtful {
            return Vec::new();
        }
        let mut out = vec![Decision::Check, Decision::Sent];
        if self.last == Some(Finding::DraftThere) {
            out.push(Decision::SendAgain);
        }
        out.push(Decision::KeepDraft);
        out
    }

    /// The next state, or `None` when the event does not apply.
    #[must_use]
    #[expect(clippy::match_same_arms, reason = "a line for each transition")]
    pub fn step(self, event: Event) -> Option<Self> {
        use Event as E;
        use State as S;
        Some(match (self.state, event) {
            (S::Scheduled, E::Due) => Self {
                state: S::Committing,
                attempts: self.attempts + 1,
                lookups: 0,
                last: None,
            },
            (S::Scheduled, E::Cancel) => self.to(S::Cancelled),
            (S::Scheduled, E::RefusedForGood) => self.to(S::Refused),
            (S::Committing, E::Accepted) => self.to(S::Sent),
            (S::Committing, E::RefusedForGood) => self.to(S::Refused),
            (S::Committing, E::RefusedForNow) if self.attempts < MAX_ATTEMPTS => self.again(),
            (S::Committing, E::RefusedForNow) => self.to(S::Refused),
            (S::Committing, E::Lost) => self.to(S::Unknown),
            (S::Unknown, E::Found(finding)) => self.found(finding),
            (S::Doubtful, E::Decided(decision)) if self.decisions().contains(&decision) => {
                match decision {
                    Decision::Check => Self {
                        state: S::Unknown,
                        lookups: MAX_LOOKUPS - 1, // one look, then back to the person
                        ..self
                    },
                    Decision::Sent => self.to(S::Sent),
                    Decision::SendAgain => self.again(),
                    Decision::KeepDraft => self.to(S::Cancelled),
                }
            }
            _ => return None,
        })
    }

    #[expect(clippy::match_same_arms, reason = "a line for each finding")]
    const fn found(self, finding: Finding) -> Self {
        let looked = Self {
            lookups: self.lookups + 1,
            last: Some(finding),
            ..self
        };
        match finding {
            Finding::SentCopy => looked.to(State::Sent),
            // The draft is consumed by sending it, so asking again cannot double it.
            Finding::DraftThere if looked.attempts < MAX_ATTEMPTS => looked.again(),
            Finding::DraftThere => looked.to(State::Doubtful),
            Finding::Neither | Finding::Failed if looked.lookups < MAX_LOOKUPS => looked,
            Finding::Neither | Finding::Failed => looked.to(State::Doubtful),
        }
    }
}

impl Default for Outbox {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests;
