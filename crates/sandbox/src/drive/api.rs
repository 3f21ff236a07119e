//! The methods: `about.get`, `files.get`, `files.list`, `changes.getStartPageToken`, `changes.list`, `drives.list`.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use tenon_model::Time;

use super::query::Query;
use super::{Corpus, Drive, File};
use crate::oauth::Access;
use crate::state::State;
use crate::wire::call::{Answer, Call};
use crate::wire::errors::ApiError;
use crate::wire::fields::{Mask, Shape};

const PREFIX: &str = "https://www.googleapis.com/auth/";
/// Scopes that open everything a person sees.
const ALL: [&str; 4] = [
    "drive",
    "drive.readonly",
    "drive.metadata",
    "drive.metadata.readonly",
];

/// Whether a path is one of Drive.
pub(crate) fn is_drive(path: &str) -> bool {
    path.starts_with("/drive/v3/")
}

type Result<T> = std::result::Result<T, ApiError>;

static FILE: Shape = Shape(&[
    ("kind", None),
    ("id", None),
    ("name", None),
    ("mimeType", None),
    ("webViewLink", None),
    ("driveId", None),
    ("trashed", None),
    ("createdTime", None),
    ("modifiedTime", None),
    ("ownedByMe", None),
]);
static FILES: Shape = Shape(&[
    ("kind", None),
    ("nextPageToken", None),
    ("incompleteSearch", None),
    ("files", Some(&FILE)),
]);
static START: Shape = Shape(&[("kind", None), ("startPageToken", None)]);
static DRIVE: Shape = Shape(&[("kind", None), ("id", None), ("name", None)]);
static DRIVES: Shape = Shape(&[
    ("kind", None),
    ("nextPageToken", None),
    ("drives", Some(&DRIVE)),
]);
static CHANGE: Shape = Shape(&[
    ("kind", None),
    ("changeType", None),
    ("type", None),
    ("time", None),
    ("removed", None),
    ("fileId", None),
    ("file", Some(&FILE)),
]);
static CHANGES: Shape = Shape(&[
    ("kind", None),
    ("nextPageToken", None),
    ("newStartPageToken", None),
    ("changes", Some(&CHANGE)),
]);
static USER: Shape = Shape(&[
    ("kind", None),
    ("displayName", None),
    ("me", None),
    ("permissionId", None),
    ("emailAddress", None),
]);
static ABOUT: Shape = Shape(&[("kind", None), ("user", Some(&USER))]);

/// What an answer says when nothing is asked for.
const FILE_FIELDS: &str = "kind,id,name,mimeType";
const FILES_FIELDS: &str = "kind,nextPageToken,incompleteSearch,files(kind,id,name,mimeType)";
const CHANGES_FIELDS: &str = "kind,nextPageToken,newStartPageToken,\
    changes(kind,changeType,type,time,removed,fileId,file(kind,id,name,mimeType))";

struct Context<'c> {
    state: &'c State,
    call: &'c Call<'c>,
    account: usize,
    /// All that the person sees, or what was chosen for the application.
    all: bool,
}

fn bad(name: &'static str, location: &str) -> ApiError {
    ApiError::new(
        400,
        name,
        "INVALID_ARGUMENT",
        &format!("Invalid Value: {location}"),
    )
}

fn no_file(id: &str) -> ApiError {
    ApiError::new(
        404,
        "notFound",
        "NOT_FOUND",
        &format!("File not found: {id}."),
    )
}

impl State {
    /// One call of Drive.
    pub(crate) fn drive_call(&self, call: &Call<'_>) -> Answer {
        let access = match self.bearer(call) {
            Ok(access) => access,
            Err(error) => return error.into(),
        };
        let run = |_: Option<&_>| {
            self.drive_method(call, &access)
                .unwrap_or_else(Answer::from)
        };
        let mut answer = self.with_faults(call, || call.target(), Some(access.account), run);
        answer.account = Some(access.account);
        answer
    }

    fn drive_method(&self, call: &Call<'_>, access: &Access) -> Result<Answer> {
        let has = |word: &str| {
            let scopes = access.scopes.iter();
            scopes
                .filter_map(|s| s.strip_prefix(PREFIX))
                .any(|s| s == word)
        };
        let all = ALL.iter().any(|word| has(word));
        if !all && !has("drive.file") {
            return Err(ApiError::insufficient_scope(&format!("{PREFIX}drive.file")));
        }
        let path = call.path.strip_prefix("/drive/v3/").unwrap_or_default();
        let parts: Vec<&str> = path.split('/').collect();
        if call.verb != "GET" {
            return Err(ApiError::no_such_method());
        }
        let now = self.now().as_secs();
        self.quota().charge_drive(access.account, now)?;
        let cx = Context {
            state: self,
            call,
            account: access.account,
            all,
        };
        match parts.as_slice() {
            ["about"] => cx.about(),
            ["files"] => cx.list(),
            ["files", id] => cx.get(&crate::wire::text::unescape_path(id)),
            ["changes", "startPageToken"] => cx.start_token(),
            ["changes"] => cx.changes(),
            // Single changes cannot be asked for, whatever a push may say (fault D4).
            ["drives"] if has("drive") || has("drive.readonly") => cx.drives(),
            ["drives"] => Err(ApiError::insufficient_scope(&format!(
                "{PREFIX}drive.readonly"
            ))),
            _ => Err(ApiError::no_such_method()),
        }
    }
}

impl Context<'_> {
    fn answer(&self, value: &Value, default: &str, shape: &'static Shape) -> Result<Answer> {
        let text = self.call.param("fields").filter(|f| !f.is_empty());
        let mask: Arc<Mask> = self.state.mask(text.unwrap_or(default))?;
        if let Some(name) = mask.unknown_name(shape) {
            let text = format!("Invalid field selection {name}");
            return Err(ApiError::new(
                400,
                "invalidParameter",
                "INVALID_ARGUMENT",
                &text,
            ));
        }
        let empty = Map::new();
        let map = value.as_object().unwrap_or(&empty);
        Ok(Answer::object(&mask, |o| {
            for (key, value) in map {
                o.value(key, value);
            }
        }))
    }

    /// Whether the application may see a file that the person sees.
    fn open(&self, drive: &Drive, file: &File) -> bool {
        self.all || drive.opened.contains(&(self.account, file.id.clone()))
    }

    fn show(&self, file: &File) -> Value {
        let id = &file.id;
        let link = match file.mime_type.strip_prefix("application/vnd.google-apps.") {
            Some("document") => {
                format!("https://docs.google.com/document/d/{id}/edit?usp=drivesdk")
            }
            Some("spreadsheet") => {
                format!("https://docs.google.com/spreadsheets/d/{id}/edit?usp=drivesdk")
            }
            Some("presentation") => {
                format!("https://docs.google.com/presentation/d/{id}/edit?usp=drivesdk")
            }
            _ => format!("https://drive.google.com/file/d/{id}/view?usp=drivesdk"),
        };
        let time = |secs: i64| Time::from_secs(secs).to_rfc3339().replace('Z', ".000Z");
        let mut out = json!({
            "kind": "drive#file", "id": id, "name": file.name, "mimeType": file.mime_type, "webViewLink": link,
            "trashed": file.trashed, "createdTime": time(file.created), "modifiedTime": time(file.modified),
            "ownedByMe": file.owner == Some(self.account),
        });
        if let Some(drive) = &file.drive {
            out["driveId"] = json!(drive);
            out.as_object_mut().map(|o| o.remove("ownedByMe"));
        }
        out
    }

    fn about(&self) -> Result<Answer> {
        if self.call.param("fields").is_none_or(str::is_empty) {
            let text = "The 'fields' parameter is required for this method.";
            return Err(ApiError::new(400, "required", "INVALID_ARGUMENT", text));
        }
        let account = &self.state.people()[self.account];
        let permission = crate::generate::rng::hash_text(7, &account.sub);
        let user = json!({"kind": "drive#user", "displayName": account.name, "me": true,
            "permissionId": format!("{permission:020}"), "emailAddress": account.email});
        self.answer(
            &json!({"kind": "drive#about", "user": user}),
            "kind",
            &ABOUT,
        )
    }

    fn get(&self, id: &str) -> Result<Answer> {
        let drives = self.call.flag("supportsAllDrives")?;
        let drive = self.state.drive();
        let file = drive
            .find(self.account, id)
            .filter(|f| self.open(&drive, f));
        let file = file.filter(|f| drives || f.drive.is_none());
        // What is not open to the application is not there (fault D1).
        let file = file.ok_or_else(|| no_file(id))?;
        self.answer(&self.show(file), FILE_FIELDS, &FILE)
    }

    fn list(&self) -> Result<Answer> {
        let query = match self.call.param("q").filter(|q| !q.trim().is_empty()) {
            None => None,
            Some(text) => Some(Query::parse(text).ok_or_else(|| bad("invalid", "q"))?),
        };
        let items = self.call.flag("includeItemsFromAllDrives")?;
        if items && !self.call.flag("supportsAllDrives")? {
            return Err(ApiError::new(
                403,
                "teamDrivesMembershipRequired",
                "PERMISSION_DENIED",
                "includeItemsFromAllDrives needs supportsAllDrives.",
            ));
        }
        let of = self.call.param("driveId");
        let shared = match self.call.param("corpora").unwrap_or("user") {
            "user" | "domain" => false,
            "allDrives" if items => true,
            "drive" if items && of.is_some() => true,
            _ => return Err(bad("invalid", "corpora")),
        };
        let drive = self.state.drive();
        let mut files: Vec<&File> = drive.of(self.account);
        files.retain(|f| {
            let place = match (&f.drive, of) {
                (Some(drive), Some(of)) => drive == of,
                (Some(_), None) => shared,
                (None, of) => of.is_none(),
            };
            place && self.open(&drive, f) && query.as_ref().is_none_or(|q| q.holds(f))
        });
        self.order(&mut files)?;
        let size = self.call.number("pageSize", 100, 1000)?;
        let from = match self.call.param("pageToken").filter(|t| !t.is_empty()) {
            None => 0,
            Some(token) => token
                .strip_prefix("~!!~")
                .and_then(|t| t.parse().ok())
                .ok_or_else(|| bad("invalid", "pageToken"))?,
        };
        let page: Vec<Value> = files
            .iter()
            .skip(from)
            .take(size)
            .map(|f| self.show(f))
            .collect();
        let end = from + page.len();
        let mut out = json!({"kind": "drive#fileList", "incompleteSearch": false, "files": page});
        if end < files.len() {
            out["nextPageToken"] = json!(format!("~!!~{end}"));
        }
        self.answer(&out, FILES_FIELDS, &FILES)
    }

    fn order(&self, files: &mut [&File]) -> Result<()> {
        let text = self.call.param("orderBy").unwrap_or_default();
        // The last key first: sorting is stable.
        for key in text.split(',').rev().filter(|k| !k.trim().is_empty()) {
            let (name, down) = match key.trim().split_once(' ') {
                Some((name, "desc")) => (name, true),
                Some(_) => return Err(bad("invalid", "orderBy")),
                None => (key.trim(), false),
            };
            match name {
                "name" | "name_natural" => files.sort_by_key(|f| f.name.to_lowercase()),
                "modifiedTime" | "recency" => files.sort_by_key(|f| f.modified),
                "createdTime" => files.sort_by_key(|f| f.created),
                _ => return Err(bad("invalid", "orderBy")),
            }
            if down {
                files.reverse();
            }
        }
        Ok(())
    }

    /// Whose changes are asked for.
    fn corpus(&self, drive: &Drive) -> Result<Corpus> {
        match self.call.param("driveId").filter(|d| !d.is_empty()) {
            None => Ok(Corpus::Account(self.account)),
            Some(id) => {
                let known = drive.drives.iter().find(|d| d.id == id);
                let known = known.filter(|d| d.members.contains(&self.account));
                match known {
                    Some(_) if self.call.flag("supportsAllDrives")? => {
                        Ok(Corpus::Drive(id.to_owned()))
                    }
                    _ => Err(ApiError::new(
                        404,
                        "notFound",
                        "NOT_FOUND",
                        &format!("Shared drive not found: {id}"),
                    )),
                }
            }
        }
    }

    fn start_token(&self) -> Result<Answer> {
        let mut drive = self.state.drive();
        let corpus = self.corpus(&drive)?;
        let token = drive.log(corpus).end();
        let out = json!({"kind": "drive#startPageToken", "startPageToken": token.to_string()});
        self.answer(&out, "kind,startPageToken", &START)
    }

    fn changes(&self) -> Result<Answer> {
        let token = self.call.param("pageToken").unwrap_or_default();
        let token: u64 = token.parse().map_err(|_| bad("invalid", "pageToken"))?;
        let removed = self.call.param("includeRemoved") != Some("false");
        let size = self.call.number("pageSize", 100, 1000)?;
        let mut drive = self.state.drive();
        let corpus = self.corpus(&drive)?;
        let log = drive.log(corpus);
        if token < log.forgotten {
            return Err(bad("invalid", "pageToken"));
        }
        let (first, end) = (log.first, log.end());
        // A token of another drive is beyond the end, and finds nothing (fault D3).
        let from = usize::try_from(token.saturating_sub(first)).unwrap_or(usize::MAX);
        let entries: Vec<(String, bool)> =
            log.entries.iter().skip(from).take(size).cloned().collect();
        let after = token + entries.len() as u64;
        let mut out = Vec::new();
        for (id, gone) in &entries {
            let opened = drive.opened.contains(&(self.account, id.clone()));
            if !self.all && !opened {
                continue;
            }
            let file = drive.find(self.account, id).filter(|_| !gone);
            if file.is_none() && !removed {
                continue;
            }
            let mut change = json!({"kind": "drive#change", "changeType": "file", "type": "file",
                "time": self.state.now().to_rfc3339().replace('Z', ".000Z"), "removed": file.is_none(), "fileId": id});
            if let Some(file) = file {
                change["file"] = self.show(file);
            }
            out.push(change);
        }
        let mut answer = json!({"kind": "drive#changeList", "changes": out});
        if after < end {
            answer["nextPageToken"] = json!(after.to_string());
        } else {
            answer["newStartPageToken"] = json!(end.max(token).to_string());
        }
        self.answer(&answer, CHANGES_FIELDS, &CHANGES)
    }

    fn drives(&self) -> Result<Answer> {
        let drive = self.state.drive();
        let drives = drive.drives.iter();
        let drives: Vec<Value> = drives
            .filter(|d| d.members.contains(&self.account))
            .map(|d| json!({"kind": "drive#drive", "id": d.id, "name": d.name}))
            .collect();
        let out = json!({"kind": "drive#driveList", "drives": drives});
        self.answer(&out, "kind,nextPageToken,drives(kind,id,name)", &DRIVES)
    }
}
