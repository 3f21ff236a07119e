//! Password hashing: Argon2id with the parameters that OWASP gives (19 MiB, 2 passes).

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use secrecy::{ExposeSecret as _, SecretString};
use tenon_model::World;

use crate::{Error, Result};

/// Shortest password taken (ASVS 5.0, 6.2.1), and longest.
pub(super) const LENGTH: std::ops::RangeInclusive<usize> = 10..=256;

/// Sentence when the password is too short or too long.
pub(super) fn problem(password: &SecretString) -> Option<&'static str> {
    let length = password.expose_secret().chars().count();
    (!LENGTH.contains(&length)).then_some("must have at least 10 and at most 256 characters")
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
