//! Words of what lies between mail and records.

use super::word_enum;

word_enum! {
    /// How a conversation came to be joined to a record.
    JoinCause {
        /// Somebody put it there.
        Hand = "hand",
        /// A rule did.
        Rule = "rule",
        /// It was taken out by hand: no rule joins it again.
        Off = "off",
    }
}

word_enum! {
    /// By what conversations join a box by themselves.
    MailSource {
        /// Those with the addresses of its contacts.
        Contacts = "contacts",
        /// Those with addresses of its company's domain.
        Domain = "domain",
        /// Those with a label.
        Label = "label",
    }
}
