//! The public address: does it lead to this server, with a certificate that holds?

use std::time::Duration;

use tenon_connectors::ProviderError;
use tenon_connectors::transport::{Reach, Transport};
use tenon_model::World;

use super::check::Check;
use crate::settings::Settings;
use crate::wiring;

const NAME: &str = "address";
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) async fn check(settings: &Settings, checks: &mut Vec<Check>) {
    let Some(public) = &settings.public_url else {
        checks.push(unsaid(settings));
        return;
    };
    let shown = public.as_str().trim_end_matches('/');
    let reach = Reach {
        configured: vec![public.clone()],
        public: false,
    };
    let asked = match (
        Transport::new(&reach, World::system()),
        public.join("/api/v1/session"),
    ) {
        (Ok(transport), Ok(url)) => transport.look(url, PATIENCE).await,
        (Err(error), _) => Err(error),
        (_, Err(_)) => return,
    };
    let body = asked.map(|(status, body)| (status, String::from_utf8_lossy(&body).into_owned()));
    checks.push(judge(shown, body));
}

/// Whether the server that listens here is ready.
pub(super) async fn ready(settings: &Settings) -> Check {
    const NAME: &str = "ready";
    const NEXT: &str = "the server's log says why";
    let url = wiring::address_url(settings.listen);
    let reach = Reach {
        configured: vec![url.clone()],
        public: false,
    };
    let shown = url.as_str().trim_end_matches('/').to_owned();
    let asked = match (Transport::new(&reach, World::system()), url.join("/readyz")) {
        (Ok(transport), Ok(url)) => transport.look(url, PATIENCE).await,
        (Err(error), _) => Err(error),
        (_, Err(_)) => return Check::fail(NAME, "TENON_LISTEN cannot be asked", "correct it"),
    };
    match asked {
        Ok((200, _)) => Check::ok(NAME, format!("{shown} is ready")),
        Ok((status, _)) => Check::fail(NAME, format!("{shown} is not ready ({status})"), NEXT),
        Err(error) => Check::fail(
            NAME,
            format!("{shown} does not answer ({})", error.code),
            "start tenon serve; TENON_LISTEN says where it listens",
        ),
    }
}

/// Nobody said where people reach the server.
fn unsaid(settings: &Settings) -> Check {
    if settings.listen.ip().is_loopback() {
        return Check::ok(NAME, "only this machine; set TENON_PUBLIC_URL for others");
    }
    Check::warn(
        NAME,
        format!(
            "the server listens on {}, but nobody said by which address people reach it: it refuses all others than loopback",
            settings.listen
        ),
        "set TENON_PUBLIC_URL to the https:// address of the proxy in front",
    )
}

fn judge(shown: &str, asked: Result<(u16, String), ProviderError>) -> Check {
    let proxy = "let the proxy pass everything on to TENON_LISTEN, with the header Host as it came";
    match asked {
        Ok((_, body)) if body.contains("\"host_refused\"") => Check::fail(
            NAME,
            format!("{shown} leads to Tenon, but under another name than TENON_PUBLIC_URL"),
            proxy,
        ),
        Ok((401, body)) if body.contains("\"unauthenticated\"") => {
            Check::ok(NAME, format!("{shown} leads to Tenon"))
        }
        Ok((502..=504, _)) => Check::warn(
            NAME,
            format!("{shown} leads to a proxy that finds nobody behind it"),
            "start tenon serve; else compare the proxy's target with TENON_LISTEN",
        ),
        Ok((status, _)) => Check::fail(
            NAME,
            format!("{shown} leads to something else (it answered {status})"),
            proxy,
        ),
        Err(error) if error.code == "certificate_invalid" => Check::fail(
            NAME,
            format!("the certificate of {shown} does not hold"),
            "browsers will refuse it too: renew it, with the whole chain and for this name",
        ),
        Err(error) if error.code == "redirect_refused" => Check::fail(
            NAME,
            format!("{shown} sends on to another address"),
            "set TENON_PUBLIC_URL to that address: cookies and the OAuth redirect belong to exactly one",
        ),
        Err(error) => Check::warn(
            NAME,
            format!("{shown} is not reached from here ({})", error.code),
            "start tenon serve and the proxy; a firewall may also keep this machine from its own public address",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::State;
    use super::*;

    #[test]
    fn what_the_public_address_answers_is_told_apart() {
        let failed = |code: &str| -> Result<(u16, String), ProviderError> {
            Err(ProviderError {
                operation: "look",
                status: None,
                code: code.to_owned(),
                reaction: tenon_connectors::Reaction::Stop,
                provider_time: None,
            })
        };
        let said = |status, body: &str| Ok((status, body.to_owned()));
        for (asked, state, word) in [
            (said(401, r#"{"code":"unauthenticated"}"#), State::Ok, ""),
            (said(421, r#"{"code":"host_refused"}"#), State::Fail, "Host"),
            (said(200, "<html>welcome to nginx"), State::Fail, "proxy"),
            (said(502, ""), State::Warn, "start tenon serve"),
            (failed("certificate_invalid"), State::Fail, "renew"),
            (failed("redirect_refused"), State::Fail, "TENON_PUBLIC_URL"),
            (failed("connect"), State::Warn, "start tenon serve"),
        ] {
            let check = judge("https://crm.example.com", asked);
            assert_eq!(check.state, state, "{check:?}");
            assert!(check.next.contains(word), "{check:?}");
        }
    }
}
