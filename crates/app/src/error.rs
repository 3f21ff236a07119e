//! Everything that can go wrong in a use case: one closed enum, mapped once to problem+json.

use std::time::Duration;

use tenon_connectors::{ProviderError, Reaction};
use tenon_model::StageId;
use tenon_model::feature::Feature;
use tenon_model::records::Conflict;
use tenon_model::{MemberId, RecordId, Time};
use tenon_store::StoreError;
use tenon_vault::VaultError;

use crate::records::RecordRef;

/// What two people want a record to say.
#[derive(Debug, Clone, Default)]
pub struct EditConflict {
    /// The record's version by now.
    pub version: i64,
    /// The fields.
    pub fields: Vec<ConflictingField>,
    /// What their values link to.
    pub linked: Vec<RecordRef>,
}

/// A field that two people have changed to different values.
#[derive(Clone)]
pub struct ConflictingField {
    /// Both values.
    pub conflict: Conflict,
    /// Who changed it.
    pub by: Option<MemberId>,
    /// When.
    pub at: Time,
}

impl std::fmt::Debug for ConflictingField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ConflictingField(…)")
    }
}

/// The outcome of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong. No variant holds a token, an address or content.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No valid session.
    #[error("sign in first")]
    Unauthenticated,
    /// Wrong e-mail address or password; never says which.
    #[error("e-mail address or password is wrong")]
    InvalidCredentials,
    /// The account has a second factor and no code was given.
    #[error("enter the code of your authenticator app")]
    TotpRequired,
    /// The code is wrong, expired or used before.
    #[error("the code is wrong or was used before")]
    TotpInvalid,
    /// A passkey's answer that does not hold, or one that is not known.
    #[error(
        "this passkey is not known here, or its answer does not hold; try again or sign in another way"
    )]
    PasskeyInvalid,
    /// An invitation or reset link that was used, taken back, or is too old.
    #[error("this link was used already, was taken back, or is too old; ask for a new one")]
    LinkInvalid,
    /// The session is too old for a change of security settings.
    #[error("prove once more who you are before you change this")]
    ProofNeeded,
    /// Too many tries.
    #[error("too many tries; wait before the next one")]
    TooManyAttempts(Duration),
    /// The set-up token is wrong.
    #[error("the set-up link is not the one this server printed")]
    SetupTokenInvalid,
    /// The server has an owner.
    #[error("this server is set up already; sign in")]
    AlreadySetUp,
    /// Input that does not hold; field name and sentence.
    #[error("some fields need attention")]
    Validation(Vec<(String, String)>),
    /// Not there, or not visible to this member: the two are never told apart.
    #[error("there is no such {0}, or it is not yours to see")]
    NotFound(&'static str),
    /// The role does not allow it.
    #[error("your role does not allow this")]
    Forbidden,
    /// The consent text has changed since it was shown.
    #[error("the text you agreed to has changed; read it again")]
    PolicyChanged,
    /// The operator has not set this provider up.
    #[error(
        "this server is not set up for that provider; its operator sets the client id and secret"
    )]
    ProviderNotConfigured,
    /// The grant is gone or lacks the scope.
    #[error("access at the provider is missing; reconnect the account")]
    NeedsReauthorization,
    /// The connection is paused.
    #[error("the connection is paused; resume it first")]
    Paused,
    /// The feature is not switched on for the connection.
    #[error("this connection is not allowed to do this; switch the feature on first")]
    FeatureOff(Feature),
    /// The key of a repeated request came with another request.
    #[error("this Idempotency-Key was used for another request; take a new one")]
    KeyReused,
    /// It cannot be taken back.
    #[error("this cannot be taken back: it was already, it is too long ago, or nothing can")]
    NotUndoable,
    /// It has gone too far to be stopped.
    #[error("it is too late for this: it has ended, or may have gone already")]
    TooLate,
    /// The label's name is taken.
    #[error("there is a label of this name already")]
    LabelExists,
    /// The label is the provider's own.
    #[error("this label is the provider's own and cannot be changed")]
    LabelIsSystem,
    /// An uploaded file is no longer held.
    #[error("a file is no longer held by the server; attach it again")]
    AttachmentGone,
    /// More than can be taken.
    #[error("this is larger than can be taken: at most 25 MB")]
    TooLarge,
    /// The draft is no longer in the mailbox.
    #[error("the draft is no longer in the mailbox: it was sent or discarded")]
    DraftGone,
    /// The draft was changed elsewhere.
    #[error("the draft was changed elsewhere meanwhile; read it again")]
    DraftChanged,
    /// The draft cannot be worked on here.
    #[error(
        "the draft's text is too long or too deeply nested for this editor; it can be sent as it is, or edited at the provider"
    )]
    DraftNotEditable,
    /// The draft is on its way out.
    #[error("this draft is being sent; take that back first")]
    DraftSending,
    /// The pipeline was changed by somebody else.
    #[error("the pipeline was changed by somebody else meanwhile; read it again")]
    PipelineChanged,
    /// The template was changed since it was read.
    #[error("the template was changed meanwhile; read it again")]
    TemplateChanged,
    /// Stages that were to go hold boxes.
    #[error("a stage that holds boxes, in the bin or not, cannot go; move them elsewhere first")]
    StageNotEmpty(Vec<StageId>),
    /// No room for uploaded files.
    #[error("the server holds too many files that wait for their drafts; try again in a moment")]
    UploadsFull(Duration),
    /// The provider was asked and did not say whether it did it.
    #[error("the provider's answer was lost, so it is not known whether this was done; try again")]
    OutcomeUnknown(Duration),
    /// The provider said no, for good.
    #[error("the provider refused this for good")]
    ProviderRefused,
    /// Somebody else changed the same field of a record meanwhile.
    #[error("somebody else has changed the same field meanwhile; choose which value stays")]
    EditConflict(Box<EditConflict>),
    /// The record is no longer as the person saw it.
    #[error("the record was changed elsewhere meanwhile; look at it again")]
    RecordChanged,
    /// The record is in the bin.
    #[error("this record is in the bin; restore it first")]
    RecordDeleted,
    /// The record went into another one.
    #[error("this record was merged into another one; open that, or take the merging back")]
    RecordMerged(RecordId),
    /// The stage asks for more than the box has.
    #[error("this stage needs some fields to be filled in first")]
    StageNeedsFields(Vec<String>),
    /// A pasted address is none of a Drive file.
    #[error("this is no link to a file in Google Drive; copy it from the file's own page")]
    NotADriveLink,
    /// Deleted at the provider meanwhile.
    #[error("the message is no longer at the provider")]
    MessageGone,
    /// No answer, or one that is none.
    #[error("the provider does not answer; try again in a moment")]
    ProviderUnavailable(Duration),
    /// The provider's quota is used up.
    #[error("the provider's quota is used up; try again in a moment")]
    Quota(Duration),
    /// The disk is full.
    #[error("the server's disk is full; nothing was changed")]
    StorageFull,
    /// The database is away, restarts, or has no connection free.
    #[error("the server's database does not answer; nothing was changed; try again in a moment")]
    DatabaseUnavailable,
    /// The service that holds the key-encryption key does not answer, or is locked.
    #[error("the server's key service does not answer; nothing was changed; try again in a moment")]
    KeysUnavailable,
    /// A defect, or damage: told with a code for the log, never with content.
    #[error("something went wrong on the server; give the request id to its operator")]
    Internal(String),
}

/// After trouble with the database: a server that restarts is back after a second or two.
const DATABASE_PAUSE: Duration = Duration::from_secs(2);

/// A key service that is locked waits for a person; one that restarts does not.
const KEYS_PAUSE: Duration = Duration::from_secs(5);

/// One row of the table of codes that the API documents.
#[derive(Debug, Clone, Copy)]
pub struct CodeInfo {
    /// Stable code.
    pub code: &'static str,
    /// HTTP status.
    pub status: u16,
    /// Title.
    pub title: &'static str,
}

const fn row(code: &'static str, status: u16, title: &'static str) -> CodeInfo {
    CodeInfo {
        code,
        status,
        title,
    }
}

/// Every code a use case answers with.
pub const CODES: &[CodeInfo] = &[
    row("unauthenticated", 401, "Not signed in"),
    row(
        "invalid_credentials",
        401,
        "Wrong e-mail address or password",
    ),
    row("totp_required", 401, "Code needed"),
    row("totp_invalid", 401, "Wrong code"),
    row("passkey_invalid", 401, "Passkey not accepted"),
    row("link_invalid", 410, "Link no longer valid"),
    row("proof_needed", 403, "Proof needed"),
    row("too_many_attempts", 429, "Too many tries"),
    row("setup_token_invalid", 403, "Wrong set-up link"),
    row("already_set_up", 409, "Already set up"),
    row("validation", 422, "Some fields need attention"),
    row("not_found", 404, "Not found"),
    row("forbidden", 403, "Not allowed"),
    row("policy_changed", 409, "The text has changed"),
    row("provider_not_configured", 503, "Provider not set up"),
    row("needs_reauthorization", 409, "Reconnect needed"),
    row("paused", 409, "Paused"),
    row("feature_off", 409, "Feature not switched on"),
    row("idempotency_key_reused", 422, "Key used before"),
    row("not_undoable", 409, "Cannot be undone"),
    row("too_late", 409, "Too late"),
    row("label_exists", 409, "Label exists"),
    row("label_is_system", 409, "Label of the provider"),
    row("attachment_gone", 410, "File gone"),
    row("too_large", 413, "Request too large"),
    row("draft_gone", 410, "Draft gone"),
    row("draft_changed", 412, "Draft changed elsewhere"),
    row("draft_not_editable", 422, "Draft cannot be edited here"),
    row("draft_sending", 409, "Draft on its way"),
    row("pipeline_changed", 412, "Pipeline changed elsewhere"),
    row("template_changed", 412, "Template changed elsewhere"),
    row("stage_not_empty", 409, "Stage not empty"),
    row("uploads_full", 503, "Too many files"),
    row("outcome_unknown", 503, "Outcome unknown"),
    row("provider_refused", 409, "Refused by the provider"),
    row("edit_conflict", 409, "Changed by somebody else"),
    row("record_changed", 412, "Record changed elsewhere"),
    row("record_deleted", 409, "In the bin"),
    row("record_merged", 410, "Merged into another"),
    row("stage_needs_fields", 422, "The stage needs more"),
    row("not_a_drive_link", 422, "No link to a Drive file"),
    row("message_gone", 410, "Message gone"),
    row("provider_unavailable", 503, "Provider unavailable"),
    row("quota", 429, "Quota used up"),
    row("storage_full", 507, "Disk full"),
    row("database_unavailable", 503, "Database unavailable"),
    row("keys_unavailable", 503, "Key service unavailable"),
    row("internal", 500, "Server error"),
];

impl Error {
    fn info(&self) -> &'static CodeInfo {
        let code = self.code();
        CODES
            .iter()
            .find(|c| c.code == code)
            .unwrap_or(&CODES[CODES.len() - 1])
    }

    /// Stable machine code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unauthenticated => "unauthenticated",
            Self::InvalidCredentials => "invalid_credentials",
            Self::TotpRequired => "totp_required",
            Self::TotpInvalid => "totp_invalid",
            Self::PasskeyInvalid => "passkey_invalid",
            Self::LinkInvalid => "link_invalid",
            Self::ProofNeeded => "proof_needed",
            Self::TooManyAttempts(_) => "too_many_attempts",
            Self::SetupTokenInvalid => "setup_token_invalid",
            Self::AlreadySetUp => "already_set_up",
            Self::Validation(_) => "validation",
            Self::NotFound(_) => "not_found",
            Self::Forbidden => "forbidden",
            Self::PolicyChanged => "policy_changed",
            Self::ProviderNotConfigured => "provider_not_configured",
            Self::NeedsReauthorization => "needs_reauthorization",
            Self::Paused => "paused",
            Self::FeatureOff(_) => "feature_off",
            Self::KeyReused => "idempotency_key_reused",
            Self::NotUndoable => "not_undoable",
            Self::TooLate => "too_late",
            Self::LabelExists => "label_exists",
            Self::LabelIsSystem => "label_is_system",
            Self::AttachmentGone => "attachment_gone",
            Self::TooLarge => "too_large",
            Self::DraftGone => "draft_gone",
            Self::DraftChanged => "draft_changed",
            Self::DraftNotEditable => "draft_not_editable",
            Self::DraftSending => "draft_sending",
            Self::PipelineChanged => "pipeline_changed",
            Self::TemplateChanged => "template_changed",
            Self::StageNotEmpty(_) => "stage_not_empty",
            Self::UploadsFull(_) => "uploads_full",
            Self::OutcomeUnknown(_) => "outcome_unknown",
            Self::ProviderRefused => "provider_refused",
            Self::EditConflict(_) => "edit_conflict",
            Self::RecordChanged => "record_changed",
            Self::RecordDeleted => "record_deleted",
            Self::RecordMerged(_) => "record_merged",
            Self::StageNeedsFields(_) => "stage_needs_fields",
            Self::NotADriveLink => "not_a_drive_link",
            Self::MessageGone => "message_gone",
            Self::ProviderUnavailable(_) => "provider_unavailable",
            Self::Quota(_) => "quota",
            Self::StorageFull => "storage_full",
            Self::DatabaseUnavailable => "database_unavailable",
            Self::KeysUnavailable => "keys_unavailable",
            Self::Internal(_) => "internal",
        }
    }

    /// HTTP status.
    pub fn status(&self) -> u16 {
        self.info().status
    }

    /// Title, the same for every error of the code.
    pub fn title(&self) -> &'static str {
        self.info().title
    }

    /// What happened and what to do next.
    pub fn detail(&self) -> String {
        self.to_string()
    }

    /// How long to wait, where that is known.
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooManyAttempts(d)
            | Self::ProviderUnavailable(d)
            | Self::Quota(d)
            | Self::UploadsFull(d)
            | Self::OutcomeUnknown(d) => Some(*d),
            Self::DatabaseUnavailable => Some(DATABASE_PAUSE),
            Self::KeysUnavailable => Some(KEYS_PAUSE),
            _ => None,
        }
    }

    /// The fields of a validation error; of a missing feature, which; the stages that are not empty.
    pub fn fields(&self) -> Vec<(String, String)> {
        match self {
            Self::Validation(fields) => fields.clone(),
            Self::FeatureOff(feature) => vec![("feature".into(), feature.as_str().into())],
            Self::StageNeedsFields(fields) => {
                let missing = |f: &String| (f.clone(), "is needed in this stage".to_owned());
                fields.iter().map(missing).collect()
            }
            Self::StageNotEmpty(stages) => stages
                .iter()
                .map(|id| (id.to_string(), "holds boxes".to_owned()))
                .collect(),
            Self::NotADriveLink => vec![("links".into(), "must be links to files in Drive".into())],
            _ => Vec::new(),
        }
    }

    /// A validation error of one field.
    pub fn field(name: &str, sentence: &str) -> Self {
        Self::Validation(vec![(name.to_owned(), sentence.to_owned())])
    }
}

impl From<StoreError> for Error {
    fn from(e: StoreError) -> Self {
        if matches!(e, StoreError::Full) {
            return Self::StorageFull;
        }
        if e.is_transient() {
            tracing::warn!(error = %e, "store");
            return Self::DatabaseUnavailable;
        }
        tracing::error!(error = %e, "store");
        Self::Internal("store".into())
    }
}

impl From<VaultError> for Error {
    fn from(e: VaultError) -> Self {
        if matches!(e, VaultError::KekAway { .. }) {
            tracing::warn!(error = %e, "vault");
            return Self::KeysUnavailable;
        }
        tracing::error!(error = %e, "vault");
        Self::Internal("vault".into())
    }
}

impl From<ProviderError> for Error {
    fn from(e: ProviderError) -> Self {
        match e.reaction {
            Reaction::Retry(d) if e.status == Some(429) => {
                Self::Quota(d.max(Duration::from_secs(1)))
            }
            Reaction::Retry(d) => Self::ProviderUnavailable(d.max(Duration::from_secs(5))),
            Reaction::Slow(d) => Self::Quota(d.max(Duration::from_secs(1))),
            Reaction::Refresh => Self::ProviderUnavailable(Duration::from_secs(5)),
            Reaction::Reauth | Reaction::Stop => Self::NeedsReauthorization,
            Reaction::Skip => Self::MessageGone,
            Reaction::Alarm => {
                tracing::error!(error = %e, "the provider refuses this deployment");
                Self::ProviderUnavailable(Duration::from_mins(1))
            }
            Reaction::Resync | Reaction::Done => Self::Internal(e.code),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_in_the_table_once() {
        let all = [
            Error::Unauthenticated,
            Error::InvalidCredentials,
            Error::TotpRequired,
            Error::TotpInvalid,
            Error::PasskeyInvalid,
            Error::LinkInvalid,
            Error::ProofNeeded,
            Error::TooManyAttempts(Duration::ZERO),
            Error::SetupTokenInvalid,
            Error::AlreadySetUp,
            Error::Validation(vec![]),
            Error::NotFound("thread"),
            Error::Forbidden,
            Error::PolicyChanged,
            Error::ProviderNotConfigured,
            Error::NeedsReauthorization,
            Error::Paused,
            Error::FeatureOff(Feature::Organizing),
            Error::KeyReused,
            Error::NotUndoable,
            Error::TooLate,
            Error::LabelExists,
            Error::LabelIsSystem,
            Error::AttachmentGone,
            Error::TooLarge,
            Error::DraftGone,
            Error::DraftChanged,
            Error::DraftNotEditable,
            Error::DraftSending,
            Error::PipelineChanged,
            Error::TemplateChanged,
            Error::StageNotEmpty(vec![]),
            Error::UploadsFull(Duration::ZERO),
            Error::OutcomeUnknown(Duration::ZERO),
            Error::ProviderRefused,
            Error::EditConflict(Box::default()),
            Error::RecordChanged,
            Error::RecordDeleted,
            Error::RecordMerged(RecordId(uuid::Uuid::nil())),
            Error::StageNeedsFields(vec![]),
            Error::NotADriveLink,
            Error::MessageGone,
            Error::ProviderUnavailable(Duration::ZERO),
            Error::Quota(Duration::ZERO),
            Error::StorageFull,
            Error::DatabaseUnavailable,
            Error::KeysUnavailable,
            Error::Internal(String::new()),
        ];
        assert_eq!(all.len(), CODES.len());
        for error in all {
            assert_eq!(
                CODES.iter().filter(|c| c.code == error.code()).count(),
                1,
                "{}",
                error.code()
            );
        }
    }

    #[test]
    fn a_database_that_is_away_is_no_defect() {
        for (error, code) in [
            (StoreError::Busy, "database_unavailable"),
            (StoreError::Unreachable("x".into()), "database_unavailable"),
            (StoreError::Conflict, "database_unavailable"),
            (StoreError::Locked, "database_unavailable"),
            (StoreError::Full, "storage_full"),
            (StoreError::Damaged, "internal"),
        ] {
            let error = Error::from(error);
            assert_eq!(error.code(), code);
            if code == "database_unavailable" {
                assert_eq!(error.status(), 503);
                assert!(error.retry_after().is_some());
            }
        }
    }
}
