//! OpenID Connect id tokens: RS256, with a key of this process whose public half is at `/oauth2/v3/certs`.

use std::sync::OnceLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use serde_json::{Value, json};

use crate::config::SandboxError;
use crate::wire::text::base64url_bare;

/// The key: made at first use, once a process. A key in the source would let anybody forge sign-ins to a
/// server that was pointed at a sandbox.
static KEY: OnceLock<Result<KeyPair, String>> = OnceLock::new();

const KID: &str = "sandbox-1";

fn key() -> Result<&'static KeyPair, SandboxError> {
    KEY.get_or_init(|| KeyPair::generate(KeySize::Rsa2048).map_err(|e| e.to_string()))
        .as_ref()
        .map_err(|e| SandboxError::Key(e.clone()))
}

/// The JSON Web Key Set (RFC 7517).
pub(crate) fn jwks() -> Result<Value, SandboxError> {
    let unreadable = || SandboxError::Key("the public key is not PKCS#1".to_owned());
    let (n, e) = integers(key()?.public_key().as_ref()).ok_or_else(unreadable)?;
    let (n, e) = (base64url_bare(n), base64url_bare(e));
    Ok(json!({"keys": [{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": KID, "n": n, "e": e}]}))
}

/// Modulus and exponent of an RSAPublicKey in DER (RFC 8017, A.1.1), without leading zeros.
fn integers(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (0x30, inside, _) = element(der)? else {
        return None;
    };
    let (0x02, n, rest) = element(inside)? else {
        return None;
    };
    let (0x02, e, _) = element(rest)? else {
        return None;
    };
    Some((
        n.strip_prefix(&[0]).unwrap_or(n),
        e.strip_prefix(&[0]).unwrap_or(e),
    ))
}

/// Tag, content and the rest of a DER element.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, mut rest) = rest.split_first()?;
    let mut len = usize::from(first);
    if first >= 0x80 {
        let (bytes, after) = rest.split_at_checked(usize::from(first & 0x7f))?;
        len = bytes.iter().try_fold(0_usize, |n, b| {
            n.checked_mul(256)?.checked_add(usize::from(*b))
        })?;
        rest = after;
    }
    let (content, rest) = rest.split_at_checked(len)?;
    Some((tag, content, rest))
}

/// Signs claims (RFC 7515, RS256).
pub(crate) fn sign(claims: &Value) -> Result<String, SandboxError> {
    let key = key()?;
    let header = json!({"alg": "RS256", "kid": KID, "typ": "JWT"});
    let input = format!(
        "{}.{}",
        base64url_bare(header.to_string().as_bytes()),
        base64url_bare(claims.to_string().as_bytes())
    );
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        input.as_bytes(),
        &mut signature,
    )
    .map_err(|e| SandboxError::Key(e.to_string()))?;
    Ok(format!("{input}.{}", base64url_bare(&signature)))
}

/// `at_hash`: the left half of the token's SHA-256 (OpenID Connect Core, 3.1.3.6).
pub(crate) fn at_hash(access_token: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, access_token.as_bytes());
    base64url_bare(&digest.as_ref()[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_key_verifies_what_the_private_one_signs() {
        let token = sign(&json!({"sub": "1"})).unwrap();
        let (input, signature) = token.rsplit_once('.').unwrap();
        let (n, e) = integers(key().unwrap().public_key().as_ref()).unwrap();
        assert_eq!((n.len(), e), (256, &[1, 0, 1][..]));
        aws_lc_rs::rsa::PublicKeyComponents { n, e }
            .verify(
                &aws_lc_rs::signature::RSA_PKCS1_2048_8192_SHA256,
                input.as_bytes(),
                &crate::wire::text::unbase64(signature).unwrap(),
            )
            .unwrap();
        assert!(jwks().unwrap()["keys"][0]["n"].as_str().unwrap().len() > 300);
        assert_eq!(at_hash("a").len(), 22);
    }
}
