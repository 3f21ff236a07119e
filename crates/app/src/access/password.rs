//! Password hashing: Argon2id with the parameters that OWASP gives (19 MiB, 2 passes).

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use secrecy::{ExposeSecret as _, SecretString};
use tenon_model::World;
use zxcvbn::{Score, zxcvbn};

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

/// What people here take that the library's lists, which are English, do not know.
const OURS: &[&str] = &[
    "tenon",
    "motdepasse",
    "azerty",
    "bienvenue",
    "doudou",
    "loulou",
];
/// Longer ones are not guessed, and looking at all of them takes the square of their length.
const LOOKED_AT: usize = 64;

/// Whether what is left of it without the person's own words is come upon in less than 10^8 tries by a
/// guesser who knows the 30,000 most common passwords, names, words, keyboards and dates (ASVS 5.0, 6.2.4
/// and 6.2.11).
fn is_guessable(password: &str, own_words: &[&str]) -> bool {
    let own = own_words
        .iter()
        .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()))
        .filter(|word| word.chars().count() >= 3);
    let mut words: Vec<String> = own
        .chain(OURS.iter().copied())
        .map(str::to_lowercase)
        .collect();
    words.sort_unstable_by_key(|word| std::cmp::Reverse(word.len()));
    let mut rest = password.to_lowercase();
    for word in words {
        rest = rest.replace(&word, "");
    }
    let looked_at: String = rest.chars().take(LOOKED_AT).collect();
    zxcvbn(&looked_at, &[]).score() < Score::Three
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
            "1q2w3e4r5t",
            "q1w2e3r4t5",
            "basketball",
            "christopher",
            "liverpool1",
            "1qaz2wsx3edc",
            "doudoudou1",
            "123qweasdzxc",
            "p@ssw0rd2026",
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
