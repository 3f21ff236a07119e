//! Everything a running sandbox knows, and the way of a call through it.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use bytes::Bytes;
use tenon_model::Time;

use crate::config::{Account, SandboxConfig, SandboxError};
use crate::drive::{Drive, is_drive};
use crate::faults::{Faults, Hit, Twist};
use crate::generate::Corpus;
use crate::gmail::{self, Context, methods};
use crate::log::Log;
use crate::mailbox::Mailbox;
use crate::oauth::scopes::GmailScopes;
use crate::oauth::{Access, OAuth, authorize, idtoken, token};
use crate::push::Pushes;
use crate::quota::Quota;
use crate::upload::{self, Uploads};
use crate::wire::batch;
use crate::wire::call::{Answer, Call, Struck, Trouble};
use crate::wire::errors::ApiError;
use crate::wire::fields::{ALL, Mask};

/// Messages a mailbox may have: slots are 32 bits, and half of them are for what comes in later.
const MOST_MESSAGES: u64 = 1 << 31;

/// Everything a running sandbox knows.
pub(crate) struct State {
    pub(crate) config: SandboxConfig,
    base: OnceLock<String>,
    oauth: Mutex<OAuth>,
    mailboxes: Vec<Mutex<Mailbox>>,
    quota: Mutex<Quota>,
    faults: Mutex<Faults>,
    log: Mutex<Log>,
    uploads: Mutex<Uploads>,
    masks: Mutex<HashMap<String, Arc<Mask>>>,
    drive: Mutex<Drive>,
    pub(crate) pushes: Pushes,
    /// Pages of lists hold at most so many entries.
    pub(crate) page_limit: AtomicUsize,
    gate: Mutex<Option<Arc<dyn Gate>>>,
}

/// Stands at both ends of every call that comes over the wire. What it waits for is waited for.
pub trait Gate: Send + Sync {
    /// The call has come, nothing of it is carried out.
    fn arrived(&self) -> Pin<Box<dyn Future<Output = ()> + Send>>;
    /// It is carried out, and not a byte of the answer has left.
    fn answering(&self) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    pub(crate) fn new(config: SandboxConfig) -> Result<Self, SandboxError> {
        if config.messages > MOST_MESSAGES {
            return Err(SandboxError::TooMany(MOST_MESSAGES));
        }
        if config.accounts.is_empty() {
            return Err(SandboxError::Accounts("at least one is needed".to_owned()));
        }
        for (i, account) in config.accounts.iter().enumerate() {
            let address = &account.email;
            if !address.contains('@')
                || address
                    .chars()
                    .any(|c| c.is_whitespace() || c.is_control() || "<>,;\"".contains(c))
            {
                return Err(SandboxError::Accounts(format!(
                    "number {} has no usable address",
                    i + 1
                )));
            }
            if config.accounts[..i]
                .iter()
                .any(|a| a.email.eq_ignore_ascii_case(address))
            {
                return Err(SandboxError::Accounts(format!(
                    "number {} has the address of another",
                    i + 1
                )));
            }
        }
        let now = config.clock.now();
        let mailboxes = config
            .accounts
            .iter()
            .enumerate()
            .map(|(i, account)| {
                let others: Vec<Account> = config
                    .accounts
                    .iter()
                    .enumerate()
                    .filter(|(j, _)| *j != i)
                    .map(|(_, a)| a.clone())
                    .collect();
                let corpus = Corpus::new(
                    config.seed,
                    account,
                    &others,
                    config.messages,
                    now.as_secs(),
                );
                Mutex::new(Mailbox::new(
                    config.seed,
                    &account.email,
                    &account.name,
                    corpus,
                    now,
                ))
            })
            .collect();
        Ok(Self {
            base: OnceLock::new(),
            oauth: Mutex::new(OAuth::new(config.seed)),
            mailboxes,
            quota: Mutex::new(Quota::new(config.quota, config.accounts.len())),
            faults: Mutex::new(Faults::default()),
            log: Mutex::new(Log::default()),
            uploads: Mutex::new(Uploads::new(config.seed)),
            masks: Mutex::new(HashMap::new()),
            drive: Mutex::new(Drive::new(config.seed, config.accounts.len(), now)),
            pushes: Pushes::default(),
            page_limit: AtomicUsize::new(usize::MAX),
            gate: Mutex::new(None),
            config,
        })
    }

    pub(crate) fn set_base(&self, base: String) {
        let _ = self.base.set(base); // set once, at start
    }

    /// The base address without the last slash, which is also the issuer of the id tokens.
    pub(crate) fn issuer(&self) -> &str {
        self.base.get().map_or("http://127.0.0.1", String::as_str)
    }

    pub(crate) fn now(&self) -> Time {
        self.config.clock.now()
    }

    pub(crate) fn people(&self) -> &[Account] {
        &self.config.accounts
    }

    pub(crate) fn find_account(&self, email: &str) -> Option<usize> {
        self.config
            .accounts
            .iter()
            .position(|a| a.email.eq_ignore_ascii_case(email) || a.sub == email)
    }

    pub(crate) fn gate(&self) -> Option<Arc<dyn Gate>> {
        lock(&self.gate).clone()
    }

    pub(crate) fn set_gate(&self, gate: Option<Arc<dyn Gate>>) {
        *lock(&self.gate) = gate;
    }

    pub(crate) fn oauth(&self) -> MutexGuard<'_, OAuth> {
        lock(&self.oauth)
    }

    /// A mailbox by the place of its account; places come from [`State::find_account`] and tokens only.
    pub(crate) fn mailbox(&self, account: usize) -> MutexGuard<'_, Mailbox> {
        lock(&self.mailboxes[account])
    }

    pub(crate) fn quota(&self) -> MutexGuard<'_, Quota> {
        lock(&self.quota)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        lock(&self.faults)
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, Log> {
        lock(&self.log)
    }

    pub(crate) fn drive(&self) -> MutexGuard<'_, Drive> {
        lock(&self.drive)
    }

    pub(crate) fn uploads(&self) -> MutexGuard<'_, Uploads> {
        lock(&self.uploads)
    }

    /// A parsed `fields`, kept because the parts of a batch all ask for the same.
    pub(crate) fn mask(&self, text: &str) -> Result<Arc<Mask>, ApiError> {
        let mut masks = lock(&self.masks);
        if let Some(mask) = masks.get(text) {
            return Ok(mask.clone());
        }
        let bad = |name: &str| ApiError::invalid(&format!("Invalid field selection {name}"));
        let mask = Arc::new(Mask::parse(text).map_err(|rest| bad(&rest))?);
        if masks.len() > 256 {
            masks.clear();
        }
        masks.insert(text.to_owned(), mask.clone());
        Ok(mask)
    }

    /// Counts a request among those of its account that run at this moment; the error is the answer when there are
    /// too many (fault G11). A batch is one request.
    pub(crate) fn enter(self: &Arc<Self>, call: &Call<'_>) -> Result<Option<Running>, Answer> {
        if !self.quota().on() || !(is_gmail(call.path) || call.path.starts_with("/batch")) {
            return Ok(None);
        }
        let Ok(access) = self.bearer(call) else {
            return Ok(None);
        };
        match self.quota().begin(access.account) {
            Ok(()) => Ok(Some(Running {
                state: self.clone(),
                account: access.account,
            })),
            Err(error) => {
                let mut answer = Answer::from(error);
                answer.account = Some(access.account);
                self.note(call, &answer);
                Err(answer)
            }
        }
    }

    /// Answers a request that came over the wire.
    pub(crate) fn answer(&self, call: &Call<'_>) -> Answer {
        if matches!(call.path, "/batch" | "/batch/gmail/v1") && call.verb == "POST" {
            return batch::answer(self, call);
        }
        let answer = self.one(call);
        self.note(call, &answer);
        answer
    }

    /// Writes a call into the log.
    pub(crate) fn note(&self, call: &Call<'_>, answer: &Answer) {
        let account = answer.account.map(|a| self.people()[a].email.as_str());
        self.log().push(call, account, answer);
    }

    /// Answers one call, alone or out of a batch.
    pub(crate) fn one(&self, call: &Call<'_>) -> Answer {
        if is_gmail(call.path) {
            return self.api(call);
        }
        if is_drive(call.path) {
            return self.drive_call(call);
        }
        self.with_faults(
            call,
            || fault_target(call),
            None,
            |twist| self.identity(call, twist),
        )
    }

    /// Lets a scripted fault have its way with a call.
    pub(crate) fn with_faults(
        &self,
        call: &Call<'_>,
        target: impl FnOnce() -> String,
        account: Option<usize>,
        run: impl FnOnce(Option<&Twist>) -> Answer,
    ) -> Answer {
        let hit = {
            let mut faults = self.faults();
            if faults.none() {
                None
            } else {
                let email = account.map(|a| self.people()[a].email.as_str());
                faults.meet(call.verb, &target(), email, self.now())
            }
        };
        let Some((row, hit)) = hit else {
            return run(None);
        };
        let mut answer = self.hit(call, account, hit, run);
        answer.fault = Some(Box::new(Struck(row)));
        answer
    }

    fn hit(
        &self,
        call: &Call<'_>,
        account: Option<usize>,
        hit: Hit,
        run: impl FnOnce(Option<&Twist>) -> Answer,
    ) -> Answer {
        match hit {
            Hit::Answer(answer) => answer,
            Hit::KillRefresh => {
                let token = call
                    .param("refresh_token")
                    .map(str::to_owned)
                    .or_else(|| form_value(&call.body, "refresh_token"));
                if let Some(token) = token {
                    self.oauth().kill_refresh(&token);
                }
                run(None)
            }
            Hit::Twist(twist) => {
                match (&twist, account) {
                    (Twist::DeleteSome, Some(account)) => {
                        crate::odd::delete_oldest(self, account, 3);
                    }
                    (Twist::OddMail, Some(account)) => crate::odd::deliver(self, account),
                    _ => {}
                }
                let answer = run(Some(&twist));
                if twist == Twist::RotateAndLose {
                    return answer.troubled(Trouble::Reset);
                }
                answer
            }
            Hit::Trouble {
                trouble,
                carried_out,
            } => {
                let answer = if carried_out {
                    run(None)
                } else {
                    Answer::new(200, crate::wire::call::JSON, Vec::new())
                };
                answer.troubled(trouble)
            }
            Hit::After(change) => change(run(None)),
        }
    }

    /// OAuth and identity endpoints, and whatever else there is not.
    fn identity(&self, call: &Call<'_>, twist: Option<&Twist>) -> Answer {
        let result = match (call.verb, call.path) {
            ("GET", "/o/oauth2/v2/auth" | "/o/oauth2/auth") => {
                Ok(authorize::ask(self, call, twist))
            }
            ("POST", "/o/oauth2/v2/auth" | "/o/oauth2/auth") => {
                Ok(authorize::decide(self, call, twist))
            }
            ("POST", "/token" | "/oauth2/token" | "/oauth2/v4/token" | "/o/oauth2/token") => {
                Ok(token::token(self, call, twist))
            }
            ("POST" | "GET", "/revoke" | "/oauth2/revoke" | "/o/oauth2/revoke") => {
                Ok(token::revoke(self, call))
            }
            ("GET", "/oauth2/v3/certs") => idtoken::jwks()
                .map(|keys| {
                    Answer::value(200, &keys).with(
                        "cache-control",
                        "public, max-age=3600, must-revalidate".to_owned(),
                    )
                })
                .map_err(|e| ApiError::new(500, "backendError", "INTERNAL", &e.to_string())),
            ("GET", "/.well-known/openid-configuration") => Ok(token::discovery(self)),
            ("GET" | "POST", "/oauth2/v2/userinfo" | "/userinfo/v2/me") => self
                .bearer(call)
                .and_then(|a| token::userinfo(self, &a, false)),
            ("GET" | "POST", "/oauth2/v3/userinfo" | "/v1/userinfo") => self
                .bearer(call)
                .and_then(|a| token::userinfo(self, &a, true)),
            _ => self.other_api(call),
        };
        result.unwrap_or_else(Answer::from)
    }

    /// Google's other APIs: a token and its scope are asked for, then 404, for the sandbox does not play them.
    fn other_api(&self, call: &Call<'_>) -> Result<Answer, ApiError> {
        const OTHERS: [(&str, &str); 3] = [
            ("/calendar/", "calendar"),
            ("/v1/", "contacts"),
            ("/tasks/", "tasks"),
        ];
        if let Some((_, word)) = OTHERS
            .iter()
            .find(|(prefix, _)| call.path.starts_with(prefix))
        {
            let access = self.bearer(call)?;
            let prefix = format!("https://www.googleapis.com/auth/{word}");
            if !access.scopes.iter().any(|s| s.starts_with(&prefix)) {
                return Err(ApiError::insufficient_scope(&prefix));
            }
        }
        Err(ApiError::no_such_method())
    }

    /// What the bearer token of a call may do.
    pub(crate) fn bearer(&self, call: &Call<'_>) -> Result<Arc<Access>, ApiError> {
        let from_query = || {
            call.param("access_token")
                .or_else(|| call.param("oauth_token"))
        };
        let token = match call.head.authorization {
            Some(value) => match value.split_once(' ') {
                Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
                _ => return Err(ApiError::unauthenticated()),
            },
            None => from_query().ok_or_else(ApiError::login_required)?,
        };
        self.oauth()
            .access(token, self.now())
            .cloned()
            .ok_or_else(ApiError::unauthenticated)
    }

    /// One call of the Gmail API.
    fn api(&self, call: &Call<'_>) -> Answer {
        let access = match self.bearer(call) {
            Ok(access) => access,
            Err(error) => return error.into(),
        };
        let run = |twist: Option<&Twist>| {
            self.gmail(call, &access, twist)
                .unwrap_or_else(Answer::from)
        };
        let mut answer = self.with_faults(call, || call.target(), Some(access.account), run);
        answer.account = Some(access.account);
        answer
    }

    fn gmail(
        &self,
        call: &Call<'_>,
        access: &Access,
        twist: Option<&Twist>,
    ) -> Result<Answer, ApiError> {
        let (path, uploading) = gmail_path(call.path).ok_or_else(ApiError::no_such_method)?;
        let mut verb = call.verb;
        if uploading && verb == "PUT" && call.param("upload_id").is_some() {
            verb = "POST"; // the data of a resumable upload belongs to the method that began it
        }
        let route = methods::route(verb, path)
            .or_else(|| methods::route(call.verb, path))
            .ok_or_else(ApiError::no_such_method)?;
        let allowed = route.op.scopes();
        if !access.gmail.any(allowed) {
            return Err(ApiError::insufficient_scope(&GmailScopes::names(allowed)));
        }
        gmail::check_user(self, access, &route)?;
        if let Some(alt) = call.param("alt")
            && alt != "json"
        {
            return Err(ApiError::invalid(&format!(
                "Invalid value \"{alt}\" for alt"
            )));
        }
        let mask = match call.param("fields").filter(|f| !f.is_empty()) {
            None => Arc::new(ALL.clone()),
            Some(text) => {
                let mask = self.mask(text)?;
                if let Some(name) = gmail::shape(route.op).and_then(|s| mask.unknown_name(s)) {
                    return Err(ApiError::invalid(&format!(
                        "Invalid field selection {name}"
                    )));
                }
                mask
            }
        };
        let (charged, units) = {
            let mut quota = self.quota();
            let units = quota.units(route.op);
            (
                quota.charge(access.account, units, self.now().as_secs()),
                units,
            )
        };
        charged?;
        let cx = Context {
            state: self,
            call,
            access,
            mask,
            twist,
            op: route.op,
            id: route.id,
            part: route.part,
            media: None,
        };
        let mut answer = if uploading {
            upload::run(&cx)?
        } else {
            gmail::run(&cx)?
        };
        answer.units = units;
        if call.param("prettyPrint") == Some("true")
            && let Ok(value) = serde_json::from_slice::<serde_json::Value>(&answer.body)
            && let Ok(pretty) = serde_json::to_vec_pretty(&value)
        {
            answer.body = pretty;
        }
        Ok(answer)
    }
}

/// A request under way; dropping it makes room for another.
pub(crate) struct Running {
    state: Arc<State>,
    account: usize,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.state.quota().end(self.account);
    }
}

fn is_gmail(path: &str) -> bool {
    gmail_path(path).is_some()
}

/// What follows `…/gmail/v1/users/`, and whether it is an upload.
fn gmail_path(path: &str) -> Option<(&str, bool)> {
    let upload = path
        .strip_prefix("/resumable/upload")
        .or_else(|| path.strip_prefix("/upload"));
    let rest = upload.unwrap_or(path).strip_prefix("/gmail/v1/users/")?;
    Some((rest, upload.is_some()))
}

/// What the pattern of a fault is held against: `path?query`, with the grant type of the token endpoint.
fn fault_target(call: &Call<'_>) -> String {
    let mut target = format!("{}?{}", call.path, call.query.text);
    if call.verb == "POST"
        && let Some(kind) = form_value(&call.body, "grant_type")
    {
        target.push_str("&grant_type=");
        target.push_str(&kind);
    }
    // the aliases of the token endpoint are one place
    match ["/oauth2/token", "/oauth2/v4/token", "/o/oauth2/token"]
        .iter()
        .find_map(|a| target.strip_prefix(a))
    {
        Some(rest) => format!("/token{rest}"),
        None => target,
    }
}

fn form_value(body: &Bytes, name: &str) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    crate::wire::text::pairs(text)
        .find(|(k, _)| k == name)
        .map(|(_, v)| v.into_owned())
}
