//! Scopes: what the consent page says about each, and what each allows in Gmail.

/// What Gmail methods ask for; one bit a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct GmailScopes(pub(crate) u16);

impl GmailScopes {
    pub(crate) const FULL: u16 = 1;
    pub(crate) const MODIFY: u16 = 2;
    pub(crate) const READONLY: u16 = 4;
    pub(crate) const METADATA: u16 = 8;
    pub(crate) const LABELS: u16 = 16;
    pub(crate) const SEND: u16 = 32;
    pub(crate) const COMPOSE: u16 = 64;
    pub(crate) const INSERT: u16 = 128;
    pub(crate) const SETTINGS_BASIC: u16 = 256;
    pub(crate) const SETTINGS_SHARING: u16 = 512;

    /// The Gmail scopes among `scopes`.
    pub(crate) fn of(scopes: &[String]) -> Self {
        Self(scopes.iter().fold(0, |bits, scope| {
            bits | NAMES
                .iter()
                .find(|(_, n)| n == scope)
                .map_or(0, |(b, _)| *b)
        }))
    }

    pub(crate) fn any(self, of: u16) -> bool {
        self.0 & of != 0
    }

    /// Only `gmail.metadata` opens the mail: no bodies and no `q=` (fault G29).
    pub(crate) fn metadata_only(self) -> bool {
        self.any(Self::METADATA) && !self.any(Self::FULL | Self::MODIFY | Self::READONLY)
    }

    /// Full names of the scopes in `bits`, for the challenge of a 403.
    pub(crate) fn names(bits: u16) -> String {
        NAMES
            .iter()
            .filter(|(b, _)| bits & b != 0)
            .map(|(_, name)| *name)
            .collect::<Vec<_>>()
            .join(" ")
    }
}

const NAMES: [(u16, &str); 10] = [
    (GmailScopes::FULL, "https://mail.google.com/"),
    (
        GmailScopes::MODIFY,
        "https://www.googleapis.com/auth/gmail.modify",
    ),
    (
        GmailScopes::READONLY,
        "https://www.googleapis.com/auth/gmail.readonly",
    ),
    (
        GmailScopes::METADATA,
        "https://www.googleapis.com/auth/gmail.metadata",
    ),
    (
        GmailScopes::LABELS,
        "https://www.googleapis.com/auth/gmail.labels",
    ),
    (
        GmailScopes::SEND,
        "https://www.googleapis.com/auth/gmail.send",
    ),
    (
        GmailScopes::COMPOSE,
        "https://www.googleapis.com/auth/gmail.compose",
    ),
    (
        GmailScopes::INSERT,
        "https://www.googleapis.com/auth/gmail.insert",
    ),
    (
        GmailScopes::SETTINGS_BASIC,
        "https://www.googleapis.com/auth/gmail.settings.basic",
    ),
    (
        GmailScopes::SETTINGS_SHARING,
        "https://www.googleapis.com/auth/gmail.settings.sharing",
    ),
];

/// Sign-in scopes: always granted together, without a box to untick, as Google does.
pub(crate) const IDENTITY: [&str; 3] = [
    "openid",
    "https://www.googleapis.com/auth/userinfo.email",
    "https://www.googleapis.com/auth/userinfo.profile",
];

/// The name a scope has in Google's answers: `email` and `profile` come back by their long names.
pub(crate) fn canonical(scope: &str) -> &str {
    match scope {
        "email" => IDENTITY[1],
        "profile" => IDENTITY[2],
        other => other,
    }
}

/// The scopes of a request parameter, canonical, each once, in order.
pub(crate) fn parse(text: &str) -> Vec<String> {
    let mut scopes: Vec<String> = Vec::new();
    for scope in text.split_ascii_whitespace().map(canonical) {
        if !scopes.iter().any(|s| s == scope) {
            scopes.push(scope.to_owned());
        }
    }
    scopes
}

/// True for a scope Google has; others end the request with `invalid_scope`.
pub(crate) fn known(scope: &str) -> bool {
    IDENTITY.contains(&scope) || describe(scope).is_some()
}

/// What the consent page says.
pub(crate) fn describe(scope: &str) -> Option<&'static str> {
    let short = scope
        .strip_prefix("https://www.googleapis.com/auth/")
        .unwrap_or(scope);
    Some(match short {
        "https://mail.google.com/" => {
            "Read, compose, send and permanently delete all your email from Gmail"
        }
        "gmail.modify" => {
            "Read, compose and send emails from your Gmail account, and change labels"
        }
        "gmail.readonly" => "View your email messages and settings",
        "gmail.metadata" => {
            "View your email message metadata such as labels and headers, but not the email body"
        }
        "gmail.labels" => "See and edit your email labels",
        "gmail.send" => "Send email on your behalf",
        "gmail.compose" => "Manage drafts and send emails",
        "gmail.insert" => "Add emails into your Gmail mailbox",
        "gmail.settings.basic" => {
            "See, edit, create or change your email settings and filters in Gmail"
        }
        "gmail.settings.sharing" => {
            "Manage your sensitive mail settings, including who can manage your mail"
        }
        "calendar" | "https://www.google.com/calendar/feeds" => {
            "See, edit, share and permanently delete all the calendars you can access"
        }
        "calendar.readonly" => "See and download any calendar you can access",
        "calendar.events" => "View and edit events on all your calendars",
        "calendar.events.owned" => {
            "See, create, change, and delete events on Google calendars you own"
        }
        "calendar.events.readonly" => "View events on all your calendars",
        "calendar.calendarlist.readonly" => {
            "See the list of Google calendars you are subscribed to"
        }
        "calendar.freebusy" => "View your availability in your calendars",
        "contacts" => "See, edit, download and permanently delete your contacts",
        "contacts.readonly" => "See and download your contacts",
        "contacts.other.readonly" => {
            "See and download contact info automatically saved in your \"Other contacts\""
        }
        "tasks" => "Create, edit, organise and delete all your tasks",
        "tasks.readonly" => "View your tasks",
        "drive" => "See, edit, create and delete all of your Google Drive files",
        "drive.readonly" => "See and download all your Google Drive files",
        "drive.file" => {
            "See, edit, create and delete only the specific Google Drive files you use with this app"
        }
        "drive.metadata.readonly" => "See information about your Google Drive files",
        "directory.readonly" => "See and download your organisation's directory",
        "userinfo.email" => "See your primary Google Account email address",
        "userinfo.profile" => {
            "See your personal info, including any personal info you've made publicly available"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_come_back_long_and_once() {
        assert_eq!(parse("openid email  email profile"), IDENTITY);
        assert!(
            known("https://www.googleapis.com/auth/gmail.send")
                && !known("https://www.googleapis.com/auth/gmail.fly")
        );
    }

    #[test]
    fn metadata_alone_is_told_from_metadata_with_more() {
        let bits = |s: &str| GmailScopes::of(&parse(s));
        assert!(bits("https://www.googleapis.com/auth/gmail.metadata").metadata_only());
        assert!(
            !bits("https://mail.google.com/ https://www.googleapis.com/auth/gmail.metadata")
                .metadata_only()
        );
    }
}
