//! The methods of the Gmail API: their paths, the scopes that allow them, and what they cost.

use crate::oauth::scopes::GmailScopes as S;

/// A method that the sandbox knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Op {
    Profile,
    Watch,
    Stop,
    MessagesList,
    MessagesGet,
    MessagesSend,
    MessagesInsert,
    MessagesImport,
    MessagesModify,
    MessagesBatchModify,
    MessagesBatchDelete,
    MessagesTrash,
    MessagesUntrash,
    MessagesDelete,
    AttachmentsGet,
    ThreadsList,
    ThreadsGet,
    ThreadsModify,
    ThreadsTrash,
    ThreadsUntrash,
    ThreadsDelete,
    HistoryList,
    LabelsList,
    LabelsGet,
    LabelsCreate,
    LabelsPatch,
    LabelsUpdate,
    LabelsDelete,
    DraftsList,
    DraftsGet,
    DraftsCreate,
    DraftsUpdate,
    DraftsSend,
    DraftsDelete,
    SendAsList,
    SendAsGet,
    SendAsPatch,
    SendAsUpdate,
    FiltersList,
    FiltersGet,
    FiltersCreate,
    FiltersDelete,
    VacationGet,
    VacationUpdate,
    AutoForwardingGet,
    ImapGet,
    PopGet,
    LanguageGet,
    ForwardingList,
    DelegatesList,
}

const READ: u16 = S::FULL | S::MODIFY | S::READONLY;
const LOOK: u16 = READ | S::METADATA;
const CHANGE: u16 = S::FULL | S::MODIFY;
const DRAFTS: u16 = CHANGE | S::COMPOSE;
const SETTINGS: u16 = READ | S::SETTINGS_BASIC;

impl Op {
    /// Scopes any of which allows the method (the discovery document of Gmail v1).
    pub(crate) const fn scopes(self) -> u16 {
        match self {
            Self::Profile => LOOK | S::COMPOSE,
            Self::Watch
            | Self::Stop
            | Self::MessagesList
            | Self::MessagesGet
            | Self::ThreadsList
            | Self::ThreadsGet
            | Self::HistoryList => LOOK,
            Self::MessagesSend => DRAFTS | S::SEND,
            Self::MessagesInsert | Self::MessagesImport => CHANGE | S::INSERT,
            Self::MessagesModify
            | Self::MessagesBatchModify
            | Self::MessagesTrash
            | Self::MessagesUntrash
            | Self::ThreadsModify
            | Self::ThreadsTrash
            | Self::ThreadsUntrash => CHANGE,
            Self::MessagesDelete | Self::MessagesBatchDelete | Self::ThreadsDelete => S::FULL,
            Self::AttachmentsGet => READ,
            Self::LabelsList | Self::LabelsGet => LOOK | S::LABELS,
            Self::LabelsCreate | Self::LabelsPatch | Self::LabelsUpdate | Self::LabelsDelete => {
                CHANGE | S::LABELS
            }
            Self::DraftsList | Self::DraftsGet => READ | S::COMPOSE,
            Self::DraftsCreate | Self::DraftsUpdate | Self::DraftsSend | Self::DraftsDelete => {
                DRAFTS
            }
            Self::SendAsPatch | Self::SendAsUpdate => {
                S::FULL | S::SETTINGS_BASIC | S::SETTINGS_SHARING
            }
            // the document names the settings scopes only; full access is taken to include them
            Self::FiltersCreate | Self::FiltersDelete | Self::VacationUpdate => {
                S::FULL | S::SETTINGS_BASIC
            }
            Self::SendAsList
            | Self::SendAsGet
            | Self::FiltersList
            | Self::FiltersGet
            | Self::VacationGet
            | Self::AutoForwardingGet
            | Self::ImapGet
            | Self::PopGet
            | Self::LanguageGet
            | Self::ForwardingList
            | Self::DelegatesList => SETTINGS,
        }
    }

    /// Quota units for (projects new since May 2026, older projects). The older table is Google's; of the newer one
    /// only get 20, threads.get 40, list 5, history 2 and send 100 are known, the rest is taken over.
    #[expect(
        clippy::match_same_arms,
        reason = "a table, one line for each kind of method"
    )]
    pub(crate) const fn units(self) -> (u32, u32) {
        match self {
            Self::Profile => (1, 1),
            Self::Watch => (100, 100),
            Self::Stop => (50, 50),
            Self::MessagesGet | Self::AttachmentsGet | Self::DraftsGet => (20, 5),
            Self::ThreadsGet => (40, 10),
            Self::MessagesList | Self::DraftsList => (5, 5),
            Self::ThreadsList | Self::ThreadsModify | Self::ThreadsTrash | Self::ThreadsUntrash => {
                (10, 10)
            }
            Self::ThreadsDelete => (20, 20),
            Self::HistoryList => (2, 2),
            Self::MessagesSend | Self::DraftsSend => (100, 100),
            Self::MessagesInsert | Self::MessagesImport => (25, 25),
            Self::MessagesModify | Self::MessagesTrash | Self::MessagesUntrash => (5, 5),
            Self::MessagesBatchModify | Self::MessagesBatchDelete => (50, 50),
            Self::MessagesDelete | Self::DraftsCreate | Self::DraftsDelete => (10, 10),
            Self::DraftsUpdate => (15, 15),
            Self::LabelsCreate | Self::LabelsPatch | Self::LabelsUpdate | Self::LabelsDelete => {
                (5, 5)
            }
            Self::FiltersCreate | Self::FiltersDelete | Self::VacationUpdate => (5, 5),
            Self::SendAsPatch | Self::SendAsUpdate => (100, 100),
            _ => (1, 1),
        }
    }
}

/// A request that leads to a method, with what stood in its path.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Route<'p> {
    pub(crate) op: Op,
    pub(crate) user: &'p str,
    pub(crate) id: &'p str,
    pub(crate) part: &'p str,
}

/// Finds the method of a path below `…/gmail/v1/users/`.
pub(crate) fn route<'p>(verb: &str, path: &'p str) -> Option<Route<'p>> {
    let mut words: [&str; 6] = [""; 6];
    let mut count = 0;
    for word in path.split('/') {
        *words.get_mut(count)? = word;
        count += 1;
    }
    let (op, id, part) = match (verb, &words[1..count]) {
        ("GET", ["profile"]) => (Op::Profile, "", ""),
        ("POST", ["watch"]) => (Op::Watch, "", ""),
        ("POST", ["stop"]) => (Op::Stop, "", ""),
        ("GET", ["messages"]) => (Op::MessagesList, "", ""),
        ("POST", ["messages"]) => (Op::MessagesInsert, "", ""),
        ("POST", ["messages", "send"]) => (Op::MessagesSend, "", ""),
        ("POST", ["messages", "import"]) => (Op::MessagesImport, "", ""),
        ("POST", ["messages", "batchModify"]) => (Op::MessagesBatchModify, "", ""),
        ("POST", ["messages", "batchDelete"]) => (Op::MessagesBatchDelete, "", ""),
        ("GET", ["messages", id]) => (Op::MessagesGet, *id, ""),
        ("DELETE", ["messages", id]) => (Op::MessagesDelete, *id, ""),
        ("POST", ["messages", id, "modify"]) => (Op::MessagesModify, *id, ""),
        ("POST", ["messages", id, "trash"]) => (Op::MessagesTrash, *id, ""),
        ("POST", ["messages", id, "untrash"]) => (Op::MessagesUntrash, *id, ""),
        ("GET", ["messages", id, "attachments", part]) => (Op::AttachmentsGet, *id, *part),
        ("GET", ["threads"]) => (Op::ThreadsList, "", ""),
        ("GET", ["threads", id]) => (Op::ThreadsGet, *id, ""),
        ("DELETE", ["threads", id]) => (Op::ThreadsDelete, *id, ""),
        ("POST", ["threads", id, "modify"]) => (Op::ThreadsModify, *id, ""),
        ("POST", ["threads", id, "trash"]) => (Op::ThreadsTrash, *id, ""),
        ("POST", ["threads", id, "untrash"]) => (Op::ThreadsUntrash, *id, ""),
        ("GET", ["history"]) => (Op::HistoryList, "", ""),
        ("GET", ["labels"]) => (Op::LabelsList, "", ""),
        ("POST", ["labels"]) => (Op::LabelsCreate, "", ""),
        ("GET", ["labels", id]) => (Op::LabelsGet, *id, ""),
        ("PATCH", ["labels", id]) => (Op::LabelsPatch, *id, ""),
        ("PUT", ["labels", id]) => (Op::LabelsUpdate, *id, ""),
        ("DELETE", ["labels", id]) => (Op::LabelsDelete, *id, ""),
        ("GET", ["drafts"]) => (Op::DraftsList, "", ""),
        ("POST", ["drafts"]) => (Op::DraftsCreate, "", ""),
        ("POST", ["drafts", "send"]) => (Op::DraftsSend, "", ""),
        ("GET", ["drafts", id]) => (Op::DraftsGet, *id, ""),
        ("PUT", ["drafts", id]) => (Op::DraftsUpdate, *id, ""),
        ("DELETE", ["drafts", id]) => (Op::DraftsDelete, *id, ""),
        ("GET", ["settings", "sendAs"]) => (Op::SendAsList, "", ""),
        ("GET", ["settings", "sendAs", id]) => (Op::SendAsGet, *id, ""),
        ("PATCH", ["settings", "sendAs", id]) => (Op::SendAsPatch, *id, ""),
        ("PUT", ["settings", "sendAs", id]) => (Op::SendAsUpdate, *id, ""),
        ("GET", ["settings", "filters"]) => (Op::FiltersList, "", ""),
        ("POST", ["settings", "filters"]) => (Op::FiltersCreate, "", ""),
        ("GET", ["settings", "filters", id]) => (Op::FiltersGet, *id, ""),
        ("DELETE", ["settings", "filters", id]) => (Op::FiltersDelete, *id, ""),
        ("GET", ["settings", "vacation"]) => (Op::VacationGet, "", ""),
        ("PUT", ["settings", "vacation"]) => (Op::VacationUpdate, "", ""),
        ("GET", ["settings", "autoForwarding"]) => (Op::AutoForwardingGet, "", ""),
        ("GET", ["settings", "imap"]) => (Op::ImapGet, "", ""),
        ("GET", ["settings", "pop"]) => (Op::PopGet, "", ""),
        ("GET", ["settings", "language"]) => (Op::LanguageGet, "", ""),
        ("GET", ["settings", "forwardingAddresses"]) => (Op::ForwardingList, "", ""),
        ("GET", ["settings", "delegates"]) => (Op::DelegatesList, "", ""),
        _ => return None,
    };
    Some(Route {
        op,
        user: words[0],
        id,
        part,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literal_words_win_over_ids() {
        assert_eq!(
            route("POST", "me/messages/send").unwrap().op,
            Op::MessagesSend
        );
        assert_eq!(
            route("GET", "me/messages/send").unwrap().op,
            Op::MessagesGet
        );
        let r = route("GET", "a@b/messages/1f/attachments/xyz").unwrap();
        assert_eq!(
            (r.op, r.user, r.id, r.part),
            (Op::AttachmentsGet, "a@b", "1f", "xyz")
        );
        assert!(route("GET", "me/nothing").is_none() && route("GET", "a/b/c/d/e/f/g").is_none());
    }
}
