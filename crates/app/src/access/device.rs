//! Browsers: what is said of them in the list of sessions, and how one that has signed in before is
//! known again.

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;

use super::attempts::Bucket;
use crate::Ctx;

/// What a browser brings when somebody signs in with it.
#[derive(Default)]
pub struct Browser {
    /// Its own words about itself.
    pub user_agent: String,
    /// The mark of an earlier sign-in ([`super::SignedIn::device`]).
    pub device: Option<String>,
    /// The session that it had until now: a sign-in ends it.
    pub session: Option<SecretString>,
    /// Its address, as far as the server knows it. Never stored.
    pub source: Option<IpAddr>,
}

impl Browser {
    /// What tries of this browser at `name` are counted by.
    pub(super) fn buckets(&self, ctx: &Ctx, name: &str) -> Vec<Bucket> {
        let known = self
            .device
            .as_deref()
            .and_then(|token| nonce_of(ctx, token, name));
        let first = match known {
            Some(nonce) => Bucket::Device(nonce.to_owned()),
            None => Bucket::Account(name.to_owned()),
        };
        let mut buckets = vec![first];
        buckets.extend(self.source.map(Bucket::source));
        buckets
    }
}

/// A mark by which the browser is known again when somebody signs in to the account of `name`: random
/// bits, and a keyed hash of them and the name. It opens nothing.
pub(super) fn mark(ctx: &Ctx, name: &str) -> SecretString {
    let nonce = URL_SAFE_NO_PAD.encode(ctx.world.bytes::<16>());
    let hash = keyed(ctx, &nonce, name);
    format!("{nonce}.{hash}").into()
}

fn nonce_of<'a>(ctx: &Ctx, token: &'a str, name: &str) -> Option<&'a str> {
    let (nonce, hash) = token.split_once('.')?;
    // A guess at the hash gains a count of its own, so the time of the comparison tells nothing of use;
    // it is constant all the same.
    let wanted = keyed(ctx, nonce, name);
    aws_lc_rs::constant_time::verify_slices_are_equal(wanted.as_bytes(), hash.as_bytes())
        .is_ok()
        .then_some(nonce)
}

fn keyed(ctx: &Ctx, nonce: &str, name: &str) -> String {
    let key = ctx.keys.deployment();
    URL_SAFE_NO_PAD.encode(key.blind_index("device", &format!("{nonce} {name}")))
}

const BROWSERS: &[(&str, &str)] = &[
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Chromium/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];
const SYSTEMS: &[(&str, &str)] = &[
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// Browser and system in two words, such as `Firefox · Linux`; empty when neither is known. Versions
/// and models, which tell people apart, are not kept.
pub(super) fn coarse(user_agent: &str) -> String {
    let find = |table: &[(&str, &'static str)]| {
        table
            .iter()
            .find(|(mark, _)| user_agent.contains(mark))
            .map(|(_, word)| *word)
    };
    let words: Vec<&str> = [find(BROWSERS), find(SYSTEMS)]
        .into_iter()
        .flatten()
        .collect();
    words.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_apart_in_two_words() {
        for (text, words) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
                "Firefox · Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0",
                "Edge · Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
                "Safari · iOS",
            ),
            (
                "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36",
                "Chrome · Android",
            ),
            ("curl/8.14", "curl"),
            ("\u{0}\n<script>", ""),
            ("", ""),
        ] {
            assert_eq!(coarse(text), words, "{text}");
        }
    }
}
