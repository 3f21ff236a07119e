//! The audit log: what is told in it, in closed words only. A chain of entries for each workspace and
//! one for the deployment; people stand in it by pseudonyms, things by ids that say nothing.

use std::fmt::{Display, Write as _};

use uuid::Uuid;

use crate::policy::Locale;
use crate::{
    ConnectionId, IdentityId, InvitationId, KeyId, MemberId, PasskeyId, RequestId, SessionId,
    TeamId, ThreadId, Time, WorkspaceId,
};

/// Actions that belong together on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditGroup {
    /// Sign-in and what guards it.
    Access,
    /// Members, invitations, domains.
    Members,
    /// Mailboxes and what becomes of their mail.
    Mail,
    /// Keys, and data that was changed behind our back.
    Security,
}

impl AuditGroup {
    /// All, in the order of the page.
    pub const ALL: [Self; 4] = [Self::Access, Self::Members, Self::Mail, Self::Security];

    /// The word in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Members => "members",
            Self::Mail => "mail",
            Self::Security => "security",
        }
    }
}

/// `Variant: Group, "word", "English", "French"; // what it means`
macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident: $group:ident, $word:literal, $en:literal, $fr:literal;)*) => {
        /// What was done. The word is stored for good: it is never changed nor used for something else.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum AuditAction {
            $($(#[$doc])* $name,)*
        }

        impl AuditAction {
            /// All, in the order of the page.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The word in the database and in answers.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// Its short name.
            pub const fn title(self, locale: Locale) -> &'static str {
                match self { $(Self::$name => locale.of($en, $fr),)* }
            }

            /// With what it stands on the page.
            pub const fn group(self) -> AuditGroup {
                match self { $(Self::$name => AuditGroup::$group,)* }
            }
        }
    };
}

actions! {
    /// A session began.
    SignedIn: Access, "signed_in", "Signed in", "Connexion";
    /// The password was right, the code was not.
    SecondFactorFailed: Access, "second_factor_failed", "Wrong second factor", "Second facteur erroné";
    /// So many tries failed that pauses begin.
    LockedOut: Access, "locked_out", "Sign-in slowed down after failed tries", "Connexion ralentie après des échecs";
    /// One session was ended.
    SessionEnded: Access, "session_ended", "Session ended", "Session terminée";
    /// All sessions but one were ended.
    SessionsEnded: Access, "sessions_ended", "Other sessions ended", "Autres sessions terminées";
    /// Somebody changed their own password.
    PasswordChanged: Access, "password_changed", "Password changed", "Mot de passe modifié";
    /// The operator set a password, which takes all other ways in away.
    PasswordReset: Access, "password_reset", "Password reset by the operator", "Mot de passe réinitialisé par l’exploitant";
    /// A reset link was made for a member.
    ResetMade: Access, "reset_made", "Reset link made", "Lien de réinitialisation créé";
    /// It was used.
    ResetUsed: Access, "reset_used", "Reset link used", "Lien de réinitialisation utilisé";
    /// Codes are asked for from now on.
    SecondFactorOn: Access, "second_factor_on", "Second factor switched on", "Second facteur activé";
    /// They no longer are.
    SecondFactorOff: Access, "second_factor_off", "Second factor switched off", "Second facteur désactivé";
    /// New recovery codes in place of the old.
    RecoveryCodesRenewed: Access, "recovery_codes_renewed", "Recovery codes renewed", "Codes de secours renouvelés";
    /// A passkey was added.
    PasskeyAdded: Access, "passkey_added", "Passkey added", "Clé d’accès ajoutée";
    /// A passkey was removed.
    PasskeyRemoved: Access, "passkey_removed", "Passkey removed", "Clé d’accès supprimée";
    /// A passkey has another name.
    PasskeyRenamed: Access, "passkey_renamed", "Passkey renamed", "Clé d’accès renommée";
    /// An account at an issuer opens from now on.
    IdentityAdded: Access, "identity_added", "Sign-in account added", "Compte de connexion ajouté";
    /// It no longer does.
    IdentityRemoved: Access, "identity_removed", "Sign-in account removed", "Compte de connexion supprimé";
    /// The workspace began.
    WorkspaceCreated: Members, "workspace_created", "Workspace created", "Espace de travail créé";
    /// Somebody was invited.
    MemberInvited: Members, "member_invited", "Member invited", "Membre invité";
    /// An invitation was taken back.
    InvitationWithdrawn: Members, "invitation_withdrawn", "Invitation withdrawn", "Invitation retirée";
    /// Somebody became a member.
    MemberJoined: Members, "member_joined", "Member joined", "Membre arrivé";
    /// A member may do something else.
    RoleChanged: Members, "role_changed", "Role changed", "Rôle modifié";
    /// An account was switched off.
    MemberDisabled: Members, "member_disabled", "Account switched off", "Compte désactivé";
    /// An account was switched on.
    MemberEnabled: Members, "member_enabled", "Account switched on", "Compte réactivé";
    /// People of a domain may join by themselves.
    DomainAllowed: Members, "domain_allowed", "Domain allowed", "Domaine autorisé";
    /// They no longer may.
    DomainForbidden: Members, "domain_forbidden", "Domain no longer allowed", "Domaine retiré";
    /// A team was made.
    TeamCreated: Members, "team_created", "Team created", "Équipe créée";
    /// A team has another name, or other members.
    TeamChanged: Members, "team_changed", "Team changed", "Équipe modifiée";
    /// A team was removed.
    TeamDeleted: Members, "team_deleted", "Team deleted", "Équipe supprimée";
    /// An account at a provider was connected.
    ConnectionMade: Mail, "connection_made", "Account connected", "Compte relié";
    /// It was connected again, with the same permissions.
    ConnectionRenewed: Mail, "connection_renewed", "Account connected again", "Compte relié de nouveau";
    /// It was connected again, with other permissions.
    ScopesChanged: Mail, "scopes_changed", "Permissions changed", "Autorisations modifiées";
    /// Everything of the account was deleted here.
    Disconnected: Mail, "disconnected", "Account disconnected", "Compte déconnecté";
    /// The permission was withdrawn at the provider.
    GrantWithdrawn: Mail, "grant_withdrawn", "Permission withdrawn at the provider", "Autorisation retirée chez le fournisseur";
    /// Mail is kept for another time.
    RetentionChanged: Mail, "retention_changed", "How long mail is kept changed", "Durée de conservation modifiée";
    /// Messages were deleted for good at the provider.
    MailDeleted: Mail, "mail_deleted", "Messages deleted for good", "Messages supprimés définitivement";
    /// Others read one conversation of a mailbox from now on, or others than before.
    ThreadShared: Mail, "thread_shared", "Conversation shared", "Conversation partagée";
    /// They no longer do.
    ThreadUnshared: Mail, "thread_unshared", "Conversation no longer shared", "Conversation qui n’est plus partagée";
    /// Somebody who wanted no mail may be written to again by what goes to many.
    SuppressionRemoved: Mail, "suppression_removed", "Taken off the suppression list", "Retiré de la liste d’exclusion";
    /// The list of those who want no mail was taken along.
    SuppressionsExported: Mail, "suppressions_exported", "Suppression list exported", "Liste d’exclusion exportée";
    /// A data key was made.
    KeyMade: Security, "key_made", "Data key made", "Clé de données créée";
    /// A data key was destroyed, and with it everything sealed under it.
    KeyDestroyed: Security, "key_destroyed", "Data key destroyed", "Clé de données détruite";
    /// A stored value was changed, moved or damaged: it was not used.
    ValueNotOpened: Security, "value_not_opened", "A stored value was changed or damaged", "Une valeur enregistrée a été altérée";
}

impl AuditAction {
    /// Reads the word; `None` for one of a newer program.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|a| a.as_str() == text)
    }
}

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditActor {
    /// A member.
    Member(MemberId),
    /// Whoever runs the machine, by a command at its terminal.
    Operator,
    /// The server by itself.
    Server,
    /// Somebody who is not signed in.
    Unknown,
}

impl AuditActor {
    /// The words of all kinds.
    pub const KINDS: [&str; 4] = [MEMBER, "operator", "server", "unknown"];

    /// The word in the database and in answers.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Member(_) => MEMBER,
            Self::Operator => "operator",
            Self::Server => "server",
            Self::Unknown => "unknown",
        }
    }
}

impl From<MemberId> for AuditActor {
    fn from(id: MemberId) -> Self {
        Self::Member(id)
    }
}

/// The id of a chain: its workspace's; zeros for the deployment's.
pub const fn chain_id(workspace: Option<WorkspaceId>) -> Uuid {
    match workspace {
        Some(id) => id.0,
        None => Uuid::nil(),
    }
}

/// The kind of an actor or a target that is a person: what is stored of it is a pseudonym.
pub const MEMBER: &str = "member";

/// To whom or what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditTarget {
    /// A member.
    Member(MemberId),
    /// A connection.
    Connection(ConnectionId),
    /// An invitation.
    Invitation(InvitationId),
    /// A passkey.
    Passkey(PasskeyId),
    /// An account at an issuer.
    Identity(IdentityId),
    /// A domain, by a keyed hash of its name.
    Domain(Uuid),
    /// A session.
    Session(SessionId),
    /// A data key.
    Key(KeyId),
    /// A team.
    Team(TeamId),
    /// A row of the database.
    Record(Uuid),
    /// A conversation.
    Thread(ThreadId),
}

impl AuditTarget {
    /// The words of all kinds.
    pub const KINDS: [&str; 11] = [
        MEMBER,
        "connection",
        "invitation",
        "passkey",
        "identity",
        "domain",
        "session",
        "key",
        "team",
        "record",
        "thread",
    ];

    /// The word in the database and in answers.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Member(_) => MEMBER,
            Self::Connection(_) => "connection",
            Self::Invitation(_) => "invitation",
            Self::Passkey(_) => "passkey",
            Self::Identity(_) => "identity",
            Self::Domain(_) => "domain",
            Self::Session(_) => "session",
            Self::Key(_) => "key",
            Self::Team(_) => "team",
            Self::Record(_) => "record",
            Self::Thread(_) => "thread",
        }
    }

    /// The id that is stored, but of a member, whose pseudonym is.
    pub const fn id(self) -> Uuid {
        match self {
            Self::Member(id) => id.0,
            Self::Connection(id) => id.0,
            Self::Invitation(id) => id.0,
            Self::Passkey(id) => id.0,
            Self::Identity(id) => id.0,
            Self::Session(id) => id.0,
            Self::Key(id) => id.0,
            Self::Team(id) => id.0,
            Self::Thread(id) => id.0,
            Self::Domain(id) | Self::Record(id) => id,
        }
    }

    /// The text form of the id of a target of this kind; `None` for those that have none.
    pub fn text(kind: &str, id: Uuid) -> Option<String> {
        Some(match kind {
            "connection" => ConnectionId(id).to_string(),
            "invitation" => InvitationId(id).to_string(),
            "passkey" => PasskeyId(id).to_string(),
            "identity" => IdentityId(id).to_string(),
            "session" => SessionId(id).to_string(),
            "key" => KeyId(id).to_string(),
            "team" => TeamId(id).to_string(),
            "thread" => ThreadId(id).to_string(),
            _ => return None,
        })
    }
}

/// What a detail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditDetail {
    /// By which way somebody signed in: `password`, `passkey`, `link`, or an issuer's name.
    Method,
    /// An issuer's name.
    Issuer,
    /// Role.
    Role,
    /// Role until then.
    RoleBefore,
    /// How somebody became a member: `setup`, `invitation`, `domain`, `operator`.
    Way,
    /// How many.
    Count,
    /// Days.
    Days,
    /// Days until then; 0 for as long as the mailbox is connected.
    DaysBefore,
    /// Provider.
    Provider,
    /// Features, with commas.
    Features,
    /// Why: a code.
    Reason,
    /// Table of the database.
    Table,
    /// Its column.
    Column,
}

impl AuditDetail {
    /// The word in the database and in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Method => "method",
            Self::Issuer => "issuer",
            Self::Role => "role",
            Self::RoleBefore => "role_before",
            Self::Way => "way",
            Self::Count => "count",
            Self::Days => "days",
            Self::DaysBefore => "days_before",
            Self::Provider => "provider",
            Self::Features => "features",
            Self::Reason => "reason",
            Self::Table => "table",
            Self::Column => "column",
        }
    }
}

/// Longest value of a detail.
const MOST: usize = 160;

/// Details as one text: `what=word`, with spaces between. A value is a code word whatever comes in, because
/// some come from a provider: no text of people gets through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditDetails(String);

impl AuditDetails {
    /// Adds one.
    pub fn push(&mut self, what: AuditDetail, value: impl Display) {
        if !self.0.is_empty() {
            self.0.push(' ');
        }
        // Writing to a String does not fail.
        let _ = write!(self.0, "{}=", what.as_str());
        let value = value.to_string();
        self.0.extend(value.chars().take(MOST).map(|c| match c {
            'a'..='z' | '0'..='9' | '_' | '-' | '.' | ',' => c,
            'A'..='Z' => c.to_ascii_lowercase(),
            _ => '_',
        }));
    }

    /// As it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Names and values of a stored text.
    pub fn read(text: &str) -> impl Iterator<Item = (&str, &str)> {
        text.split(' ').filter_map(|pair| pair.split_once('='))
    }
}

/// An entry that has no number yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAuditEntry {
    /// In whose chain; `None` for the deployment's.
    pub workspace: Option<WorkspaceId>,
    /// What.
    pub action: AuditAction,
    /// Who.
    pub actor: AuditActor,
    /// To whom or what.
    pub target: Option<AuditTarget>,
    /// More of it.
    pub details: AuditDetails,
    /// The request that did it.
    pub request: Option<RequestId>,
}

/// An entry as it is stored, without its seal. Words are texts: an entry of a newer program is checked too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Number in the chain, from 1, without gaps.
    pub seq: u64,
    /// When.
    pub at: Time,
    /// [`AuditAction`].
    pub action: String,
    /// [`AuditActor`].
    pub actor_kind: String,
    /// Pseudonym of the member who did it.
    pub actor: Option<Uuid>,
    /// [`AuditTarget`].
    pub target_kind: Option<String>,
    /// Pseudonym of a member, or the id of a thing.
    pub target: Option<Uuid>,
    /// [`AuditDetails`].
    pub details: String,
    /// The request that did it.
    pub request: Option<RequestId>,
}

impl AuditEntry {
    /// Everything of it as bytes, which are equal only for equal entries: fixed lengths, and texts after
    /// theirs. This is what is sealed; the form never changes.
    pub fn write_bytes(&self, out: &mut Vec<u8>) {
        let id = |out: &mut Vec<u8>, id: Option<Uuid>| {
            out.push(id.is_some().into());
            out.extend_from_slice(id.unwrap_or_default().as_bytes());
        };
        let text = |out: &mut Vec<u8>, text: Option<&str>| {
            out.push(text.is_some().into());
            let text = text.unwrap_or_default();
            out.extend_from_slice(&(text.len() as u64).to_be_bytes());
            out.extend_from_slice(text.as_bytes());
        };
        out.extend_from_slice(&self.seq.to_be_bytes());
        out.extend_from_slice(&self.at.0.to_be_bytes());
        id(out, self.actor);
        id(out, self.target);
        id(out, self.request.map(|r| r.0));
        text(out, Some(&self.action));
        text(out, Some(&self.actor_kind));
        text(out, self.target_kind.as_deref());
        text(out, Some(&self.details));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_action_has_a_word_and_a_name_of_its_own() {
        let mut words = std::collections::HashSet::new();
        for action in AuditAction::ALL {
            let (word, en, fr) = (
                action.as_str(),
                action.title(Locale::En),
                action.title(Locale::Fr),
            );
            assert_eq!(AuditAction::parse(word), Some(*action));
            assert!(en != fr && en.len() > 5 && fr.len() > 5, "{word}");
            for one in [word, en, fr] {
                assert!(words.insert(one), "{one} twice");
            }
        }
        assert_eq!(AuditAction::parse("launched"), None);
    }

    #[test]
    fn a_detail_is_a_code_word_whatever_comes() {
        let mut details = AuditDetails::default();
        details.push(AuditDetail::Role, "owner");
        details.push(AuditDetail::Reason, "Ann <ann@example.com>\nrole=x é");
        details.push(AuditDetail::Count, 12);
        assert_eq!(
            details.as_str(),
            "role=owner reason=ann__ann_example.com__role_x__ count=12"
        );
        let read: Vec<_> = AuditDetails::read(details.as_str()).collect();
        assert_eq!(read[0], ("role", "owner"));
        assert_eq!(read[2], ("count", "12"));
        let mut long = AuditDetails::default();
        long.push(AuditDetail::Reason, "x".repeat(1_000));
        assert_eq!(long.as_str().len(), "reason=".len() + MOST);
        assert_eq!(AuditDetails::read("").count(), 0);
    }

    fn entry() -> impl Strategy<Value = AuditEntry> {
        let texts = ("[a-c]{0,2}", "[a-c]{0,2}", "[a-c]{0,2}", any::<bool>());
        let ids = (0..3_u128, 0..3_u128, 0..3_u128);
        (texts, ids, 0..3_u64, 0..3_i64).prop_map(
            |((action, actor_kind, details, targets), (a, t, r), seq, at)| {
                let id = |n: u128| (n > 0).then(|| Uuid::from_u128(n - 1));
                AuditEntry {
                    seq,
                    at: Time(at),
                    target_kind: targets.then(|| details.clone()),
                    action,
                    actor_kind,
                    actor: id(a),
                    target: id(t),
                    details,
                    request: id(r).map(RequestId),
                }
            },
        )
    }

    proptest! {
        #[test]
        fn different_entries_have_different_bytes(a in entry(), b in entry()) {
            let bytes = |e: &AuditEntry| { let mut out = Vec::new(); e.write_bytes(&mut out); out };
            prop_assert_eq!(a == b, bytes(&a) == bytes(&b));
        }
    }
}
