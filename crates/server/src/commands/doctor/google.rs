//! Google: does it answer, does it know us, do its clock and ours agree, do grants last.

use std::time::Duration;

use tenon_app::AppConfig;
use tenon_connectors::google::{Google, Probe, RedirectUri};
use tenon_connectors::{ProviderError, Reaction};
use tenon_model::connection::Provider;
use tenon_model::{Time, World};
use tenon_store::Store;

use super::check::Check;
use crate::settings::Settings;
use crate::wiring;

/// A clock that is off by more makes codes of authenticator apps and id tokens fail.
const SKEW_SECONDS: u64 = 30;
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

/// Grants that end a week after they were given: the consent screen is in *Testing* (fault A2).
pub(super) async fn grants(store: &Store, checks: &mut Vec<Check>) {
    let since = World::system().now() - MONTH;
    let found = async {
        let mut tx = super::read(store).await?;
        tx.connections().lost_grants(Provider::Google, since).await
    };
    match found.await {
        Ok((lost, held)) => {
            let lives = lost
                .iter()
                .filter_map(|g| Some((g.granted_at, g.row.revoked_at?)))
                .collect::<Vec<_>>();
            if held > 0 || !lives.is_empty() {
                checks.push(judge(&lives, held));
            }
        }
        Err(error) => checks.push(Check::fail(
            "grants",
            format!("cannot be counted: {error}"),
            "mend the database first",
        )),
    }
}

/// From when grants were given and when they were found gone, and how many hold.
fn judge(lost: &[(Time, Time)], held: u64) -> Check {
    const NAME: &str = "grants";
    // Seven days, found at the next use: so a little late, and never early.
    let a_week = Duration::from_hours(6 * 24 + 18)..Duration::from_hours(8 * 24);
    let weekly = lost
        .iter()
        .filter(|(given, lost)| a_week.contains(&lost.since(*given)))
        .count();
    let text = format!("{held} hold, {} ended in the last 30 days", lost.len());
    if weekly > 0 && weekly * 2 >= lost.len() {
        return Check::warn(
            NAME,
            format!("{text}, {weekly} of them a week after they were given"),
            "the consent screen is in Testing, it seems: publish the app (Google Auth Platform, Audience), then reconnect once",
        );
    }
    if lost.len() as u64 > held.max(2) {
        return Check::warn(
            NAME,
            text,
            "so many at once are not their owners' doing: look at the client and the consent screen in the Google Cloud console",
        );
    }
    Check::ok(NAME, text)
}

/// Push is not there yet: mailboxes are asked.
pub(super) fn push(settings: &Settings) -> Check {
    Check::ok(
        "push",
        format!(
            "not set up; mailboxes are asked every {} s",
            settings.poll.as_secs()
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::super::check::State;
    use super::*;

    #[test]
    fn a2_grants_that_last_a_week_point_to_testing() {
        let start = World::system().now();
        let lost = |hours: &[u64]| -> Vec<(Time, Time)> {
            let ends = hours.iter().map(|h| start + Duration::from_hours(*h));
            ends.map(|end| (start, end)).collect()
        };
        for (hours, held, state, word) in [
            (&[][..], 5, State::Ok, ""),
            (&[168][..], 0, State::Warn, "Testing"),
            (&[168, 169, 170, 400], 3, State::Warn, "Testing"),
            (&[168, 30, 400, 500], 9, State::Ok, ""),
            (&[30, 31, 32], 1, State::Warn, "so many at once"),
            (&[30], 0, State::Ok, ""),
        ] {
            let check = judge(&lost(hours), held);
            assert_eq!(check.state, state, "{hours:?}: {check:?}");
            assert!(check.next.contains(word), "{hours:?}: {check:?}");
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
