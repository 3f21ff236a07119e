//! Gmail's and Google's answers as they come over the wire, read tolerantly (fault N8): unknown
//! keys are passed over, a missing key and `null` are the default, of a doubled key the last one
//! counts, numbers may come as strings and strings as numbers. Text is borrowed from the answer
//! wherever JSON did not escape it.
//!
//! Names are Google's: <https://developers.google.com/workspace/gmail/api/reference/rest>.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

/// Text, or a number shown as text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Text<'a>(pub(crate) Cow<'a, str>);

impl std::ops::Deref for Text<'_> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl Text<'_> {
    pub(crate) fn into_owned(self) -> String {
        self.0.into_owned()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text")
            }
            fn visit_borrowed_str<E: Error>(self, v: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(v)))
            }
            fn visit_str<E: Error>(self, v: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(v.to_owned())))
            }
            fn visit_string<E: Error>(self, v: String) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(v)))
            }
            fn visit_u64<E: Error>(self, v: u64) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(v.to_string())))
            }
            fn visit_i64<E: Error>(self, v: i64) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(v.to_string())))
            }
            fn visit_f64<E: Error>(self, v: f64) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(v.to_string())))
            }
            fn visit_bool<E: Error>(self, v: bool) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(if v { "true" } else { "false" })))
            }
            fn visit_unit<E: Error>(self) -> Result<Text<'de>, E> {
                Ok(Text::default())
            }
        }
        deserializer.deserialize_any(TextVisitor)
    }
}

/// A whole number, or text that holds one; anything else is `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Number(pub(crate) Option<i64>);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Text::deserialize(deserializer).map(|t| Self(t.trim().parse().ok()))
    }
}

/// A truth value, or text that holds one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Flag(pub(crate) bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Text::deserialize(deserializer).map(|t| Self(&*t == "true"))
    }
}

/// Declares tolerant objects.
macro_rules! objects {
    ($($(#[$meta:meta])* $name:ident { $($(#[$fmeta:meta])* $field:ident: $type:ty = $key:literal,)* })*) => {$(
        $(#[$meta])*
        #[derive(Debug, Default)]
        pub(crate) struct $name<'a> {
            $($(#[$fmeta])* pub(crate) $field: $type,)*
        }

        impl<'de: 'a, 'a> Deserialize<'de> for $name<'a> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct ObjectVisitor<'a>(std::marker::PhantomData<&'a ()>);
                impl<'de: 'a, 'a> Visitor<'de> for ObjectVisitor<'a> {
                    type Value = $name<'a>;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("an object")
                    }
                    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<$name<'a>, A::Error> {
                        let mut out = $name::default();
                        while let Some(key) = map.next_key::<Text<'de>>()? {
                            match &*key {
                                $($key => out.$field = map.next_value::<Option<$type>>()?.unwrap_or_default(),)*
                                _ => {
                                    map.next_value::<serde::de::IgnoredAny>()?;
                                }
                            }
                        }
                        Ok(out)
                    }
                }
                deserializer.deserialize_map(ObjectVisitor(std::marker::PhantomData))
            }
        }
    )*};
}

objects! {
    /// Token endpoint (RFC 6749, 5.1).
    Token {
        access: Text<'a> = "access_token",
        expires_in: Number = "expires_in",
        refresh: Text<'a> = "refresh_token",
        scope: Text<'a> = "scope",
        identity: Text<'a> = "id_token",
    }
    /// `users.getProfile`.
    Profile {
        email_address: Text<'a> = "emailAddress",
        messages_total: Number = "messagesTotal",
        history_id: Text<'a> = "historyId",
    }
    /// `users.watch`.
    Watch {
        history_id: Text<'a> = "historyId",
        expiration: Number = "expiration",
    }
    /// `users.labels.list`.
    Labels {
        labels: Vec<Label<'a>> = "labels",
    }
    /// A label.
    Label {
        id: Text<'a> = "id",
        name: Text<'a> = "name",
        kind: Text<'a> = "type",
        color: Color<'a> = "color",
    }
    /// The colours of a label.
    Color {
        background: Text<'a> = "backgroundColor",
        text: Text<'a> = "textColor",
    }
    /// `users.settings.sendAs.list`.
    SendAsList {
        send_as: Vec<SendAs<'a>> = "sendAs",
    }
    /// A sending address.
    SendAs {
        email: Text<'a> = "sendAsEmail",
        name: Text<'a> = "displayName",
        signature: Text<'a> = "signature",
        is_default: Flag = "isDefault",
        is_primary: Flag = "isPrimary",
    }
    /// `users.messages.list`.
    MessageList {
        messages: Vec<MessageId<'a>> = "messages",
        next: Text<'a> = "nextPageToken",
        estimate: Number = "resultSizeEstimate",
    }
    /// A message by its ids.
    MessageId {
        id: Text<'a> = "id",
        thread_id: Text<'a> = "threadId",
    }
    /// `users.history.list`.
    HistoryList {
        history: Vec<History<'a>> = "history",
        next: Text<'a> = "nextPageToken",
        history_id: Text<'a> = "historyId",
    }
    /// A record of the history.
    History {
        added: Vec<HistoryItem<'a>> = "messagesAdded",
        deleted: Vec<HistoryItem<'a>> = "messagesDeleted",
        labels_added: Vec<HistoryItem<'a>> = "labelsAdded",
        labels_removed: Vec<HistoryItem<'a>> = "labelsRemoved",
    }
    /// What happened to one message.
    HistoryItem {
        message: MessageId<'a> = "message",
        label_ids: Vec<Text<'a>> = "labelIds",
    }
    /// A message; which keys are there depends on `format` and `fields`.
    Message {
        id: Text<'a> = "id",
        thread_id: Text<'a> = "threadId",
        label_ids: Vec<Text<'a>> = "labelIds",
        internal_date: Number = "internalDate",
        size_estimate: Number = "sizeEstimate",
        history_id: Text<'a> = "historyId",
        payload: Part<'a> = "payload",
        raw: Text<'a> = "raw",
    }
    /// `users.drafts.list`.
    Drafts {
        drafts: Vec<Draft<'a>> = "drafts",
    }
    /// A draft: an id that lasts, and the message it holds now.
    Draft {
        id: Text<'a> = "id",
        message: Message<'a> = "message",
    }
    /// `users.threads.get`.
    Thread {
        messages: Vec<Message<'a>> = "messages",
    }
    /// `users.threads.get`, when one of its messages cannot be read: each is looked at by itself.
    RawThread {
        messages: Vec<RawMessage<'a>> = "messages",
    }
    /// A part of a message (RFC 2045).
    Part {
        mime_type: Text<'a> = "mimeType",
        filename: Text<'a> = "filename",
        headers: Vec<Header<'a>> = "headers",
        body: Body<'a> = "body",
        parts: Vec<Part<'a>> = "parts",
    }
    /// A header field.
    Header {
        name: Text<'a> = "name",
        value: Text<'a> = "value",
    }
    /// `about.get` of Drive.
    About {
        user: AboutUser<'a> = "user",
    }
    /// Whose drive it is.
    AboutUser {
        permission_id: Text<'a> = "permissionId",
    }
    /// `files.list` of Drive.
    DriveFiles {
        files: Vec<DriveFile<'a>> = "files",
        next: Text<'a> = "nextPageToken",
    }
    /// A file in Drive.
    DriveFile {
        id: Text<'a> = "id",
        name: Text<'a> = "name",
        mime_type: Text<'a> = "mimeType",
        link: Text<'a> = "webViewLink",
        drive_id: Text<'a> = "driveId",
        trashed: Flag = "trashed",
        modified: Text<'a> = "modifiedTime",
    }
    /// `changes.getStartPageToken`.
    DriveStart {
        token: Text<'a> = "startPageToken",
    }
    /// `changes.list`.
    DriveChanges {
        changes: Vec<DriveChange<'a>> = "changes",
        next: Text<'a> = "nextPageToken",
        fresh: Text<'a> = "newStartPageToken",
    }
    /// What has become of a file, or of a shared drive.
    DriveChange {
        file_id: Text<'a> = "fileId",
        removed: Flag = "removed",
        file: DriveFile<'a> = "file",
    }
    /// A part's bytes, or where they are.
    Body {
        attachment_id: Text<'a> = "attachmentId",
        size: Number = "size",
        data: Text<'a> = "data",
    }
}

/// A message's JSON, not looked into yet.
#[derive(Debug)]
pub(crate) struct RawMessage<'a>(pub(crate) &'a serde_json::value::RawValue);

impl<'de: 'a, 'a> Deserialize<'de> for RawMessage<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&serde_json::value::RawValue>::deserialize(deserializer).map(Self)
    }
}

/// Whether this is JSON from its beginning to its end, whatever it says.
pub(crate) fn is_complete(body: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok()
}

/// Reads an answer.
pub(crate) fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Option<T> {
    serde_json::from_slice(body).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n8_odd_spellings_are_read() {
        let json =
            br#"{"id": 12, "threadId": null, "labelIds": ["A", 7], "internalDate": "1700000000000",
            "sizeEstimate": 9, "newKey": {"x": [1]}, "id": "13", "historyId": 18446744073709551615,
            "payload": {"headers": [{"name": "Subject", "value": "a\u003cb"}]}}"#;
        let m: Message<'_> = read(json).unwrap();
        assert_eq!(&*m.id, "13", "the last of a doubled key counts");
        assert_eq!(&*m.thread_id, "");
        assert_eq!(
            m.label_ids
                .iter()
                .map(|l| l.to_string())
                .collect::<Vec<_>>(),
            ["A", "7"]
        );
        assert_eq!(m.internal_date, Number(Some(1_700_000_000_000)));
        assert_eq!(&*m.history_id, "18446744073709551615");
        assert_eq!(&*m.payload.headers[0].value, "a<b");
        assert_eq!(m.size_estimate.0, Some(9));
    }

    #[test]
    fn g4_a_missing_history_is_empty() {
        let page: HistoryList<'_> = read(br#"{"historyId": 5, "nextPageToken": "x"}"#).unwrap();
        assert!(page.history.is_empty());
        assert_eq!((&*page.history_id, &*page.next), ("5", "x"));
    }

    #[test]
    fn a_number_beyond_reach_is_no_number() {
        let m: Message<'_> =
            read(br#"{"internalDate": "99999999999999999999", "sizeEstimate": true}"#).unwrap();
        assert_eq!(
            (m.internal_date, m.size_estimate),
            (Number(None), Number(None))
        );
    }

    #[test]
    fn n4_json_cut_in_the_middle_is_no_answer() {
        let whole = br#"{"messages":[{"id":"1","threadId":"2"}],"nextPageToken":"3"}"#;
        for cut in 0..whole.len() {
            assert!(read::<MessageList<'_>>(&whole[..cut]).is_none());
        }
        assert!(read::<MessageList<'_>>(whole).is_some());
    }
}
