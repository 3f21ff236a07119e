//! What comes back of a message that went to somebody of a list: an answer, an automatic one, a failure to deliver it
//! (RFC 3464), or that they want no more. What a status code means is decided here.

use serde::{Deserialize, Serialize};

/// What a message that came in says of one that went out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Response {
    /// A person answered.
    Reply,
    /// A machine answered for them (RFC 3834): they are away, or their case has a number.
    AutoReply,
    /// It was not delivered, and will not be.
    Bounce,
    /// It is not delivered yet; it is tried on.
    Delay,
    /// They told their provider that it is spam (RFC 5965).
    Complaint,
    /// Nothing that matters.
    Other,
}

impl Response {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Reply,
        Self::AutoReply,
        Self::Bounce,
        Self::Delay,
        Self::Complaint,
        Self::Other,
    ];

    /// The word in the database and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::AutoReply => "auto_reply",
            Self::Bounce => "bounce",
            Self::Delay => "delay",
            Self::Complaint => "complaint",
            Self::Other => "other",
        }
    }

    /// Reads the word; an unknown one says nothing.
    pub fn parse(text: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|s| s.as_str() == text)
            .unwrap_or(Self::Other)
    }
}

/// Why somebody is written to no more by what goes to many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuppressionCause {
    /// They said so, by the link of a message.
    Unsubscribed,
    /// There is no such mailbox.
    Bounced,
    /// They told their provider that it is spam.
    Complained,
    /// A member wrote them down.
    ByHand,
    /// They stood in a list of another program.
    Imported,
}

impl SuppressionCause {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Unsubscribed,
        Self::Bounced,
        Self::Complained,
        Self::ByHand,
        Self::Imported,
    ];

    /// The word in the database and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unsubscribed => "unsubscribed",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
            Self::ByHand => "by_hand",
            Self::Imported => "imported",
        }
    }

    /// Reads the word; whatever it says, nobody is written to.
    pub fn parse(text: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|s| s.as_str() == text)
            .unwrap_or(Self::ByHand)
    }

    /// The code of a message that does not go for this reason.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Unsubscribed | Self::Complained => "unsubscribed",
            Self::Bounced => "bounced_before",
            Self::ByHand | Self::Imported => "wants_no_mail",
        }
    }
}

/// The codes of [`SuppressionCause::reason`].
pub const SUPPRESSED: [&str; 3] = ["unsubscribed", "bounced_before", "wants_no_mail"];

/// An enhanced status code (RFC 3463): class, subject, detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status(pub u8, pub u16, pub u16);

impl Status {
    /// Reads `5.1.1` at the start of a text.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_start();
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.');
        let mut parts = text[..end.unwrap_or(text.len())].split('.');
        let class = parts
            .next()?
            .parse()
            .ok()
            .filter(|c| [2, 4, 5].contains(c))?;
        let mut number = || parts.next()?.parse().ok().filter(|n: &u16| *n < 1_000);
        Some(Self(class, number()?, number()?))
    }
}

/// Why a message was not delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// There is no such mailbox, or no such domain: nobody will ever read mail to it.
    NoSuchAddress,
    /// The mailbox is full.
    MailboxFull,
    /// The other side does not want it from this sender, or takes it for spam.
    Blocked,
    /// The sender's own provider lets no more go today (fault G22): it was not sent.
    DailyLimit,
    /// It is larger than the other side takes.
    TooLarge,
    /// Something else.
    Other,
}

impl Failure {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::NoSuchAddress,
        Self::MailboxFull,
        Self::Blocked,
        Self::DailyLimit,
        Self::TooLarge,
        Self::Other,
    ];

    /// The word in the database and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoSuchAddress => "no_such_address",
            Self::MailboxFull => "mailbox_full",
            Self::Blocked => "blocked",
            Self::DailyLimit => "daily_limit",
            Self::TooLarge => "too_large",
            Self::Other => "not_delivered",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|s| s.as_str() == text)
            .unwrap_or(Self::Other)
    }

    /// What a status code and the words of the other side mean. Words count where servers are known to say one thing
    /// with the code of another.
    pub fn of(status: Option<Status>, words: &str) -> Self {
        let words = words.to_lowercase();
        let says = |parts: &[&str]| parts.iter().any(|p| words.contains(p));
        if says(&[
            "sending limit",
            "sending quota exceeded",
            "user sending rate",
        ]) {
            return Self::DailyLimit;
        }
        let unknown = [
            "user unknown",
            "unknown user",
            "no such user",
            "no such recipient",
            "no such address",
            "does not exist",
            "unknown recipient",
            "recipient unknown",
            "recipient not found",
            "unknown local",
            "no mailbox",
            "invalid recipient",
            "invalid mailbox",
            "mailbox not found",
            "mailbox unavailable",
            "not a known user",
            "no longer valid",
            "user not found",
            "host unknown",
            "host not found",
            "domain name not found",
            "domain not found",
        ];
        match status {
            // The daily limit of Gmail's senders.
            Some(Status(5, 4, 5)) => Self::DailyLimit,
            Some(Status(5, 1, 1..=6 | 10) | Status(5, 4, 4)) => Self::NoSuchAddress,
            // Disabled, or not accepting; Exchange answers 5.4.1 for people whom it does not know.
            Some(Status(5, 2, 1)) if !says(&["quota", "full"]) => Self::NoSuchAddress,
            Some(Status(5, 4, 1)) if says(&["recipient address rejected"]) => Self::NoSuchAddress,
            Some(Status(_, 2, 2)) => Self::MailboxFull,
            Some(Status(_, 2, 3) | Status(_, 3, 4)) => Self::TooLarge,
            Some(Status(5, 0 | 1 | 5, _)) | None if says(&unknown) => Self::NoSuchAddress,
            _ if says(&[
                "mailbox full",
                "mailbox is full",
                "over quota",
                "quota exceeded",
                "exceeded storage",
            ]) =>
            {
                Self::MailboxFull
            }
            Some(Status(_, 7, _)) => Self::Blocked,
            _ if says(&[
                "spam",
                "blocked",
                "blacklist",
                "blocklist",
                "dnsbl",
                "reputation",
                "policy",
            ]) =>
            {
                Self::Blocked
            }
            _ => Self::Other,
        }
    }

    /// Whether nobody should be written to at this address again.
    pub const fn is_for_good(self) -> bool {
        matches!(self, Self::NoSuchAddress)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back() {
        for r in Response::ALL {
            assert_eq!(Response::parse(r.as_str()), r);
        }
        for c in SuppressionCause::ALL {
            assert_eq!(SuppressionCause::parse(c.as_str()), c);
            assert!(SUPPRESSED.contains(&c.reason()));
        }
        for f in Failure::ALL {
            assert_eq!(Failure::parse(f.as_str()), f);
        }
    }

    #[test]
    fn status_codes_are_read_from_what_servers_write() {
        assert_eq!(
            Status::parse(" 5.1.1 (bad destination)"),
            Some(Status(5, 1, 1))
        );
        assert_eq!(Status::parse("4.4.7"), Some(Status(4, 4, 7)));
        for none in ["", "5", "5.1", "3.1.1", "550 5.1.1", "5.1.1000", "five"] {
            assert_eq!(Status::parse(none), None, "{none}");
        }
    }

    #[test]
    fn what_a_failure_means_decides_whether_somebody_is_written_to_again() {
        use Failure::{Blocked, DailyLimit, MailboxFull, NoSuchAddress, Other, TooLarge};
        let gmail = "550-5.1.1 The email account that you tried to reach does not exist.";
        for (status, words, wanted) in [
            ("5.1.1", gmail, NoSuchAddress),
            (
                "5.1.10",
                "550 5.1.10 RESOLVER.ADR.RecipientNotFound",
                NoSuchAddress,
            ),
            ("5.1.2", "Host or domain name not found", NoSuchAddress),
            ("5.4.4", "unable to look host up", NoSuchAddress),
            (
                "5.4.1",
                "550 5.4.1 Recipient address rejected: Access denied.",
                NoSuchAddress,
            ),
            ("5.4.1", "no answer from host", Other),
            (
                "5.2.1",
                "The email account that you tried to reach is inactive.",
                NoSuchAddress,
            ),
            ("5.2.2", "552 5.2.2 mailbox full", MailboxFull),
            ("4.2.2", "452 4.2.2 over quota", MailboxFull),
            ("5.2.1", "mailbox over quota", MailboxFull),
            ("5.7.1", "550 5.7.1 message refused as spam", Blocked),
            ("5.7.26", "unauthenticated mail", Blocked),
            ("5.0.0", "554 rejected: spam content", Blocked),
            ("5.0.0", "550 User unknown", NoSuchAddress),
            (
                "5.4.5",
                "550 5.4.5 Daily user sending limit exceeded.",
                DailyLimit,
            ),
            (
                "",
                "You have reached a limit for sending mail: daily user sending limit exceeded",
                DailyLimit,
            ),
            ("5.3.4", "552 5.3.4 message too big", TooLarge),
            ("5.5.0", "503 bad sequence", Other),
            ("", "550 no such user here", NoSuchAddress),
            ("", "something", Other),
            // Names in a text of a delay are no failure for good.
            ("4.4.7", "user unknown to the queue", Other),
        ] {
            assert_eq!(
                Failure::of(Status::parse(status), words),
                wanted,
                "{status} {words}"
            );
        }
    }
}
