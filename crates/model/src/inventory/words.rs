//! The words of the inventory: kinds of data, how long, and who sees it.

/// What kind of data a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DataClass {
    /// Ids that Tenon makes or the provider gives: they name rows, and say nothing by themselves.
    Identifier,
    /// A member's account in Tenon: name, address, preferences.
    Account,
    /// The same, sealed under the workspace's key.
    AccountSealed,
    /// What proves who a member is, stored as a hash or as a public key only.
    Credential,
    /// Tokens and keys, sealed or wrapped.
    Secret,
    /// Derived from mail or from the account at the provider, sealed under the connection's key.
    MailMetadataSealed,
    /// Facts of mail in the clear, because lists are sorted and counted by them: times, sizes,
    /// label ids, flags. No names, addresses, subjects or text.
    MailMetadata,
    /// Keyed hashes by which sealed values are found again.
    BlindIndex,
    /// State of syncs, jobs and the deployment.
    Operational,
    /// Who agreed to what, and what was deleted.
    Consent,
    /// What people write down of their customers, in the clear: it is searched, sorted and filtered.
    Record,
}

impl DataClass {
    /// What kind of data it is, for people.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Identifier => "identifier",
            Self::Account => "account in Tenon",
            Self::AccountSealed => "account in Tenon (sealed)",
            Self::Credential => "credential (hash or public key)",
            Self::Secret => "secret (sealed)",
            Self::MailMetadataSealed => "mail or account data (sealed)",
            Self::MailMetadata => "mail facts (not sealed)",
            Self::BlindIndex => "blind index (keyed hash)",
            Self::Operational => "operation",
            Self::Consent => "consent and receipt",
            Self::Record => "record (not sealed)",
        }
    }
}

/// How long a row stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Retention {
    /// As long as the deployment.
    Deployment,
    /// As long as the workspace.
    Workspace,
    /// As long as the member's account.
    Member,
    /// Until the connection ends. The row, or for the large tables the key that seals it and every
    /// way to it, goes in the same transaction as the connection; what is left of the large tables
    /// is deleted right after, batch by batch.
    UntilDisconnect,
    /// As long as the workspace keeps the metadata of mail (180 days unless it chose otherwise), and
    /// at most until the connection ends. A daily job deletes what is older.
    TimeBox,
    /// At most so many days, then a job deletes it.
    Days(u16),
}

impl Retention {
    /// How long, for people.
    pub fn describe(self) -> String {
        match self {
            Self::Deployment => "as long as the installation".to_owned(),
            Self::Workspace => "as long as the workspace".to_owned(),
            Self::Member => "as long as the account".to_owned(),
            Self::UntilDisconnect => "until the connection ends".to_owned(),
            Self::TimeBox => {
                "as long as the workspace keeps mail, at most until the connection ends".to_owned()
            }
            Self::Days(1) => "at most 1 day".to_owned(),
            Self::Days(n) => format!("at most {n} days"),
        }
    }
}

/// Who can see a column through the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Visibility {
    /// The member whose account or connection it is.
    Owner,
    /// All members of the workspace.
    Workspace,
    /// Those members of the workspace with whom the record is shared.
    Shared,
    /// Those who manage the workspace's members.
    Administrators,
    /// The operator of the deployment, in logs of commands or the health page.
    Operator,
    /// Nobody: only the program uses it.
    Program,
}

impl Visibility {
    /// Who, for people.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Owner => "its owner",
            Self::Workspace => "members of the workspace",
            Self::Shared => "those it is shared with",
            Self::Administrators => "owners and administrators",
            Self::Operator => "the operator",
            Self::Program => "nobody",
        }
    }
}
