//! Google's OAuth 2.0 and OpenID Connect: consent, tokens, revocation, identity.

pub(crate) mod authorize;
pub(crate) mod idtoken;
mod page;
pub(crate) mod scopes;
pub(crate) mod token;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tenon_model::Time;

use crate::generate::rng::Rng;
use crate::wire::text::base64url_bare;
use scopes::GmailScopes;

/// Life of an access token.
pub(crate) const ACCESS_LIFE: Duration = Duration::from_hours(1);
/// Life of an authorization code.
const CODE_LIFE: Duration = Duration::from_mins(10);
/// Live refresh tokens of one account and client; one more ends the oldest (fault A3).
const REFRESH_TOKENS: usize = 100;
/// A refresh token that nobody used for so long is dead (fault A4).
const REFRESH_IDLE: Duration = Duration::from_hours(4368);

/// What a token may do.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    pub(crate) account: usize,
    pub(crate) scopes: Vec<String>,
    pub(crate) gmail: GmailScopes,
    expires: Time,
}

#[derive(Debug, Clone)]
pub(crate) struct Refresh {
    pub(crate) account: usize,
    pub(crate) scopes: Vec<String>,
    pub(crate) issued: Time,
    used: Time,
    order: u64,
}

#[derive(Debug, Clone)]
pub(crate) struct Code {
    pub(crate) account: usize,
    pub(crate) scopes: Vec<String>,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: Option<(String, bool)>,
    pub(crate) nonce: Option<String>,
    pub(crate) offline: bool,
    expires: Time,
}

/// A grant that an account has given, as [`Control::live_grants`](crate::Control::live_grants) shows it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LiveGrant {
    /// The client it was given to.
    pub client_id: String,
    /// Everything granted, by Google's long names.
    pub scopes: Vec<String>,
    /// Refresh tokens alive.
    pub refresh_tokens: usize,
}

/// All that has been granted and issued. There is one client, so a grant is known by its account.
pub(crate) struct OAuth {
    rng: Rng,
    serial: u64,
    grants: HashMap<usize, Vec<String>>,
    codes: HashMap<String, Code>,
    spent_codes: Vec<String>,
    access: HashMap<String, Arc<Access>>,
    refresh: HashMap<String, Refresh>,
    dead: std::collections::HashSet<String>,
    issued: Vec<String>,
}

impl OAuth {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            rng: Rng::new(seed, 0x006F_6175_7468),
            serial: 0,
            grants: HashMap::new(),
            codes: HashMap::new(),
            spent_codes: Vec::new(),
            access: HashMap::new(),
            refresh: HashMap::new(),
            dead: std::collections::HashSet::new(),
            issued: Vec::new(),
        }
    }

    fn secret(&mut self, prefix: &str, words: usize) -> String {
        let bytes: Vec<u8> = (0..words)
            .flat_map(|_| self.rng.next().to_le_bytes())
            .collect();
        let token = format!("{prefix}{}", base64url_bare(&bytes));
        self.issued.push(token.clone());
        token
    }

    /// Scopes the account has granted so far.
    pub(crate) fn granted(&self, account: usize) -> &[String] {
        self.grants.get(&account).map_or(&[], Vec::as_slice)
    }

    /// Notes a consent and gives the code for it.
    pub(crate) fn consent(&mut self, mut code: Code, now: Time) -> String {
        let first = !self.grants.contains_key(&code.account);
        code.offline &= first || code.expires.0 == i64::MAX; // MAX marks prompt=consent, see `Code::new`
        code.expires = now + CODE_LIFE;
        let grant = self.grants.entry(code.account).or_default();
        for scope in &code.scopes {
            if !grant.contains(scope) {
                grant.push(scope.clone());
            }
        }
        let text = self.secret("4/0A", 7);
        self.codes.insert(text.clone(), code);
        text
    }

    /// A code that can still be exchanged.
    pub(crate) fn code(&self, text: &str, now: Time) -> Result<&Code, &'static str> {
        match self.codes.get(text) {
            Some(code) if now < code.expires => Ok(code),
            Some(_) => Err("Bad Request"),
            None if self.spent_codes.iter().any(|c| c == text) => Err("Bad Request"),
            None => Err("Malformed auth code."),
        }
    }

    /// Uses a code up.
    pub(crate) fn spend(&mut self, text: &str) {
        if self.codes.remove(text).is_some() {
            self.spent_codes.push(text.to_owned());
        }
    }

    pub(crate) fn issue_access(
        &mut self,
        account: usize,
        scopes: Vec<String>,
        now: Time,
    ) -> String {
        let token = self.secret("ya29.a0", 15);
        let gmail = GmailScopes::of(&scopes);
        self.access.insert(
            token.clone(),
            Arc::new(Access {
                account,
                scopes,
                gmail,
                expires: now + ACCESS_LIFE,
            }),
        );
        token
    }

    pub(crate) fn issue_refresh(
        &mut self,
        account: usize,
        scopes: Vec<String>,
        now: Time,
    ) -> String {
        let token = self.secret("1//0", 10);
        self.serial += 1;
        let entry = Refresh {
            account,
            scopes,
            issued: now,
            used: now,
            order: self.serial,
        };
        self.refresh.insert(token.clone(), entry);
        let mine = || self.refresh.iter().filter(|(_, r)| r.account == account);
        if mine().count() > REFRESH_TOKENS {
            let oldest = mine().min_by_key(|(_, r)| r.order).map(|(t, _)| t.clone());
            if let Some(oldest) = oldest {
                self.kill_refresh(&oldest);
            }
        }
        token
    }

    /// Notes a token made elsewhere (id tokens), so that canaries can look for it.
    pub(crate) fn note(&mut self, token: &str) {
        self.issued.push(token.to_owned());
    }

    /// Uses a refresh token; the error is Google's description.
    pub(crate) fn refresh(&mut self, token: &str, now: Time) -> Result<Refresh, &'static str> {
        const GONE: &str = "Token has been expired or revoked.";
        if self.dead.contains(token) {
            return Err(GONE);
        }
        let Some(entry) = self.refresh.get_mut(token) else {
            return Err("Bad Request");
        };
        if now.since(entry.used) > REFRESH_IDLE {
            self.kill_refresh(token);
            return Err(GONE);
        }
        entry.used = now;
        Ok(entry.clone())
    }

    pub(crate) fn kill_refresh(&mut self, token: &str) {
        if self.refresh.remove(token).is_some() {
            self.dead.insert(token.to_owned());
        }
    }

    /// What a bearer token may do, `None` when it is unknown, expired or revoked.
    pub(crate) fn access(&self, token: &str, now: Time) -> Option<&Arc<Access>> {
        self.access.get(token).filter(|a| now < a.expires)
    }

    /// Revokes by any token of the account: every token of the account and client ends (fault A10).
    pub(crate) fn revoke(&mut self, token: &str, now: Time) -> bool {
        let account = self
            .access(token, now)
            .map(|a| a.account)
            .or_else(|| self.refresh.get(token).map(|r| r.account));
        account.is_some_and(|account| {
            self.end(account);
            true
        })
    }

    /// Ends everything an account has granted.
    pub(crate) fn end(&mut self, account: usize) {
        self.grants.remove(&account);
        self.access.retain(|_, a| a.account != account);
        self.codes.retain(|_, c| c.account != account);
        let mine: Vec<String> = self
            .refresh
            .iter()
            .filter(|(_, r)| r.account == account)
            .map(|(t, _)| t.clone())
            .collect();
        for token in &mine {
            self.kill_refresh(token);
        }
    }

    /// Makes every access token of an account invalid; refresh tokens live on.
    pub(crate) fn expire_access(&mut self, account: usize) {
        self.access.retain(|_, a| a.account != account);
    }

    pub(crate) fn live(&self, account: usize) -> Option<(Vec<String>, usize)> {
        let scopes = self.grants.get(&account)?.clone();
        Some((
            scopes,
            self.refresh
                .values()
                .filter(|r| r.account == account)
                .count(),
        ))
    }

    /// Every token and code ever given out.
    pub(crate) fn issued(&self) -> &[String] {
        &self.issued
    }

    /// A grant without a consent page, for tests that are about something else.
    pub(crate) fn grant_directly(
        &mut self,
        account: usize,
        scopes: &[String],
        now: Time,
    ) -> (String, String) {
        let grant = self.grants.entry(account).or_default();
        for scope in scopes {
            if !grant.contains(scope) {
                grant.push(scope.clone());
            }
        }
        (
            self.issue_access(account, scopes.to_vec(), now),
            self.issue_refresh(account, scopes.to_vec(), now),
        )
    }
}

impl Code {
    /// A code for a consent. `offline` gives a refresh token at the first consent of an account, or whenever the
    /// consent was asked for again with `prompt=consent` (fault A8).
    pub(crate) fn new(
        account: usize,
        scopes: Vec<String>,
        redirect_uri: String,
        offline: bool,
        asked_again: bool,
    ) -> Self {
        let expires = Time(if asked_again { i64::MAX } else { 0 });
        Self {
            account,
            scopes,
            redirect_uri,
            challenge: None,
            nonce: None,
            offline,
            expires,
        }
    }
}
