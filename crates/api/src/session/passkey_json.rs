//! Passkeys on the wire: the JSON forms of Web Authentication Level 3 (sections 5.1.8 to 5.1.10), which
//! browsers read and write by themselves. What they add to it is let by.

use serde::{Deserialize, Serialize};
use tenon_app::access;
use utoipa::ToSchema;

/// `PublicKeyCredentialCreationOptionsJSON`.
#[derive(Serialize, ToSchema)]
#[schema(as = PasskeyCreationOptions)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreationOptionsJson {
    rp: RelyingPartyJson,
    user: UserJson,
    /// Base64url.
    challenge: String,
    pub_key_cred_params: Vec<AlgorithmJson>,
    /// Milliseconds.
    timeout: u64,
    exclude_credentials: Vec<DescriptorJson>,
    authenticator_selection: SelectionJson,
    attestation: &'static str,
}

/// For whom a passkey is made.
#[derive(Serialize, ToSchema)]
#[schema(as = PasskeyRelyingParty)]
struct RelyingPartyJson {
    id: String,
    name: &'static str,
}

/// Whose passkey it will be.
#[derive(Serialize, ToSchema)]
#[schema(as = PasskeyUser)]
#[serde(rename_all = "camelCase")]
struct UserJson {
    /// Base64url.
    id: String,
    name: String,
    display_name: String,
}

/// An algorithm of signatures.
#[derive(Serialize, ToSchema)]
#[schema(as = PasskeyAlgorithm)]
struct AlgorithmJson {
    r#type: &'static str,
    /// COSE algorithm number.
    alg: i64,
}

/// A passkey by what its authenticator calls it.
#[derive(Serialize, ToSchema)]
#[schema(as = PasskeyDescriptor)]
struct DescriptorJson {
    r#type: &'static str,
    /// Base64url.
    id: String,
}

/// What is asked of the authenticator.
#[derive(Serialize, ToSchema)]
#[schema(as = PasskeySelection)]
#[serde(rename_all = "camelCase")]
struct SelectionJson {
    resident_key: &'static str,
    require_resident_key: bool,
    user_verification: &'static str,
}

const PUBLIC_KEY: &str = "public-key";
const REQUIRED: &str = "required";

fn descriptors(ids: Vec<String>) -> Vec<DescriptorJson> {
    let one = |id| DescriptorJson {
        r#type: PUBLIC_KEY,
        id,
    };
    ids.into_iter().map(one).collect()
}

impl From<access::CreationOptions> for CreationOptionsJson {
    fn from(options: access::CreationOptions) -> Self {
        Self {
            rp: RelyingPartyJson {
                id: options.rp_id,
                name: "Tenon",
            },
            user: UserJson {
                id: options.user_id,
                name: options.user_name,
                display_name: options.display_name,
            },
            challenge: options.challenge,
            pub_key_cred_params: options
                .algorithms
                .into_iter()
                .map(|alg| AlgorithmJson {
                    r#type: PUBLIC_KEY,
                    alg,
                })
                .collect(),
            timeout: options.timeout.as_millis() as u64,
            exclude_credentials: descriptors(options.known),
            authenticator_selection: SelectionJson {
                resident_key: REQUIRED,
                require_resident_key: true,
                user_verification: REQUIRED,
            },
            attestation: "none",
        }
    }
}

/// `PublicKeyCredentialRequestOptionsJSON`.
#[derive(Serialize, ToSchema)]
#[schema(as = PasskeyRequestOptions)]
#[serde(rename_all = "camelCase")]
pub(super) struct RequestOptionsJson {
    /// Base64url.
    challenge: String,
    /// Milliseconds.
    timeout: u64,
    rp_id: String,
    allow_credentials: Vec<DescriptorJson>,
    user_verification: &'static str,
}

impl From<access::RequestOptions> for RequestOptionsJson {
    fn from(options: access::RequestOptions) -> Self {
        Self {
            challenge: options.challenge,
            timeout: options.timeout.as_millis() as u64,
            rp_id: options.rp_id,
            allow_credentials: descriptors(options.allowed),
            user_verification: REQUIRED,
        }
    }
}

/// `RegistrationResponseJSON`, as far as it is looked at.
#[derive(Deserialize, ToSchema)]
#[schema(as = PasskeyRegistration)]
pub(super) struct RegistrationJson {
    response: AttestationJson,
}

/// What the authenticator answered.
#[derive(Deserialize, ToSchema)]
#[schema(as = PasskeyAttestation)]
#[serde(rename_all = "camelCase")]
struct AttestationJson {
    /// Base64url.
    #[serde(rename = "clientDataJSON")]
    client_data_json: String,
    /// Base64url.
    attestation_object: String,
}

impl RegistrationJson {
    /// The new passkey, under a name.
    pub(super) fn named(self, name: String) -> access::NewPasskey {
        access::NewPasskey {
            name,
            client_data: self.response.client_data_json,
            attestation: self.response.attestation_object,
        }
    }
}

/// `AuthenticationResponseJSON`, as far as it is looked at.
#[derive(Deserialize, ToSchema)]
#[schema(as = PasskeyAnswer)]
#[serde(rename_all = "camelCase")]
pub(super) struct AssertionJson {
    /// Base64url.
    raw_id: String,
    response: AssertionResponseJson,
}

/// What the authenticator answered.
#[derive(Deserialize, ToSchema)]
#[schema(as = PasskeyAssertion)]
#[serde(rename_all = "camelCase")]
struct AssertionResponseJson {
    /// Base64url.
    #[serde(rename = "clientDataJSON")]
    client_data_json: String,
    /// Base64url.
    authenticator_data: String,
    /// Base64url.
    signature: String,
    /// Base64url.
    #[serde(default)]
    user_handle: Option<String>,
}

impl From<AssertionJson> for access::PasskeyAnswer {
    fn from(json: AssertionJson) -> Self {
        Self {
            credential_id: json.raw_id,
            client_data: json.response.client_data_json,
            authenticator_data: json.response.authenticator_data,
            signature: json.response.signature,
            user_id: json.response.user_handle,
        }
    }
}
