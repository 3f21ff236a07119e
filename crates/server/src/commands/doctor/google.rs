//! Google: does it answer, does it know us, do its clock and ours agree, do grants last.

use std::time::Duration;

use tenon_app::AppConfig;
use tenon_app::connections::{self, AlarmView, died_in_testing};
use tenon_connectors::google::{Google, Probe, RedirectUri};
use tenon_connectors::{ProviderError, Reaction};
use tenon_model::World;
use tenon_model::connection::Provider;
use tenon_store::Store;

use super::check::Check;
use crate::settings::Settings;
use crate::wiring;

/// A clock that is off by more makes codes of authenticator apps and id tokens fail.
const SKEW_SECONDS: u64 = 30;
const IN_TESTING: &str = "the consent screen is in Testing, it seems: publish the app (Google Auth Platform, Audience), then reconnect once";
const CLIENT: &str = "check TENON_GOOGLE_CLIENT_ID and TENON_GOOGLE_CLIENT_SECRET";
const NETWORK: &str =
    "check the name service, the firewall and the TENON_GOOGLE_…_URL settings of this server";
/// How far back ended grants are looked at.
const MONTH: Duration = Duration::from_hours(24 * 30);

pub(super) async fn check(google: &Google, settings: &Settings, checks: &mut Vec<Check>) {
    let public = wiring::public_url(settings, settings.listen);
    let redirect = AppConfig::new(public).redirect_uri(Provider::Google);
    let probe = google.probe(&redirect).await;
    checks.push(reach(&probe));
    checks.push(registered(&probe.redirect, &redirect));
    if let Some(skew) = google.clock_skew() {
        checks.push(clock(skew));
    }
}

fn reach(probe: &Probe) -> Check {
    const NAME: &str = "google";
    if let Err(error) = &probe.client {
        return if matches!(
            error.code.as_str(),
            "invalid_client" | "unauthorized_client"
        ) {
            Check::fail(NAME, "refuses the client", CLIENT)
        } else {
            Check::fail(NAME, format!("cannot be asked: {error}"), remedy(error))
        };
    }
    if let Err(error) = &probe.keys {
        return Check::fail(
            NAME,
            format!("gives no signing keys: {error}"),
            remedy(error),
        );
    }
    if let Err(error) = &probe.gmail {
        return Check::fail(
            NAME,
            format!("the Gmail API does not answer: {error}"),
            remedy(error),
        );
    }
    Check::ok(NAME, "answers and accepts the client")
}

fn remedy(error: &ProviderError) -> &'static str {
    if error.code == "certificate_invalid" {
        "something between here and Google changes TLS: find it, Tenon does not go on without"
    } else if error.reaction == Reaction::Alarm {
        CLIENT
    } else {
        NETWORK
    }
}

fn registered(found: &Result<RedirectUri, ProviderError>, redirect: &str) -> Check {
    const NAME: &str = "redirect";
    match found {
        Ok(RedirectUri::Known) => Check::ok(NAME, format!("the client knows {redirect}")),
        Ok(RedirectUri::Unknown) => Check::fail(
            NAME,
            format!(
                "the client does not know {redirect}: connecting ends at redirect_uri_mismatch"
            ),
            "add exactly this address to the client's authorized redirect URIs, or correct TENON_PUBLIC_URL",
        ),
        Ok(RedirectUri::Unclear) => Check::ok(
            NAME,
            format!("must be registered with the client: {redirect}"),
        ),
        Err(error) => Check::warn(NAME, format!("cannot be asked: {error}"), NETWORK),
    }
}

fn clock(skew: i64) -> Check {
    let text = format!("differs from Google's by {skew} s");
    if skew.unsigned_abs() <= SKEW_SECONDS {
        Check::ok("clock", text)
    } else {
        Check::fail(
            "clock",
            text,
            "set this machine's clock, and let a time service keep it",
        )
    }
}

/// How many grants hold, and faults of the deployment that were noticed in the last week (faults A2, A21,
/// G14, G16).
pub(super) async fn grants(store: &Store, checks: &mut Vec<Check>) {
    let since = World::system().now() - MONTH;
    let found = async {
        let mut tx = super::read(store).await?;
        tx.connections().lost_grants(Provider::Google, since).await
    };
    match found.await {
        Ok((lost, held)) if held > 0 || !lost.is_empty() => {
            let text = format!("{held} hold, {} ended in the last 30 days", lost.len());
            let weekly = lost.iter().filter(|l| died_in_testing(l)).count();
            checks.push(judge(text, weekly, lost.len()));
        }
        Ok(_) => {}
        Err(error) => checks.push(Check::fail(
            "grants",
            format!("cannot be counted: {error}"),
            "mend the database first",
        )),
    }
    for alarm in connections::alarms(store).await.unwrap_or_default() {
        checks.push(raised(&alarm));
    }
}

/// One grant that dies a week after its consent raises no alarm among many; where it is the only one, it is
/// told here.
fn judge(text: String, weekly: usize, lost: usize) -> Check {
    if weekly == 0 || weekly * 2 < lost {
        return Check::ok("grants", text);
    }
    Check::warn(
        "grants",
        format!("{text}, {weekly} of them a week after they were given"),
        IN_TESTING,
    )
}

fn raised(alarm: &AlarmView) -> Check {
    let text = format!(
        "{} since {}, last noticed {}",
        alarm.code.replace('_', " "),
        alarm.since.to_rfc3339(),
        alarm.last_at.to_rfc3339(),
    );
    let next = match alarm.code.as_str() {
        "app_in_testing" => IN_TESTING,
        "many_grants_lost" => {
            "so many at once are not their owners' doing: look at the client and the consent screen in the Google Cloud console"
        }
        "daily_quota" => {
            "ask for a higher quota (Google Cloud console, APIs & Services, Gmail API, Quotas)"
        }
        "client_refused" => "compare TENON_GOOGLE_CLIENT_ID and its secret with the console",
        _ => "see whether the Gmail API is enabled in the Google Cloud project",
    };
    Check::warn("alarm", text, next)
}

/// Whether Gmail announces changes, and whether its pushes can come here at all.
pub(super) fn push(settings: &Settings) -> Check {
    const NAME: &str = "push";
    let poll = settings.poll.as_secs();
    let Some(push) = &settings.push else {
        return Check::ok(
            NAME,
            format!("not set up; mailboxes are asked every {poll} s"),
        );
    };
    if settings.google.is_none() {
        return Check::warn(
            NAME,
            "set up, but Google is not",
            "set TENON_GOOGLE_CLIENT_ID and TENON_GOOGLE_CLIENT_SECRET, or take the TENON_GOOGLE_PUBSUB_… settings out",
        );
    }
    let endpoint = wiring::push_endpoint(&wiring::public_url(settings, settings.listen));
    if endpoint.scheme() != "https" {
        return Check::warn(
            NAME,
            format!(
                "set up, but Google cannot post to {endpoint}; mailboxes are asked every {poll} s"
            ),
            "set TENON_PUBLIC_URL to the https:// address at which this server is reached",
        );
    }
    Check::ok(
        NAME,
        format!(
            "{}, posted to {endpoint}; mailboxes are asked every {} s while pushes come, else every {poll} s",
            push.topic,
            settings.push_poll.as_secs()
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::super::check::State;
    use super::*;

    #[test]
    fn a2_grants_that_last_a_week_point_to_testing() {
        for (weekly, lost, state) in [
            (0, 0, State::Ok),
            (1, 1, State::Warn),
            (2, 4, State::Warn),
            (1, 4, State::Ok),
        ] {
            let check = judge("x".to_owned(), weekly, lost);
            assert_eq!(check.state, state, "{weekly} of {lost}");
        }
    }

    #[test]
    fn a2_g14_g16_an_alarm_names_its_remedy() {
        let now = World::system().now();
        for (code, word) in [
            ("app_in_testing", "publish the app"),
            ("many_grants_lost", "consent screen"),
            ("daily_quota", "higher quota"),
            ("client_refused", "TENON_GOOGLE_CLIENT_ID"),
            ("deployment_alarm", "enabled"),
        ] {
            let check = raised(&AlarmView {
                code: code.to_owned(),
                provider: "google".to_owned(),
                since: now,
                last_at: now,
                connections: 2,
            });
            assert_eq!(check.state, State::Warn);
            assert!(check.next.contains(word), "{check:?}");
        }
    }

    #[test]
    fn a22_a_clock_that_is_off_fails() {
        assert_eq!(clock(-12).state, State::Ok);
        assert_eq!(clock(31).state, State::Fail);
    }

    #[test]
    fn each_answer_of_google_has_its_remedy() {
        let error = |code: &'static str| {
            let reaction = Reaction::Retry(Duration::from_secs(1));
            ProviderError {
                operation: "x",
                status: None,
                code: code.to_owned(),
                reaction,
                provider_time: None,
            }
        };
        let probe = |client, keys, gmail| Probe {
            client,
            keys,
            gmail,
            redirect: Ok(RedirectUri::Known),
        };
        for (probe, state, word) in [
            (probe(Ok(()), Ok(2), Ok(())), State::Ok, ""),
            (
                probe(Err(error("invalid_client")), Ok(2), Ok(())),
                State::Fail,
                "CLIENT_ID",
            ),
            (
                probe(Err(error("dns")), Ok(2), Ok(())),
                State::Fail,
                "name service",
            ),
            (
                probe(Ok(()), Err(error("certificate_invalid")), Ok(())),
                State::Fail,
                "TLS",
            ),
            (
                probe(Ok(()), Ok(2), Err(error("connect"))),
                State::Fail,
                "firewall",
            ),
        ] {
            let check = reach(&probe);
            assert_eq!(check.state, state, "{check:?}");
            assert!(check.next.contains(word), "{check:?}");
        }
        let known = registered(&Ok(RedirectUri::Unknown), "https://x/oauth/callback/google");
        assert_eq!(known.state, State::Fail);
    }
}
