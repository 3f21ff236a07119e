//! Promises broken on purpose, to see that their checks turn red.
//!
//! A check that has never failed proves little. So each check of the privacy page
//! ([`crate::policy::CHECKS`]) names *saboteurs*: places in the code that break exactly what it
//! looks for, when they are switched on. `cargo xtask prove saboteurs` switches on one after the
//! other and expects the check to fail.
//!
//! They exist in builds with debug assertions only, where the variable `TENON_SABOTEUR` chooses
//! (words with commas between); in every other build [`on`] is a constant `false`, and the
//! optimizer leaves nothing of them. A program with a saboteur on says so at its start.

macro_rules! saboteurs {
    ($(#[doc = $does:literal] $name:ident = $word:literal,)*) => {
        /// A way to break one promise.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Saboteur {
            $(#[doc = $does] $name,)*
        }

        impl Saboteur {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The word that chooses it.
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }

            /// What it does.
            pub fn does(self) -> &'static str {
                match self {
                    $(Self::$name => $does,)*
                }
                .trim()
            }
        }
    };
}

saboteurs! {
    /// The seals of the audit log are not compared when it is verified.
    SealUnchecked = "seal-unchecked",
    /// A chain of the audit log that ends too early is taken for whole when it is verified.
    CheckpointUnchecked = "checkpoint-unchecked",
    /// A change of a role is not told in the audit log.
    EntryUntold = "entry-untold",
    /// The audit log tells the address of who is invited.
    NameInLog = "name-in-log",
    /// Wrapping the keys anew leaves them as they were.
    RewrapSkips = "rewrap-skips",
    /// Wrapping a key anew names the new version and keeps the old form.
    RewrapLoses = "rewrap-loses",
    /// An attachment on its way through stays in memory.
    AttachmentHeld = "attachment-held",
    /// What is neither in the bin nor in spam is deleted for good.
    DeletesAnywhere = "deletes-anywhere",
    /// What was done and sent is kept for ever.
    ActionsKept = "actions-kept",
    /// Syncing stars a message that nobody has starred.
    ActsUnasked = "acts-unasked",
    /// A message goes at once, without the time for taking it back.
    SendsAtOnce = "sends-at-once",
    /// Sealed values are written as they are.
    SealedInClear = "sealed-in-clear",
    /// Every value is sealed with the same nonce.
    NonceFixed = "nonce-fixed",
    /// A sealed value is not bound to its place.
    PlaceUnbound = "place-unbound",
    /// A sealed value that was changed opens as what it is now.
    FlipsIgnored = "flips-ignored",
    /// Statements on mailboxes do not ask whose they are.
    FirstWall = "first-wall",
    /// PostgreSQL is told of every transaction that it may see all.
    SecondWall = "second-wall",
    /// Members of a workspace see each other's mailboxes.
    MemberWall = "member-wall",
    /// The database has a column that the inventory does not declare.
    ColumnUndeclared = "column-undeclared",
    /// Events of one member are told to every member of every workspace.
    EventsToAll = "events-to-all",
    /// A destroyed key is not put on the list of destroyed keys.
    GraveyardSkipped = "graveyard-skipped",
    /// Disconnecting leaves the rows of the mailbox.
    RowsStay = "rows-stay",
    /// Disconnecting leaves the push subscription at the provider.
    SubscriptionStays = "subscription-stays",
    /// Disconnecting does not end the grant at the provider, and says it did.
    GrantStays = "grant-stays",
    /// Disconnecting ends a grant that another connection needs.
    SharedGrantRevoked = "shared-grant-revoked",
    /// A grant that was withdrawn at the provider changes nothing here.
    WithdrawalUnnoticed = "withdrawal-unnoticed",
    /// One refusal is taken for a withdrawal, without a second look.
    RefusalBelieved = "refusal-believed",
    /// Opened messages stay in memory.
    BodiesKept = "bodies-kept",
    /// As many opened messages as come are kept in memory.
    BodiesUnbounded = "bodies-unbounded",
    /// The body of an opened message is in the log.
    BodyInLog = "body-in-log",
    /// The body of an opened message is in a temporary file.
    BodyInFile = "body-in-file",
    /// The subject of an opened message is in the log.
    SubjectInLog = "subject-in-log",
    /// The sender of a message is in the log.
    AddressInLog = "address-in-log",
    /// An access token is in the log.
    TokenInLog = "token-in-log",
    /// Mail older than the workspace keeps it is not purged.
    BoxIgnored = "box-ignored",
    /// A consent to a text that has changed meanwhile is taken.
    StaleTextAccepted = "stale-text-accepted",
    /// The text that was agreed to is not kept.
    ConsentTextLost = "consent-text-lost",
    /// A session that was ended goes on.
    SessionLivesOn = "session-lives-on",
    /// Sessions do not end by themselves.
    IdleForever = "idle-forever",
    /// After signing in the browser goes wherever the link said.
    ReturnAnywhere = "return-anywhere",
    /// Guessing passwords is not slowed down.
    GuessesFree = "guesses-free",
    /// The body of a message is shown as it came.
    ScriptsPass = "scripts-pass",
    /// Remote images stay in the body of a message.
    ImagesLoad = "images-load",
    /// Styles of a message may load, cover and escape.
    StylesPass = "styles-pass",
    /// A body may take as long to read as it likes.
    BoundGone = "bound-gone",
    /// An access token is in an answer of the API.
    TokenShown = "token-shown",
    /// A page of another site may write.
    ForgedWrites = "forged-writes",
    /// The pages of the web app may load from anywhere.
    PageOpen = "page-open",
    /// The frame of a message may load and run what it likes.
    FrameOpen = "frame-open",
    /// What a client sends becomes a label of a metric.
    LabelFromClient = "label-from-client",
    /// The security contact has expired.
    ContactExpired = "contact-expired",
    /// Whole messages are asked for while the list comes in.
    BodiesPrefetched = "bodies-prefetched",
    /// More is asked of the provider than the chosen features need.
    ScopeWidened = "scope-widened",
    /// An id token for another sign-in is taken.
    NonceUnchecked = "nonce-unchecked",
    /// An id token for another program is taken.
    TokenAudienceUnchecked = "token-audience-unchecked",
    /// A push meant for another server is taken.
    PushAudienceUnchecked = "push-audience-unchecked",
    /// A push that anybody has had signed is taken.
    PushAccountUnchecked = "push-account-unchecked",
    /// Every push is a job of its own.
    PushesUncoalesced = "pushes-uncoalesced",
    /// Addresses in mail may lead the image proxy into our own network.
    ImageAnywhere = "image-anywhere",
    /// The image proxy tells the sender where the image is read.
    ImageReferrer = "image-referrer",
    /// A crash may write the memory of the server to the disk.
    CoreDumps = "core-dumps",
    /// Opening the link of a message unsubscribes, as scanners of mail do.
    UnsubscribedByGet = "unsubscribed-by-get",
    /// Whoever has unsubscribed is written to by what is under way.
    SuppressionLate = "suppression-late",
    /// The answer of a provider counts more than once.
    StateReusable = "state-reusable",
    /// What is shared with a team is shared with everybody.
    TeamsOpen = "teams-open",
    /// What belongs to a private record is everybody's.
    ParentOpen = "parent-open",
    /// Counts are of all records, seen or not.
    CountsAll = "counts-all",
    /// Changes of private records are told to everybody.
    AudienceOpen = "audience-open",
    /// A record that is no longer shared stays shared.
    SharesStay = "shares-stay",
    /// A conversation that is shared with some is read by the whole workspace.
    LentToAll = "lent-to-all",
    /// A conversation that is no longer shared stays shared.
    LendingStays = "lending-stays",
    /// A download that has begun goes on when its conversation is no longer shared.
    StreamGoesOn = "stream-goes-on",
    /// Others are shown who got a blind copy of what the owner has sent.
    BlindCopiesShown = "blind-copies-shown",
}

/// Whether a saboteur was chosen.
#[cfg(debug_assertions)]
pub fn on(saboteur: Saboteur) -> bool {
    chosen().contains(&saboteur)
}

/// Whether a saboteur was chosen: never in this build.
#[cfg(not(debug_assertions))]
pub const fn on(_: Saboteur) -> bool {
    false
}

/// Those that are on, for saying so.
#[cfg(debug_assertions)]
pub fn chosen() -> &'static [Saboteur] {
    static CHOSEN: std::sync::OnceLock<Vec<Saboteur>> = std::sync::OnceLock::new();
    CHOSEN.get_or_init(|| {
        let words = std::env::var("TENON_SABOTEUR").unwrap_or_default();
        Saboteur::ALL
            .iter()
            .copied()
            .filter(|s| words.split(',').any(|word| word == s.word()))
            .collect()
    })
}

/// Those that are on: none in this build.
#[cfg(not(debug_assertions))]
pub const fn chosen() -> &'static [Saboteur] {
    &[]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_unique_and_none_is_on_by_itself() {
        for (i, saboteur) in Saboteur::ALL.iter().enumerate() {
            let before = &Saboteur::ALL[..i];
            assert!(before.iter().all(|o| o.word() != saboteur.word()));
        }
        if std::env::var_os("TENON_SABOTEUR").is_none() {
            assert!(chosen().is_empty());
        }
    }
}
