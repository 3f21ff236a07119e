//! The one way out: every call that Tenon makes to a provider passes here.
//!
//! It never retries, never follows a redirect, asks no proxy of the environment, and reaches only
//! hosts that the operator configured (`https` anywhere, `http` on loopback). Each call has a
//! deadline and a cap on what it reads (faults N1 to N8). Neither queries nor tokens are logged.

mod address;
mod body;
mod failure;

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, HeaderValue, RETRY_AFTER,
};
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use tenon_model::{Time, World};
use tracing::Instrument;
use url::{Host, Url};

use crate::calls::Calls;
use crate::{ProviderError, Reaction};

pub(crate) use body::Streamed;

/// No skew has been measured yet.
const UNKNOWN: i64 = i64::MIN;

/// Gmail compresses only for clients whose name says `gzip` as well.
const USER_AGENT: &str = concat!("Tenon/", env!("CARGO_PKG_VERSION"), " (gzip)");

/// The most that a connection attempt may take.
const CONNECT: Duration = Duration::from_secs(15);

/// Which hosts may be reached.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    /// Addresses that the operator configured; only scheme, host and port count.
    pub configured: Vec<Url>,
    /// Whether any other `https` host may be called as well, provided that it has a public address
    /// (for providers whose customers have addresses of their own).
    pub public: bool,
}

/// A call.
pub(crate) struct Call<'a> {
    /// Name for logs and errors.
    pub(crate) operation: &'static str,
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) bearer: Option<&'a SecretString>,
    /// Content type and bytes.
    pub(crate) body: Option<(String, Bytes)>,
    /// For the whole call, the body included.
    pub(crate) deadline: Duration,
    /// Bytes of the (decompressed) body, at most.
    pub(crate) max_body: usize,
    /// Quota units, for the trace.
    pub(crate) units: u32,
}

/// What an answer says besides its body.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub(crate) status: u16,
    /// Without its parameters' meaning; as sent.
    pub(crate) content_type: String,
    /// `Retry-After`, as a span from now.
    pub(crate) retry_after: Option<Duration>,
    /// `Date`.
    pub(crate) provider_time: Option<Time>,
}

impl Head {
    pub(crate) const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    pub(crate) fn is_json(&self) -> bool {
        let media = self
            .content_type
            .split(';')
            .next()
            .unwrap_or_default()
            .trim();
        media.eq_ignore_ascii_case("application/json")
            || media.eq_ignore_ascii_case("text/json")
            || media.to_ascii_lowercase().ends_with("+json")
    }
}

/// A complete answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) head: Head,
    pub(crate) body: Bytes,
}

/// The transport. Shared by everything that talks to one provider.
pub struct Transport {
    client: reqwest::Client,
    configured: HashSet<(String, String, u16)>,
    public: bool,
    world: World,
    skew: AtomicI64,
    calls: Calls,
}

impl Transport {
    /// Builds it, and refuses configured addresses that would send secrets in clear.
    pub fn new(reach: &Reach, world: World) -> Result<Arc<Self>, ProviderError> {
        let mut configured = HashSet::new();
        let mut names = HashSet::new();
        for url in &reach.configured {
            let loopback = url.host().is_some_and(|h| address::is_loopback(&h));
            if !(url.scheme() == "https" || url.scheme() == "http" && loopback) {
                return Err(refused("address_not_secure"));
            }
            if !url.username().is_empty() || url.password().is_some() {
                return Err(refused("address_with_password"));
            }
            let origin = origin(url).ok_or_else(|| refused("address_without_host"))?;
            names.insert(origin.1.clone());
            configured.insert(origin);
        }
        let client = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .connect_timeout(CONNECT)
            .pool_idle_timeout(Duration::from_mins(1))
            .pool_max_idle_per_host(32)
            .http1_max_headers(128)
            .http2_max_header_list_size(64 * 1024)
            .dns_resolver(address::Resolver::new(names))
            .build()
            .map_err(|_| refused("tls_setup"))?;
        Ok(Arc::new(Self {
            client,
            configured,
            public: reach.public,
            world,
            skew: AtomicI64::new(UNKNOWN),
            calls: Calls::default(),
        }))
    }

    /// Seconds that the provider's clock is ahead of ours, as of the last answer (fault A22).
    pub fn clock_skew(&self) -> Option<i64> {
        Some(self.skew.load(Ordering::Relaxed)).filter(|s| *s != UNKNOWN)
    }

    /// How the calls so far went.
    pub const fn calls(&self) -> &Calls {
        &self.calls
    }

    /// Asks and reads the whole answer. Statuses are not judged here, but a redirect is refused.
    pub(crate) async fn call(&self, call: Call<'_>) -> Result<Answer, ProviderError> {
        self.call_as(call, None).await
    }

    /// The same, with `user` and password of a client (RFC 7617, RFC 6749 2.3.1) unless `None`.
    pub(crate) async fn call_as(
        &self,
        call: Call<'_>,
        client: Option<(&str, &SecretString)>,
    ) -> Result<Answer, ProviderError> {
        let (operation, deadline) = (call.operation, call.deadline);
        let (max_body, units) = (call.max_body, call.units);
        let span = tracing::info_span!(
            "provider_call",
            operation,
            units = call.units,
            status = tracing::field::Empty,
            duration_ms = tracing::field::Empty,
            error = tracing::field::Empty,
        );
        let started = self.world.monotonic();
        let work = async {
            let streamed = self.begin(call, client, deadline).await?;
            streamed.collect(max_body).await
        };
        let outcome = tokio::time::timeout(deadline, work.instrument(span.clone()))
            .await
            .unwrap_or_else(|_| Err(ProviderError::passing(operation, "timeout")));
        let took = self.world.monotonic().saturating_sub(started);
        span.record("duration_ms", took.as_millis() as u64);
        let status = outcome.as_ref().map(|answer| answer.head.status);
        self.calls.count(operation, status, units, took);
        match &outcome {
            Ok(answer) => span.record("status", answer.head.status),
            Err(error) => span.record("error", error.code.as_str()),
        };
        span.in_scope(|| tracing::debug!("called the provider"));
        outcome
    }

    /// Asks, and leaves the body to be read bit by bit. `call.deadline` covers the head;
    /// `whole` covers everything.
    pub(crate) async fn open(
        &self,
        call: Call<'_>,
        whole: Duration,
    ) -> Result<Streamed, ProviderError> {
        let (operation, units) = (call.operation, call.units);
        let started = self.world.monotonic();
        let outcome = self.begin(call, None, whole).await;
        let took = self.world.monotonic().saturating_sub(started);
        let status = outcome.as_ref().map(|streamed| streamed.head.status);
        self.calls.count(operation, status, units, took);
        outcome
    }

    async fn begin(
        &self,
        call: Call<'_>,
        client: Option<(&str, &SecretString)>,
        whole: Duration,
    ) -> Result<Streamed, ProviderError> {
        let operation = call.operation;
        let mut request = self.request(&call)?;
        if let Some((user, password)) = client {
            request
                .headers_mut()
                .insert(AUTHORIZATION, basic(operation, user, password)?);
        }
        let until = tokio::time::Instant::now() + whole;
        let response = tokio::time::timeout(call.deadline, self.client.execute(request))
            .await
            .map_err(|_| ProviderError::passing(operation, "timeout"))?
            .map_err(|e| failure::of(operation, &e))?;
        let head = self.head(response.status().as_u16(), response.headers());
        if (300..400).contains(&head.status) && head.status != 304 {
            // N6: a redirect would carry the token somewhere else.
            return Err(ProviderError {
                status: Some(head.status),
                provider_time: head.provider_time,
                ..ProviderError::new(
                    operation,
                    "redirect_refused",
                    Reaction::Retry(Duration::from_mins(1)),
                )
            });
        }
        tracing::trace!(operation, status = head.status, "the answer began");
        Ok(Streamed::new(
            operation,
            head,
            response,
            until,
            call.max_body,
        ))
    }

    /// A plain `GET` of a small answer, for looking whether an address is what it should be.
    pub async fn look(&self, url: Url, deadline: Duration) -> Result<(u16, Bytes), ProviderError> {
        let call = Call {
            operation: "look",
            method: Method::GET,
            url,
            bearer: None,
            body: None,
            deadline,
            max_body: 64 * 1024,
            units: 0,
        };
        let answer = self.call(call).await?;
        Ok((answer.head.status, answer.body))
    }

    /// Where a `GET` would be sent on to, which is not followed: status, and `Location` if there is one.
    pub(crate) async fn location(
        &self,
        operation: &'static str,
        url: Url,
        deadline: Duration,
    ) -> Result<(u16, Option<String>), ProviderError> {
        let call = Call {
            operation,
            method: Method::GET,
            url,
            bearer: None,
            body: None,
            deadline,
            max_body: 0,
            units: 0,
        };
        let request = self.request(&call)?;
        let response = tokio::time::timeout(deadline, self.client.execute(request))
            .await
            .map_err(|_| ProviderError::passing(operation, "timeout"))?
            .map_err(|e| failure::of(operation, &e))?;
        let location = response.headers().get(http::header::LOCATION);
        let location = location.and_then(|v| v.to_str().ok()).map(str::to_owned);
        Ok((response.status().as_u16(), location))
    }

    fn request(&self, call: &Call<'_>) -> Result<reqwest::Request, ProviderError> {
        let refuse = |code| ProviderError::new(call.operation, code, Reaction::Alarm);
        let origin = origin(&call.url).ok_or_else(|| refuse("address_without_host"))?;
        if !self.configured.contains(&origin) {
            let literal_is_public = match call.url.host() {
                Some(Host::Ipv4(ip)) => address::is_public(ip.into()),
                Some(Host::Ipv6(ip)) => address::is_public(ip.into()),
                Some(Host::Domain(_)) => true, // its addresses are checked where they are resolved
                None => false,
            };
            if !(self.public && call.url.scheme() == "https" && literal_is_public) {
                return Err(refuse("host_not_allowed"));
            }
        }
        let loopback = call.url.scheme() == "http";
        let mut request = reqwest::Request::new(call.method.clone(), call.url.clone());
        if loopback {
            // Nothing is saved by compressing within one machine.
            request
                .headers_mut()
                .insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        }
        if let Some(token) = call.bearer {
            let mut value = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()))
                .map_err(|_| refuse("token_malformed"))?;
            value.set_sensitive(true);
            request.headers_mut().insert(AUTHORIZATION, value);
        }
        if let Some((content_type, bytes)) = &call.body {
            let value = HeaderValue::try_from(content_type).map_err(|_| refuse("content_type"))?;
            request.headers_mut().insert(CONTENT_TYPE, value);
            *request.body_mut() = Some(bytes.clone().into());
        }
        Ok(request)
    }

    fn head(&self, status: u16, headers: &HeaderMap) -> Head {
        let text = |name| {
            headers
                .get(name)
                .and_then(|v: &HeaderValue| v.to_str().ok())
        };
        let now = self.world.now();
        let provider_time = text(DATE).and_then(http_date);
        if let Some(theirs) = provider_time {
            self.skew
                .store(theirs.as_secs() - now.as_secs(), Ordering::Relaxed);
        }
        let retry_after = text(RETRY_AFTER).and_then(|v| {
            let v = v.trim();
            v.parse()
                .ok()
                .map(Duration::from_secs)
                .or_else(|| http_date(v).map(|t| t.since(provider_time.unwrap_or(now))))
        });
        Head {
            status,
            content_type: text(CONTENT_TYPE).unwrap_or_default().to_owned(),
            retry_after,
            provider_time,
        }
    }
}

/// `Authorization: Basic`, both parts encoded as RFC 6749 2.3.1 asks for.
fn basic(
    operation: &'static str,
    user: &str,
    password: &SecretString,
) -> Result<HeaderValue, ProviderError> {
    let encoded =
        |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encoded(user), encoded(password.expose_secret()));
    let mut value = HeaderValue::try_from(format!("Basic {}", STANDARD.encode(pair)))
        .map_err(|_| ProviderError::new(operation, "client_malformed", Reaction::Alarm))?;
    value.set_sensitive(true);
    Ok(value)
}

fn refused(code: &'static str) -> ProviderError {
    ProviderError::new("transport", code, Reaction::Alarm)
}

fn origin(url: &Url) -> Option<(String, String, u16)> {
    Some((
        url.scheme().to_owned(),
        url.host_str()?.to_owned(),
        url.port_or_known_default()?,
    ))
}

/// An HTTP date (RFC 9110, 5.6.7), in the form that everyone sends.
fn http_date(text: &str) -> Option<Time> {
    static PARSER: DateTimeParser = DateTimeParser::new().relaxed_weekday(true);
    PARSER
        .parse_timestamp(text)
        .ok()
        .map(|t| Time(t.as_microsecond()))
}

#[cfg(test)]
mod tests;
