//! Files of a provider that are linked to records: a few facts of each, never what is in it.

use serde::{Deserialize, Serialize};

/// Whether a linked file can be seen with the connection that looks after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    /// It is there, with the name that is shown.
    Available,
    /// It is not open to Tenon (faults D1, D2): it exists or not, nobody can tell.
    NoAccess,
    /// It was deleted, is in the bin, or is no longer shared (fault D5).
    Unavailable,
}

impl FileState {
    /// The word in the database and in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::NoAccess => "no_access",
            Self::Unavailable => "unavailable",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Available, Self::NoAccess, Self::Unavailable]
            .into_iter()
            .find(|s| s.as_str() == text)
    }
}

/// A file as the provider tells of it.
#[derive(Clone, PartialEq, Eq)]
pub struct RemoteFile {
    /// The provider's id.
    pub provider_id: String,
    /// Its name.
    pub name: String,
    /// Its type (RFC 6838, or one of Google's own).
    pub mime_type: String,
    /// Where a person opens it.
    pub link: String,
    /// The shared drive that it is in; none is the person's own.
    pub drive_id: Option<String>,
    /// Whether it is in the bin.
    pub trashed: bool,
    /// When it was last changed, RFC 3339 as the provider writes it; only of searches.
    pub modified_at: Option<crate::Time>,
}

/// Longest name that is kept, in bytes of UTF-8; Drive itself has no limit.
const NAME: usize = 500;
/// Longest media type (RFC 6838, 4.2: 127 each side of the slash).
const TYPE: usize = 255;

impl RemoteFile {
    /// The same with texts of bounded length and without control characters: what people see in lists.
    #[must_use]
    pub fn tidied(mut self) -> Self {
        self.name = tidy(&self.name, NAME);
        if self.name.is_empty() {
            "?".clone_into(&mut self.name);
        }
        self.mime_type = tidy(&self.mime_type, TYPE);
        self
    }
}

impl std::fmt::Debug for RemoteFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RemoteFile(…)")
    }
}

fn tidy(text: &str, most: usize) -> String {
    let clean: String = text.chars().filter(|c| !c.is_control()).collect();
    let mut end = clean.len().min(most);
    while !clean.is_char_boundary(end) {
        end -= 1;
    }
    clean[..end].trim().to_owned()
}

/// Whether a text can be the id of a Drive file. Google promises no form; all that were ever seen are of these
/// characters, and nothing else may come into an address.
pub fn is_drive_id(text: &str) -> bool {
    (10..=128).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// A link to a Drive file, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriveLink {
    /// The file's id.
    pub id: String,
    /// What the link tells of its type.
    pub mime_type: &'static str,
    /// What the file is called while nothing else is known of it.
    pub name: &'static str,
    /// Where a person opens it: made anew, so nothing of the pasted text is kept.
    pub link: String,
}

/// What a link of each kind is: path, type, name.
const KINDS: &[(&str, &str, &str)] = &[
    (
        "document",
        "application/vnd.google-apps.document",
        "Google Docs file",
    ),
    (
        "spreadsheets",
        "application/vnd.google-apps.spreadsheet",
        "Google Sheets file",
    ),
    (
        "presentation",
        "application/vnd.google-apps.presentation",
        "Google Slides file",
    ),
    (
        "forms",
        "application/vnd.google-apps.form",
        "Google Forms file",
    ),
    (
        "drawings",
        "application/vnd.google-apps.drawing",
        "Google Drawings file",
    ),
];
/// A file of which only the id is known.
const UNKNOWN: (&str, &str) = ("application/octet-stream", "Google Drive file");
const FOLDER: (&str, &str) = ("application/vnd.google-apps.folder", "Google Drive folder");

impl DriveLink {
    /// Reads an address as people copy it from the browser: `docs.google.com/<kind>[/u/N]/d/<id>/…`,
    /// `drive.google.com/file/d/<id>/…`, `drive.google.com/drive[/u/N]/folders/<id>`, `drive.google.com/open?id=<id>`.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.trim();
        let rest = strip_prefix_ignoring_case(rest, "https://")
            .or_else(|| strip_prefix_ignoring_case(rest, "http://"))?;
        let (host, rest) = rest.split_once('/')?;
        let docs = host.eq_ignore_ascii_case("docs.google.com");
        if !docs && !host.eq_ignore_ascii_case("drive.google.com") {
            return None;
        }
        let (rest, _) = rest.split_once('#').unwrap_or((rest, ""));
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut parts: Vec<&str> = path.split('/').filter(|p| !p.is_empty()).collect();
        // `/a/<organisation>` and `/u/<number>` say as whom the person looks, and name no file.
        if parts.first() == Some(&"a") && parts.len() > 2 {
            parts.drain(..2);
        }
        if let Some(at) = parts.iter().position(|p| *p == "u")
            && parts
                .get(at + 1)
                .is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()))
        {
            parts.drain(at..at + 2);
        }
        let (id, kind) = match parts.as_slice() {
            ["file", "d", id, ..] => (*id, UNKNOWN),
            ["drive", "folders", id, ..] | ["folders", id, ..] if !docs => (*id, FOLDER),
            ["open" | "uc"] => {
                let id = query.split('&').find_map(|p| p.strip_prefix("id="))?;
                (id, UNKNOWN)
            }
            [kind, "d", id, ..] => {
                let known = KINDS.iter().find(|(path, ..)| path == kind)?;
                (*id, (known.1, known.2))
            }
            _ => return None,
        };
        Some(Self::of(id, kind)).filter(|l| is_drive_id(&l.id))
    }

    /// A file of which only the id is known.
    pub fn of_id(id: &str) -> Option<Self> {
        is_drive_id(id).then(|| Self::of(id, UNKNOWN))
    }

    /// Where a person opens a file of this type.
    pub fn address(id: &str, mime_type: &str) -> Option<String> {
        let kind = KINDS.iter().find(|(_, of, _)| *of == mime_type);
        let kind = kind.map_or(UNKNOWN, |(_, mime_type, name)| (*mime_type, *name));
        is_drive_id(id).then(|| Self::of(id, kind).link)
    }

    fn of(id: &str, (mime_type, name): (&'static str, &'static str)) -> Self {
        let link = match KINDS.iter().find(|(_, of, _)| *of == mime_type) {
            Some((path, ..)) => format!("https://docs.google.com/{path}/d/{id}/edit"),
            None if mime_type == FOLDER.0 => format!("https://drive.google.com/drive/folders/{id}"),
            None => format!("https://drive.google.com/file/d/{id}/view"),
        };
        Self {
            id: id.to_owned(),
            mime_type,
            name,
            link,
        }
    }
}

fn strip_prefix_ignoring_case<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix)
        .then(|| &text[prefix.len()..])
}

/// Whether an address that a provider gives as a file's link may stand in a page: of Google, in full, and safe.
pub fn is_file_link(link: &str) -> bool {
    let Some(rest) = link.strip_prefix("https://") else {
        return false;
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    link.len() <= 2_000
        && !link.contains(|c: char| c.is_control() || c.is_whitespace() || c == '"' || c == '<')
        && (host == "google.com" || host.ends_with(".google.com"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "1AbC-dEf_0123456789xyz";

    #[test]
    fn links_as_people_copy_them_are_read() {
        for (text, mime) in [
            (
                format!("https://docs.google.com/document/d/{ID}/edit?tab=t.0#heading=h.x"),
                "document",
            ),
            (
                format!("https://docs.google.com/spreadsheets/d/{ID}"),
                "spreadsheet",
            ),
            (
                format!("https://docs.google.com/spreadsheets/u/1/d/{ID}/edit#gid=0"),
                "spreadsheet",
            ),
            (
                format!(" HTTPS://Docs.Google.com/presentation/d/{ID}/edit "),
                "presentation",
            ),
            (
                format!("https://docs.google.com/a/lumen.example/document/d/{ID}/edit"),
                "document",
            ),
            (
                format!("https://drive.google.com/file/d/{ID}/view?usp=sharing"),
                "octet-stream",
            ),
            (
                format!("https://drive.google.com/drive/u/0/folders/{ID}"),
                "folder",
            ),
            (
                format!("https://drive.google.com/open?usp=x&id={ID}"),
                "octet-stream",
            ),
        ] {
            let link = DriveLink::parse(&text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(link.id, ID, "{text}");
            assert!(link.mime_type.ends_with(mime), "{text}");
            assert!(is_file_link(&link.link), "{}", link.link);
            // What is shown is a link of the same file.
            assert_eq!(DriveLink::parse(&link.link).unwrap().id, ID);
        }
    }

    #[test]
    fn other_addresses_are_not() {
        for text in [
            "",
            "hello",
            "https://example.com/document/d/1AbC-dEf_0123456789xyz/edit",
            "https://docs.google.com.evil.example/document/d/1AbC-dEf_0123456789xyz",
            "https://docs.google.com/document/d/short/edit",
            "https://docs.google.com/document/d/..%2F..%2Fabout0000/edit",
            "https://docs.google.com/wizards/d/1AbC-dEf_0123456789xyz",
            "https://docs.google.com/",
            "javascript:alert(1)//docs.google.com/document/d/1AbC-dEf_0123456789xyz",
            "https://drive.google.com/open?usp=x",
            "éé",
        ] {
            assert_eq!(DriveLink::parse(text), None, "{text}");
        }
    }

    #[test]
    fn ids_are_plain() {
        assert!(is_drive_id(ID));
        for bad in [
            "",
            "short",
            "1AbC/dEf_0123456789",
            "1AbC dEf_0123456789",
            "1AbC?dEf_012345",
            &"x".repeat(129),
        ] {
            assert!(!is_drive_id(bad), "{bad}");
            assert_eq!(DriveLink::of_id(bad), None);
        }
    }

    #[test]
    fn only_addresses_of_google_are_links() {
        assert!(is_file_link(
            "https://docs.google.com/document/d/x/edit?usp=drivesdk"
        ));
        for bad in [
            "http://docs.google.com/x",
            "javascript:alert(1)",
            "https://google.com.evil.example/",
            "https://evilgoogle.com/",
            "https://docs.google.com/\"onclick",
            "https://user@evil.example/.google.com",
        ] {
            assert!(!is_file_link(bad), "{bad}");
        }
    }

    #[test]
    fn names_are_tidied() {
        let file = |name: &str| RemoteFile {
            provider_id: ID.into(),
            name: name.into(),
            mime_type: "text/plain".into(),
            link: String::new(),
            drive_id: None,
            trashed: false,
            modified_at: None,
        };
        assert_eq!(file(" a\nb\u{7} ").tidied().name, "ab");
        assert_eq!(file("\u{1}").tidied().name, "?");
        let long = file(&"é".repeat(400)).tidied().name;
        assert!(long.len() <= NAME && long.chars().all(|c| c == 'é'));
    }
}
