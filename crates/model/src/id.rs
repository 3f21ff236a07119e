//! Ids: UUIDv7 inside, TypeID text outside (`con_01k…`: a prefix, `_`, 26 characters of Crockford
//! base32, lower case; TypeID specification 0.3).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A text that is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id of the form {prefix}_…")]
pub struct IdError {
    /// The prefix that was expected.
    pub prefix: &'static str,
}

fn encode(uuid: Uuid) -> String {
    let n = uuid.as_u128();
    (0..26)
        .map(|i| char::from(ALPHABET[((n >> (125 - 5 * i)) & 31) as usize]))
        .collect()
}

fn decode(text: &str) -> Option<Uuid> {
    if text.len() != 26 || text.as_bytes()[0] > b'7' {
        return None; // 26 digits hold 130 bits; the first may use three of its five
    }
    let mut n: u128 = 0;
    for byte in text.bytes() {
        let digit = ALPHABET.iter().position(|a| *a == byte)?;
        n = (n << 5) | digit as u128;
    }
    Some(Uuid::from_u128(n))
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);

        impl $name {
            /// The prefix of the text form.
            pub const PREFIX: &'static str = $prefix;
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}_{}", $prefix, encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(decode)
                    .map(Self)
                    .ok_or(IdError { prefix: $prefix })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// A workspace (tenant).
    WorkspaceId = "ws";
    /// A member of a workspace.
    MemberId = "mem";
    /// A browser session of a member.
    SessionId = "ses";
    /// An invitation to a workspace.
    InvitationId = "inv";
    /// A member's account at an OpenID Connect issuer.
    IdentityId = "idn";
    /// A member's passkey.
    PasskeyId = "psk";
    /// One grant at a provider, with the areas it serves.
    ConnectionId = "con";
    /// A consent record: who agreed to which text, when.
    ConsentId = "cns";
    /// A data key.
    KeyId = "key";
    /// A mail thread.
    ThreadId = "thr";
    /// A mail message.
    MessageId = "msg";
    /// A mail label.
    LabelId = "lbl";
    /// A search that a member has kept.
    SavedSearchId = "sch";
    /// An action on mail: one click, or one for ten thousand messages.
    MailActionId = "mac";
    /// A draft in the person's mailbox.
    DraftId = "drf";
    /// A file that was uploaded for a draft, or that is attached to one.
    UploadId = "att";
    /// A message on its way out.
    SendId = "snd";
    /// A record: a contact, a company, a deal, a task …
    RecordId = "rec";
    /// A field that a workspace has added.
    FieldId = "fld";
    /// A pipeline.
    PipelineId = "pip";
    /// A stage of a pipeline.
    StageId = "stg";
    /// A saved view of records.
    ViewId = "viw";
    /// A template of mail.
    TemplateId = "tpl";
    /// A mail merge.
    MailMergeId = "mmg";
    /// Somebody to whom a mail merge goes.
    RecipientId = "mmr";
    /// An address that nobody writes to any more by what goes to many.
    SuppressionId = "sup";
    /// A team of members.
    TeamId = "team";
    /// A rule by which conversations join a box.
    MailRuleId = "mrl";
    /// One change of many records.
    BulkId = "blk";
    /// A file of a provider on a record.
    FileId = "file";
    /// A merging of records.
    MergeId = "mrg";
    /// A file of records that comes in.
    ImportId = "imp";
    /// A durable job.
    JobId = "job";
    /// The receipt of a disconnect.
    ReceiptId = "rcp";
    /// One request, for logs and error answers.
    RequestId = "req";
    /// One running process.
    NodeId = "nod";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_follows_the_typeid_specification() {
        // From the specification's list of valid examples.
        let uuid: Uuid = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        assert_eq!(
            MessageId(uuid).to_string(),
            "msg_01h455vb4pex5vsknk084sn02q"
        );
        assert_eq!(
            "msg_7zzzzzzzzzzzzzzzzzzzzzzzzz".parse(),
            Ok(MessageId(Uuid::max()))
        );
        assert_eq!(
            "msg_00000000000000000000000000".parse(),
            Ok(MessageId(Uuid::nil()))
        );
    }

    #[test]
    fn wrong_texts_are_refused() {
        for text in [
            "",
            "msg_",
            "msg_0",
            "thr_01h455vb4pex5vsknk084sn02q",
            "msg_8zzzzzzzzzzzzzzzzzzzzzzzzz",
            "msg_01H455VB4PEX5VSKNK084SN02Q",
            "msg_01h455vb4pex5vsknk084sn02qq",
            "msg-01h455vb4pex5vsknk084sn02q",
            "msg_éééééééééééééé",
        ] {
            assert_eq!(
                text.parse::<MessageId>(),
                Err(IdError { prefix: "msg" }),
                "{text}"
            );
        }
    }
}
