//! Errors in Google's shape: `{"error":{"code","message","errors":[…],"status","details"}}`.

use serde_json::{Value, json};

use super::call::Answer;

/// One error of a Google API.
#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    pub(crate) code: u16,
    pub(crate) message: Box<str>,
    /// `errors[0].reason`, the machine code clients decide by.
    pub(crate) reason: &'static str,
    pub(crate) domain: &'static str,
    /// `error.status`, a name of `google.rpc.Code`.
    pub(crate) status: &'static str,
    /// The fault lies in the Authorization header (`location`, `locationType`).
    pub(crate) in_authorization: bool,
    /// `details[0].reason` of an ErrorInfo, with the service.
    pub(crate) info: Option<&'static str>,
    /// The `WWW-Authenticate` header.
    pub(crate) challenge: Option<Box<str>>,
}

const REALM: &str = "Bearer realm=\"https://accounts.google.com/\"";

impl ApiError {
    pub(crate) fn new(
        code: u16,
        reason: &'static str,
        status: &'static str,
        message: &str,
    ) -> Self {
        Self {
            code,
            message: message.into(),
            reason,
            domain: "global",
            status,
            in_authorization: false,
            info: None,
            challenge: None,
        }
    }

    pub(crate) fn domain(mut self, domain: &'static str) -> Self {
        self.domain = domain;
        self
    }

    pub(crate) fn info(mut self, info: &'static str) -> Self {
        self.info = Some(info);
        self
    }

    /// 400 `invalidArgument`.
    pub(crate) fn invalid(message: &str) -> Self {
        Self::new(400, "invalidArgument", "INVALID_ARGUMENT", message)
    }

    /// 400 `badRequest` for a content type the method does not read.
    pub(crate) fn unsupported_content(found: &str) -> Self {
        Self::new(
            400,
            "badContent",
            "INVALID_ARGUMENT",
            &format!("Media type '{found}' is not supported."),
        )
    }

    /// 404 `notFound`, also what an expired history id gets (fault G1).
    pub(crate) fn not_found() -> Self {
        Self::new(
            404,
            "notFound",
            "NOT_FOUND",
            "Requested entity was not found.",
        )
    }

    /// 404 for a path no API has.
    pub(crate) fn no_such_method() -> Self {
        Self::new(404, "notFound", "NOT_FOUND", "Method not found.")
    }

    /// 401 `authError` (fault G18).
    pub(crate) fn unauthenticated() -> Self {
        let mut error = Self::new(
            401,
            "authError",
            "UNAUTHENTICATED",
            "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid \
             authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
        );
        error.in_authorization = true;
        error.challenge = Some(format!("{REALM}, error=\"invalid_token\"").into());
        error
    }

    /// 401 `required`: no credentials at all.
    pub(crate) fn login_required() -> Self {
        let mut error = Self::new(
            401,
            "required",
            "UNAUTHENTICATED",
            "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other \
             valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
        );
        error.in_authorization = true;
        error.info = Some("CREDENTIALS_MISSING");
        error.challenge = Some(REALM.into());
        error
    }

    /// 403 `insufficientPermissions` / `ACCESS_TOKEN_SCOPE_INSUFFICIENT` (fault A9).
    pub(crate) fn insufficient_scope(scopes: &str) -> Self {
        let mut error = Self::new(
            403,
            "insufficientPermissions",
            "PERMISSION_DENIED",
            "Request had insufficient authentication scopes.",
        )
        .info("ACCESS_TOKEN_SCOPE_INSUFFICIENT");
        error.challenge =
            Some(format!("{REALM}, error=\"insufficient_scope\", scope=\"{scopes}\"").into());
        error
    }

    /// 403 for what the metadata scope may not do (fault G29).
    pub(crate) fn metadata_scope(what: &str) -> Self {
        Self::new(
            403,
            "forbidden",
            "PERMISSION_DENIED",
            &format!("Metadata scope {what}"),
        )
    }

    /// 429 `rateLimitExceeded` for parallel calls of one user (fault G11).
    pub(crate) fn too_many_concurrent() -> Self {
        Self::new(
            429,
            "rateLimitExceeded",
            "RESOURCE_EXHAUSTED",
            "Too many concurrent requests for user",
        )
    }

    /// 403 `rateLimitExceeded` by quota units (fault G12).
    pub(crate) fn out_of_units(metric: &str) -> Self {
        Self::new(
            403,
            "rateLimitExceeded",
            "PERMISSION_DENIED",
            &format!(
                "Quota exceeded for quota metric 'Queries' and limit '{metric}' of service 'gmail.googleapis.com' for \
                 consumer 'project_number:104857600000'."
            ),
        )
        .domain("usageLimits")
        .info("RATE_LIMIT_EXCEEDED")
    }

    /// The body.
    pub(crate) fn body(&self) -> Value {
        let mut item =
            json!({"message": self.short(), "domain": self.domain, "reason": self.reason});
        if self.in_authorization {
            item["location"] = json!("Authorization");
            item["locationType"] = json!("header");
        }
        let mut error = json!({"code": self.code, "message": self.message, "errors": [item], "status": self.status});
        if let Some(reason) = self.info {
            error["details"] = json!([{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason,
                "domain": "googleapis.com", "metadata": {"service": "gmail.googleapis.com"}}]);
        }
        json!({"error": error})
    }

    /// The older, shorter text in `errors[0]`.
    fn short(&self) -> &str {
        match self.reason {
            "authError" => "Invalid Credentials",
            "required" => "Login Required.",
            "insufficientPermissions" => "Insufficient Permission",
            _ => &self.message,
        }
    }
}

impl From<ApiError> for Answer {
    fn from(error: ApiError) -> Self {
        let answer = Self::value(error.code, &error.body());
        match error.challenge {
            Some(challenge) => answer.with("www-authenticate", challenge.into()),
            None => answer,
        }
    }
}
