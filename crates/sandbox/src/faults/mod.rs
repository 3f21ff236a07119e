//! Scripted faults, named by the rows of Tenon's list of provider faults.

mod answers;
mod catalogue;
pub use catalogue::{KNOWN, Known, Played};
mod table;
mod weather;
use weather::Storm;
pub use weather::Weather;

use std::sync::Arc;
use std::time::Duration;

use regex::Regex;
use serde::{Deserialize, Serialize};
use tenon_model::Time;

use crate::config::SandboxError;
use crate::wire::call::{Answer, Trouble};
use crate::wire::errors::ApiError;
use crate::wire::text::http_date;

/// A fault to play. Serialized, this is also an entry of a `--faults` file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The row, with a variant after a colon where a row has several: `G5`, `A20:html`, `HTTP:503`. See
    /// [`Fault::rows`].
    pub row: String,
    /// Which calls: a regular expression over `path?query` (a plain substring is one), `grant_type` of the token
    /// endpoint included as if it stood in the query. Without it, where the row happens in real life.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Only this HTTP method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Only calls of this account (calls that carry an access token).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Matching calls that pass before the fault begins.
    #[serde(default)]
    pub after_calls: u32,
    /// Calls it hits; 0 = the row's own default (mostly once, standing conditions until cleared).
    #[serde(default)]
    pub times: u32,
    /// Rows with a duration: how long (G6, G9, G10, A2, A22, N5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
}

impl Fault {
    /// A fault of a row, at its usual place, as often as the row has it.
    pub fn new(row: &str) -> Self {
        Self {
            row: row.to_owned(),
            ..Self::default()
        }
    }

    /// Only calls whose `path?query` matches.
    #[must_use]
    pub fn on(mut self, path: &str) -> Self {
        self.path = Some(path.to_owned());
        self
    }

    /// Only this HTTP method.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        self.method = Some(method.to_owned());
        self
    }

    /// Only this account.
    #[must_use]
    pub fn account(mut self, account: &str) -> Self {
        self.account = Some(account.to_owned());
        self
    }

    /// Lets this many matching calls pass first.
    #[must_use]
    pub fn after(mut self, calls: u32) -> Self {
        self.after_calls = calls;
        self
    }

    /// Hits this many calls.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// Hits every matching call until the faults are cleared.
    #[must_use]
    pub fn always(self) -> Self {
        self.times(u32::MAX)
    }

    /// For rows with a duration.
    #[must_use]
    pub fn seconds(mut self, seconds: u64) -> Self {
        self.seconds = Some(seconds);
        self
    }

    pub(crate) fn lasting(&self, default: u64) -> Duration {
        Duration::from_secs(self.seconds.unwrap_or(default))
    }

    /// Every row that can be scripted, with what is answered.
    pub fn rows() -> Vec<(&'static str, &'static str)> {
        table::rows().map(|r| (r.name, r.about)).collect()
    }

    /// Reads a list of faults: a JSON array of entries, or an object with `faults`.
    pub fn parse_list(json: &str) -> Result<Vec<Self>, SandboxError> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum File {
            List(Vec<Fault>),
            Object { faults: Vec<Fault> },
        }
        let file = serde_json::from_str(json).map_err(|e| SandboxError::Faults(e.to_string()))?;
        let (File::List(faults) | File::Object { faults }) = file;
        for fault in &faults {
            Armed::new(fault.clone())?;
        }
        Ok(faults)
    }
}

/// Changes to how a call is carried out, for rows that are more than an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Twist {
    /// A8.
    NoRefreshToken,
    /// A9.
    FewerScopes,
    /// A17, A18: the refresh token is used once and replaced.
    Rotate,
    /// A18 where tokens rotate: replaced, and the answer with the new one is lost.
    RotateAndLose,
    /// A2: refresh tokens die at this age.
    DeadAfter(Duration),
    /// A7.
    AuthorizeError(&'static str),
    /// G1.
    ExpireHistory,
    /// G3: the mailbox's oldest messages are deleted meanwhile.
    DeleteSome,
    /// G4.
    EmptyPage,
    /// G6.
    HideNew(Duration),
    /// G7.
    RepeatHistory,
    /// G20.
    NewMessageId,
    /// G22.
    Bounce,
    /// G27: some parts fail, and the parts come in another order.
    ScrambleBatch,
    /// G32: mails nobody should send arrive.
    OddMail,
    /// G24, G25.
    Push(PushFault),
}

/// What happens to a push on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PushFault {
    /// Delivered twice.
    Twice,
    /// Delivered later, after those that were published after it.
    Late(Duration),
    /// Never published.
    Lost,
    /// The endpoint cannot be reached; tried again until it can.
    Undelivered,
}

/// What a row does to a call.
#[derive(Debug, Clone)]
pub(crate) enum Action {
    /// Answers an API error; nothing is carried out.
    Api(Box<ApiError>),
    /// Answers this; nothing is carried out.
    Plain(fn(&Fault, Time) -> Answer),
    /// The refresh token of the call dies, then the call is carried out.
    KillRefresh,
    /// Carried out with a change.
    Twist(Twist),
    /// The connection misbehaves; carried out first or not at all.
    Trouble { trouble: Trouble, carried_out: bool },
    /// Carried out; the answer is changed.
    After(fn(Answer, &Fault, Time) -> Answer),
    /// G9 and G10: 429 with the hour of the end in the text; the hour moves when `moving`.
    RetryAfter { moving: bool },
}

/// A fault in place.
#[derive(Debug)]
pub(crate) struct Armed {
    pub(crate) fault: Fault,
    pattern: Regex,
    action: Action,
    left: u32,
    skip: u32,
    /// G9: the hour the text names.
    until: Option<Time>,
    hits: u32,
}

impl Armed {
    fn new(fault: Fault) -> Result<Self, SandboxError> {
        let row = table::find(&fault.row)
            .ok_or_else(|| SandboxError::Faults(format!("there is no row {}", fault.row)))?;
        let text = fault.path.as_deref().unwrap_or(row.path);
        let pattern = Regex::new(text).or_else(|_| Regex::new(&regex::escape(text)));
        let pattern = pattern.map_err(|e| SandboxError::Faults(e.to_string()))?;
        let left = if fault.times == 0 {
            row.times
        } else {
            fault.times
        };
        let action = (row.action)(&fault);
        Ok(Self {
            skip: fault.after_calls,
            pattern,
            action,
            left,
            fault,
            until: None,
            hits: 0,
        })
    }
}

/// A fault that hits a call.
pub(crate) enum Hit {
    /// Answer this.
    Answer(Answer),
    KillRefresh,
    Twist(Twist),
    Trouble {
        trouble: Trouble,
        carried_out: bool,
    },
    After(Box<dyn FnOnce(Answer) -> Answer + Send>),
}

/// All faults in place, in the order they were pushed; the first that matches hits.
#[derive(Default)]
pub(crate) struct Faults {
    armed: Vec<Armed>,
    storm: Option<Storm>,
}

impl Faults {
    pub(crate) fn push(&mut self, fault: Fault) -> Result<(), SandboxError> {
        self.armed.push(Armed::new(fault)?);
        Ok(())
    }

    pub(crate) fn clear(&mut self) {
        self.armed.clear();
    }

    pub(crate) fn list(&self) -> Vec<(Fault, u32)> {
        self.armed
            .iter()
            .map(|a| (a.fault.clone(), a.hits))
            .collect()
    }

    pub(crate) fn none(&self) -> bool {
        self.armed.is_empty() && self.storm.is_none()
    }

    pub(crate) fn set_weather(&mut self, weather: Option<&Weather>) -> Result<(), SandboxError> {
        self.storm = weather.map(Storm::new).transpose()?;
        Ok(())
    }

    /// What hits a call that a client makes, with its row: a scripted fault, else one of the weather.
    pub(crate) fn meet(
        &mut self,
        verb: &str,
        target: &str,
        account: Option<&str>,
        now: Time,
    ) -> Option<(Arc<str>, Hit)> {
        if let Some(armed) = self.find(verb, target, account, now) {
            return Some(armed.strike(now));
        }
        let armed = self.storm.as_mut()?.strikes(verb, target)?;
        Some(armed.strike(now))
    }

    /// The scripted fault that hits a call, if any. `target` is `path?query`.
    pub(crate) fn take(
        &mut self,
        verb: &str,
        target: &str,
        account: Option<&str>,
        now: Time,
    ) -> Option<Hit> {
        let armed = self.find(verb, target, account, now)?;
        Some(armed.strike(now).1)
    }

    fn find(
        &mut self,
        verb: &str,
        target: &str,
        account: Option<&str>,
        now: Time,
    ) -> Option<&mut Armed> {
        let armed = self.armed.iter_mut().find_map(|armed| {
            let fault = &armed.fault;
            let fits = armed.left > 0
                && fault
                    .method
                    .as_ref()
                    .is_none_or(|m| m.eq_ignore_ascii_case(verb))
                && fault
                    .account
                    .as_ref()
                    .is_none_or(|a| account.is_some_and(|b| a.eq_ignore_ascii_case(b)))
                && armed.pattern.is_match(target);
            if !fits {
                return None;
            }
            if armed.skip > 0 {
                armed.skip -= 1;
                return None;
            }
            Some(armed)
        })?;
        if let Some(until) = armed.until
            && now >= until
        {
            armed.left = 0;
            return None;
        }
        Some(armed)
    }
}

impl Armed {
    /// Hits a call: the row, and what it does.
    fn strike(&mut self, now: Time) -> (Arc<str>, Hit) {
        let armed = self;
        armed.left = if armed.left == u32::MAX {
            u32::MAX
        } else {
            armed.left.saturating_sub(1)
        };
        armed.hits += 1;
        let hit = match armed.action.clone() {
            Action::Api(error) => Hit::Answer((*error).into()),
            Action::Plain(make) => Hit::Answer(make(&armed.fault, now)),
            Action::KillRefresh => Hit::KillRefresh,
            Action::Twist(twist) => Hit::Twist(twist),
            Action::Trouble {
                trouble,
                carried_out,
            } => Hit::Trouble {
                trouble,
                carried_out,
            },
            Action::After(change) => {
                let fault = armed.fault.clone();
                Hit::After(Box::new(move |answer| change(answer, &fault, now)))
            }
            Action::RetryAfter { moving } => {
                let end = match armed.until {
                    Some(until) if !moving => until,
                    _ => now + armed.fault.lasting(900),
                };
                if !moving {
                    armed.until = Some(end);
                }
                let millis = end.0.div_euclid(1000);
                let text = Time::from_millis(millis).to_rfc3339();
                let text = text.strip_suffix('Z').map_or(text.clone(), |t| {
                    if t.contains('.') {
                        format!("{t}Z")
                    } else {
                        format!("{t}.000Z")
                    }
                });
                let message = format!("User-rate limit exceeded.  Retry after {text}");
                Hit::Answer(
                    ApiError::new(429, "rateLimitExceeded", "RESOURCE_EXHAUSTED", &message).into(),
                )
            }
        };
        (Arc::from(armed.fault.row.as_str()), hit)
    }
}

/// Sets the Date of an answer apart from the clock (fault A22).
fn skew_date(answer: Answer, fault: &Fault, now: Time) -> Answer {
    answer.with("date", http_date((now + fault.lasting(900)).as_secs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time::from_secs(1_795_338_000);

    fn status(hit: Option<Hit>) -> Option<u16> {
        match hit {
            Some(Hit::Answer(answer)) => Some(answer.status),
            _ => None,
        }
    }

    #[test]
    fn a_fault_waits_hits_and_ends() {
        let mut faults = Faults::default();
        faults
            .push(
                Fault::new("G5")
                    .on("/messages/")
                    .after(2)
                    .times(1)
                    .account("a@x.example"),
            )
            .unwrap();
        let mut hit = |account| {
            status(faults.take(
                "GET",
                "/gmail/v1/users/me/messages/1f?format=full",
                account,
                NOW,
            ))
        };
        assert_eq!(hit(Some("b@x.example")), None);
        assert_eq!(
            (0..4).map(|_| hit(Some("A@x.example"))).collect::<Vec<_>>(),
            [None, None, Some(404), None]
        );
    }

    #[test]
    fn every_row_is_known_and_unknown_rows_are_refused() {
        for (row, about) in Fault::rows() {
            Armed::new(Fault::new(row)).unwrap();
            assert!(!about.is_empty());
        }
        assert!(Faults::default().push(Fault::new("Z9")).is_err());
        assert!(
            Fault::parse_list(r#"[{"row":"G5"}]"#).is_ok()
                && Fault::parse_list(r#"{"faults":[{"row":"N4:cut","times":2}]}"#).is_ok()
        );
        assert!(
            Fault::parse_list(r#"[{"row":"G5","colour":1}]"#).is_err()
                && Fault::parse_list(r#"[{"row":"no"}]"#).is_err()
        );
    }

    #[test]
    fn g9_names_an_hour_and_ends_then_and_g10_moves_it() {
        let mut faults = Faults::default();
        faults.push(Fault::new("G9")).unwrap();
        let body = |hit: Option<Hit>| match hit {
            Some(Hit::Answer(a)) => String::from_utf8(a.body).unwrap(),
            _ => String::new(),
        };
        let path = "/gmail/v1/users/me/messages";
        let first = body(faults.take("GET", path, None, NOW));
        assert!(
            first.contains("Retry after 2026-11-22T09:15:00.000Z"),
            "{first}"
        );
        assert_eq!(
            first,
            body(faults.take("GET", path, None, NOW + Duration::from_mins(1)))
        );
        assert!(
            faults
                .take("GET", path, None, NOW + Duration::from_mins(15))
                .is_none()
        );
        faults.clear();
        faults.push(Fault::new("G10")).unwrap();
        let a = body(faults.take("GET", path, None, NOW));
        assert_ne!(
            a,
            body(faults.take("GET", path, None, NOW + Duration::from_mins(1)))
        );
    }
}
