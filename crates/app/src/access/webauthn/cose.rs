//! Public keys of passkeys in COSE form (RFC 9052, RFC 9053, RFC 8230): the three algorithms that
//! authenticators use.

use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
};
use ciborium::Value;

use super::Refused;

const ES256: i64 = -7;
const EDDSA: i64 = -8;
const RS256: i64 = -257;

/// COSE algorithm numbers, best first.
pub(in crate::access) const ALGORITHMS: [i64; 3] = [EDDSA, ES256, RS256];

/// No key is longer; an RSA one of 8192 bits has 1024 bytes and a little.
const LONGEST: usize = 1_200;

pub(super) enum PublicKey {
    /// An uncompressed point (SEC 1, 2.3.3).
    P256([u8; 65]),
    Ed25519([u8; 32]),
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
}

impl PublicKey {
    pub(super) fn read(cose: &[u8]) -> Result<Self, Refused> {
        const WRONG: Refused = Refused("public_key");
        if cose.len() > LONGEST {
            return Err(WRONG);
        }
        let Ok(Value::Map(entries)) = ciborium::from_reader(cose) else {
            return Err(WRONG);
        };
        let find = |label: i64| {
            let label = Value::from(label);
            entries.iter().find(|(k, _)| *k == label).map(|(_, v)| v)
        };
        let number = |label| {
            find(label)
                .and_then(Value::as_integer)
                .and_then(|n| i64::try_from(n).ok())
        };
        let bytes = |label| find(label).and_then(Value::as_bytes).ok_or(WRONG);
        let fixed = |label| <[u8; 32]>::try_from(bytes(label)?.as_slice()).map_err(|_| WRONG);
        // Labels: 1 key type, 3 algorithm, -1 curve or modulus, -2 and -3 coordinates or exponent.
        match (number(1), number(3)) {
            (Some(2), Some(ES256)) if number(-1) == Some(1) => {
                let mut point = [4; 65];
                point[1..33].copy_from_slice(&fixed(-2)?);
                point[33..].copy_from_slice(&fixed(-3)?);
                Ok(Self::P256(point))
            }
            (Some(1), Some(EDDSA)) if number(-1) == Some(6) => Ok(Self::Ed25519(fixed(-2)?)),
            (Some(3), Some(RS256)) => Ok(Self::Rsa {
                n: bytes(-1)?.clone(),
                e: bytes(-2)?.clone(),
            }),
            _ => Err(Refused("algorithm")),
        }
    }

    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Refused> {
        let outcome = match self {
            Self::P256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature)
            }
            Self::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key).verify(message, signature),
            Self::Rsa { n, e } => {
                PublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            }
        };
        outcome.map_err(|_| Refused("signature"))
    }
}
