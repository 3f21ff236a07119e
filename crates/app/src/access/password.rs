//! Password hashing: Argon2id with the parameters that OWASP gives (19 MiB, 2 passes).

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use secrecy::{ExposeSecret as _, SecretString};
use tenon_model::World;

use crate::{Error, Result};

/// Shortest password taken (ASVS 5.0, 6.2.1), and longest.
pub(super) const LENGTH: std::ops::RangeInclusive<usize> = 10..=256;

/// Sentence when the password is too short or too long, or is what anybody would try first: a common
/// one, or the person's own words.
pub(super) fn problem(password: &SecretString, own_words: &[&str]) -> Option<&'static str> {
    let text = password.expose_secret();
    let length = text.chars().count();
    if !LENGTH.contains(&length) {
        return Some("must have at least 10 and at most 256 characters");
    }
    is_guessable(text, own_words).then_some("is among those that are tried first; choose another")
}

/// What people take when ten characters are asked for. Runs and repetitions are found by rule.
const COMMON: &[&str] = &[
    "administrator",
    "changeme",
    "iloveyou",
    "letmein",
    "motdepasse",
    "passw0rd",
    "password",
    "princess",
    "qwerty",
    "qwertyuiop",
    "azerty",
    "azertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "welcome",
    "bienvenue",
    "sunshine",
    "football",
    "baseball",
    "superman",
    "starwars",
    "trustno1",
    "whatever",
    "michelle",
    "tenon",
];

/// Whether hardly anything is left once common words, the person's own words, digits and runs are
/// taken away (ASVS 5.0, 6.2.4 and 6.2.11).
fn is_guessable(password: &str, own_words: &[&str]) -> bool {
    let mut rest = password.to_lowercase();
    let own = own_words
        .iter()
        .flat_map(|w| w.split(|c: char| !c.is_alphanumeric()))
        .map(str::to_lowercase)
        .filter(|w| w.chars().count() >= 3);
    let mut words: Vec<String> = COMMON.iter().map(|w| (*w).to_owned()).chain(own).collect();
    words.sort_unstable_by_key(|w| std::cmp::Reverse(w.len()));
    for word in words {
        rest = rest.replace(&word, "");
    }
    // Of a run such as `abcdef`, `98765` or `aaaa` only its beginning counts.
    let mut kept = 0;
    let mut before: Option<(char, Option<i64>)> = None;
    for c in rest.chars().filter(|c| !c.is_whitespace()) {
        let step = before.map(|(b, _)| i64::from(u32::from(c)) - i64::from(u32::from(b)));
        let goes_on = step.is_some_and(|s| {
            (-1..=1).contains(&s)
                && before.is_some_and(|(_, earlier)| earlier.is_none_or(|e| e == s))
        });
        kept += usize::from(!goes_on && !c.is_ascii_punctuation());
        before = Some((c, if goes_on { step } else { None }));
    }
    kept < 5
}

/// Hashes on a thread of its own: it takes tens of milliseconds on purpose.
pub(super) async fn hash(world: &World, password: SecretString) -> Result<String> {
    let salt: [u8; 16] = world.bytes();
    run(move || {
        Argon2::default()
            .hash_password_with_salt(password.expose_secret().as_bytes(), &salt)
            .map(|h| h.to_string())
            .map_err(|_| Error::Internal("password_hash".into()))
    })
    .await?
}

/// Whether `password` belongs to `hash`. Without a hash the same work is done, so that the time
/// does not tell whether an account exists.
pub(super) async fn verify(hash: Option<String>, password: SecretString) -> Result<bool> {
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    run(move || {
        let text = hash.as_deref().unwrap_or(NOBODY);
        PasswordHash::new(text).is_ok_and(|parsed| {
            Argon2::default()
                .verify_password(password.expose_secret().as_bytes(), &parsed)
                .is_ok()
        }) && hash.is_some()
    })
    .await
}

/// Each hash takes 19 MiB; more than this many at once wait.
static AT_ONCE: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(4);

async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let _turn = AT_ONCE.acquire().await;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Error::Internal("password_task".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_tried_first_is_refused() {
        let own = ["ann.example@acme-corp.test", "Ann Example"];
        for weak in [
            "password123",
            "Password2026!",
            "qwertyuiop12",
            "1234567890",
            "0987654321",
            "aaaaaaaaaaaa",
            "abcdefghijkl",
            "motdepasse1",
            "AnnExample2026",
            "example-acme",
            "tenon12345",
            "azertyuiop",
        ] {
            assert!(problem(&weak.into(), &own).is_some(), "{weak}");
        }
        for fine in [
            "correct horse battery staple",
            "a long enough password",
            "a tenon fits its mortise",
            "Xk4-pq9-Zt7",
            "une phrase bien longue",
            "četiri slučajne riječi",
        ] {
            assert_eq!(problem(&fine.into(), &own), None, "{fine}");
        }
        assert!(problem(&"short".into(), &own).is_some());
        assert!(problem(&"x y".repeat(100).into(), &own).is_some());
    }

    #[tokio::test]
    async fn only_the_right_password_opens() {
        let world = World::system();
        let hash = hash(&world, "correct horse".into()).await.unwrap();
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        assert!(
            verify(Some(hash.clone()), "correct horse".into())
                .await
                .unwrap()
        );
        assert!(!verify(Some(hash), "correct house".into()).await.unwrap());
        assert!(!verify(None, "correct horse".into()).await.unwrap());
    }
}
