//! The rows: where each happens, how often, and what it does.

use super::answers::{
    backend, cut, deleted_client, elsewhere, gone, html_200, html_502, invalid_client,
    metadata_server, misshapen, rapt, revoke_503, revoked_before, sent_503, strange, token_429,
    token_503, unauthorized_client,
};
use super::{Action, Fault, PushFault, Twist, skew_date};
use crate::wire::call::Trouble;
use crate::wire::errors::ApiError;

mod drive;

/// A row that can be scripted.
pub(super) struct Row {
    pub(super) name: &'static str,
    /// Where it happens when the fault does not say.
    pub(super) path: &'static str,
    /// How often when the fault does not say.
    pub(super) times: u32,
    pub(super) about: &'static str,
    pub(super) action: fn(&Fault) -> Action,
}

const REFRESH: &str = r"^/token\?.*grant_type=refresh_token";
const EXCHANGE: &str = r"^/token\?.*grant_type=authorization_code";
const TOKEN: &str = r"^/token";
const API: &str = r"^/(upload/|resumable/upload/)?gmail/|^/batch";
const CALLS: &str = r"^/(upload/|resumable/upload/)?gmail/";
const GET_MESSAGE: &str = r"/messages/[0-9a-f]+(\?|$)";
const HISTORY: &str = r"/history\?";
const SEND: &str = r"/(messages|drafts)/send";
const LOOKUP: &str = r"/drafts(/r-?\d+)?(\?|$)|/messages(\?|$)|/messages/[0-9a-f]+(\?|$)";
const ANY: &str = r"^/(gmail|drive|batch|upload|resumable|token|revoke|oauth2)";
const PUSH: &str = "^/pubsub/push$";
const FOREVER: u32 = u32::MAX;

fn api(error: ApiError) -> Action {
    Action::Api(Box::new(error))
}

fn usage(code: u16, reason: &'static str, message: &str) -> Action {
    let status = if code == 429 {
        "RESOURCE_EXHAUSTED"
    } else {
        "PERMISSION_DENIED"
    };
    api(ApiError::new(code, reason, status, message).domain("usageLimits"))
}

const fn trouble(trouble: Trouble, carried_out: bool) -> Action {
    Action::Trouble {
        trouble,
        carried_out,
    }
}

const fn row(
    name: &'static str,
    path: &'static str,
    times: u32,
    about: &'static str,
    action: fn(&Fault) -> Action,
) -> Row {
    Row {
        name,
        path,
        times,
        about,
        action,
    }
}

/// Every row that a server can play when it is told to; [`super::KNOWN`] has those that are always so, too.
const ROWS: &[Row] = &[
    row(
        "A1",
        REFRESH,
        1,
        "the refresh token dies: 400 invalid_grant \"Token has been expired or revoked.\"",
        |_| Action::KillRefresh,
    ),
    row(
        "A2",
        REFRESH,
        FOREVER,
        "refresh tokens die seven days after consent (consent screen in Testing)",
        |f| Action::Twist(Twist::DeadAfter(f.lasting(7 * 86_400))),
    ),
    row(
        "A3",
        REFRESH,
        1,
        "as A1: a hundred newer refresh tokens pushed this one out",
        |_| Action::KillRefresh,
    ),
    row("A4", REFRESH, 1, "as A1: unused for six months", |_| {
        Action::KillRefresh
    }),
    row(
        "A5",
        REFRESH,
        1,
        "as A1: the person changed the password",
        |_| Action::KillRefresh,
    ),
    row(
        "A6",
        REFRESH,
        FOREVER,
        "400 invalid_grant with error_subtype invalid_rapt (session length policy)",
        |_| Action::Plain(rapt),
    ),
    row(
        "A7",
        "^/o/oauth2/v2/auth",
        1,
        "the authorization ends with error=admin_policy_enforced",
        |_| Action::Twist(Twist::AuthorizeError("admin_policy_enforced")),
    ),
    row(
        "A7:denied",
        "^/o/oauth2/v2/auth",
        1,
        "the authorization ends with error=access_denied",
        |_| Action::Twist(Twist::AuthorizeError("access_denied")),
    ),
    row(
        "A7:internal",
        "^/o/oauth2/v2/auth",
        1,
        "the authorization ends with error=org_internal",
        |_| Action::Twist(Twist::AuthorizeError("org_internal")),
    ),
    row(
        "A8",
        EXCHANGE,
        1,
        "the token answer has no refresh_token",
        |_| Action::Twist(Twist::NoRefreshToken),
    ),
    row(
        "A9",
        EXCHANGE,
        1,
        "the token answer grants one scope less than asked",
        |_| Action::Twist(Twist::FewerScopes),
    ),
    row(
        "A9:403",
        CALLS,
        1,
        "403 insufficientPermissions / ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        |_| api(ApiError::insufficient_scope("https://mail.google.com/")),
    ),
    row(
        "A11",
        "/revoke",
        1,
        "revoke answers 400 invalid_token",
        |_| Action::Plain(revoked_before),
    ),
    row("A11:503", "/revoke", 1, "revoke answers 503", |_| {
        Action::Plain(revoke_503)
    }),
    row(
        "A17",
        REFRESH,
        FOREVER,
        "refresh tokens are used once: the answer has a new one, the loser of a race gets invalid_grant",
        |_| Action::Twist(Twist::Rotate),
    ),
    row(
        "A17:lost",
        REFRESH,
        1,
        "one refresh gets invalid_grant although the token lives (another worker was faster)",
        |_| Action::Plain(gone),
    ),
    row(
        "A18",
        REFRESH,
        1,
        "the refresh is carried out, its answer is lost",
        |_| trouble(Trouble::Reset, true),
    ),
    row(
        "A18:rotated",
        REFRESH,
        1,
        "the refresh replaces the token, and the answer with the new one is lost",
        |_| Action::Twist(Twist::RotateAndLose),
    ),
    row("A20", TOKEN, 1, "token endpoint 503", |_| {
        Action::Plain(token_503)
    }),
    row("A20:429", TOKEN, 1, "token endpoint 429", |_| {
        Action::Plain(token_429)
    }),
    row(
        "A20:html",
        TOKEN,
        1,
        "token endpoint 502 with an HTML page",
        |_| Action::Plain(html_502),
    ),
    row(
        "A20:hang",
        TOKEN,
        1,
        "token endpoint does not answer",
        |f| trouble(Trouble::Hang(f.lasting(120)), false),
    ),
    row(
        "A21",
        TOKEN,
        FOREVER,
        "401 invalid_client: the secret is wrong",
        |_| Action::Plain(invalid_client),
    ),
    row(
        "A21:unauthorized",
        TOKEN,
        FOREVER,
        "401 unauthorized_client",
        |_| Action::Plain(unauthorized_client),
    ),
    row("A21:deleted", TOKEN, FOREVER, "401 deleted_client", |_| {
        Action::Plain(deleted_client)
    }),
    row(
        "A22",
        ANY,
        FOREVER,
        "the Date header is 900 seconds ahead",
        |_| Action::After(skew_date),
    ),
    row(
        "G1",
        HISTORY,
        1,
        "all history ids given so far end: 404",
        |_| Action::Twist(Twist::ExpireHistory),
    ),
    row(
        "G3",
        CALLS,
        1,
        "the mailbox's oldest messages are deleted before the call",
        |_| Action::Twist(Twist::DeleteSome),
    ),
    row(
        "G3:token",
        r"/messages\?.*pageToken",
        1,
        "400: the page token died",
        |_| api(ApiError::invalid("Invalid pageToken")),
    ),
    row(
        "G4",
        HISTORY,
        1,
        "a page with nextPageToken and no history key",
        |_| Action::Twist(Twist::EmptyPage),
    ),
    row("G5", GET_MESSAGE, 1, "messages.get 404", |_| {
        api(ApiError::not_found())
    }),
    row(
        "G6",
        GET_MESSAGE,
        FOREVER,
        "messages.get 404 for messages younger than ten seconds",
        |f| Action::Twist(Twist::HideNew(f.lasting(10))),
    ),
    row(
        "G7",
        HISTORY,
        1,
        "history says everything twice, and names a message nobody has",
        |_| Action::Twist(Twist::RepeatHistory),
    ),
    row(
        "G9",
        API,
        FOREVER,
        "429 \"Retry after …\", fifteen minutes, until then",
        |_| Action::RetryAfter { moving: false },
    ),
    row(
        "G10",
        API,
        FOREVER,
        "as G9, and the hour moves on at each try",
        |_| Action::RetryAfter { moving: true },
    ),
    row(
        "G11",
        CALLS,
        1,
        "429 rateLimitExceeded \"Too many concurrent requests for user\"",
        |_| api(ApiError::too_many_concurrent()),
    ),
    row("G12", CALLS, 1, "403 usageLimits rateLimitExceeded", |_| {
        api(ApiError::out_of_units("Queries per minute per user"))
    }),
    row("G13", CALLS, 1, "403 userRateLimitExceeded", |_| {
        usage(403, "userRateLimitExceeded", "User Rate Limit Exceeded")
    }),
    row("G14", CALLS, FOREVER, "403 dailyLimitExceeded", |_| {
        usage(403, "dailyLimitExceeded", "Daily Limit Exceeded")
    }),
    row("G15", CALLS, FOREVER, "403 domainPolicy", |_| {
        let text = "The domain administrators have disabled Gmail apps.";
        api(ApiError::new(
            403,
            "domainPolicy",
            "PERMISSION_DENIED",
            text,
        ))
    }),
    row(
        "G16",
        CALLS,
        FOREVER,
        "403 accessNotConfigured / SERVICE_DISABLED",
        |_| {
            let text =
                "Gmail API has not been used in project 104857600000 before or it is disabled.";
            let error = ApiError::new(403, "accessNotConfigured", "PERMISSION_DENIED", text);
            api(error.domain("usageLimits").info("SERVICE_DISABLED"))
        },
    ),
    row(
        "G17",
        "/profile",
        FOREVER,
        "400 failedPrecondition: there is no Gmail on this account",
        |_| {
            api(ApiError::new(
                400,
                "failedPrecondition",
                "FAILED_PRECONDITION",
                "Precondition check failed.",
            ))
        },
    ),
    row("G18", CALLS, 1, "401 authError", |_| {
        api(ApiError::unauthenticated())
    }),
    row(
        "G19",
        SEND,
        1,
        "the message is sent, then the connection is reset",
        |_| trouble(Trouble::Reset, true),
    ),
    row(
        "G19:503",
        SEND,
        1,
        "the message is sent, the answer is 503",
        |_| Action::After(sent_503),
    ),
    row(
        "G19:hang",
        SEND,
        1,
        "the message is sent, no answer comes",
        |f| trouble(Trouble::Hang(f.lasting(120)), true),
    ),
    row("G20", SEND, FOREVER, "the Message-ID is replaced", |_| {
        Action::Twist(Twist::NewMessageId)
    }),
    row("G21", LOOKUP, 1, "look-ups fail: 503", |_| api(backend())),
    row("G21:429", LOOKUP, 1, "look-ups fail: 429", |_| {
        api(ApiError::too_many_concurrent())
    }),
    row(
        "G22",
        SEND,
        FOREVER,
        "429: the daily sending limit is reached",
        |_| {
            usage(
                429,
                "rateLimitExceeded",
                "User-rate limit exceeded (Mail sending)",
            )
        },
    ),
    row(
        "G22:bounce",
        SEND,
        1,
        "200, and then a bounce \"550 5.4.5 Daily user sending limit exceeded\"",
        |_| Action::Twist(Twist::Bounce),
    ),
    row("G24", PUSH, FOREVER, "pushes are delivered twice", |_| {
        Action::Twist(Twist::Push(PushFault::Twice))
    }),
    row(
        "G24:late",
        PUSH,
        1,
        "a push is delivered late, after later ones",
        |f| Action::Twist(Twist::Push(PushFault::Late(f.lasting(1)))),
    ),
    row("G24:lost", PUSH, FOREVER, "pushes are lost", |_| {
        Action::Twist(Twist::Push(PushFault::Lost))
    }),
    row(
        "G25",
        PUSH,
        FOREVER,
        "the endpoint cannot be reached; all that waited comes once the fault is cleared",
        |_| Action::Twist(Twist::Push(PushFault::Undelivered)),
    ),
    row(
        "G26",
        "/watch",
        FOREVER,
        "403: the topic lacks the publish right",
        |_| {
            let text = "Error sending test message to Cloud PubSub : User not authorized to perform this action.";
            api(ApiError::new(403, "forbidden", "PERMISSION_DENIED", text))
        },
    ),
    row(
        "G27",
        "^/batch",
        1,
        "outer 200, parts 429 and 503, in another order",
        |_| Action::Twist(Twist::ScrambleBatch),
    ),
    row(
        "G30",
        "/modify",
        1,
        "400 invalidArgument: the label is gone",
        |_| api(ApiError::invalid("Invalid label: Label_404")),
    ),
    row(
        "G30:409",
        "/labels",
        1,
        "409: the label name is taken",
        |_| {
            api(ApiError::new(
                409,
                "aborted",
                "ABORTED",
                "Label name exists or conflicts",
            ))
        },
    ),
    row("G31", SEND, 1, "413", |_| {
        api(ApiError::new(
            413,
            "uploadTooLarge",
            "INVALID_ARGUMENT",
            "Request entity too large",
        ))
    }),
    row(
        "G32",
        CALLS,
        1,
        "odd mails arrive: far future, epoch 0, no From, a subject of 100 kB, NUL in a header",
        |_| Action::Twist(Twist::OddMail),
    ),
    row(
        "N1",
        ANY,
        1,
        "the connection closes before anything is carried out",
        |_| trouble(Trouble::Reset, false),
    ),
    row(
        "N3",
        ANY,
        1,
        "carried out, then reset without an answer",
        |_| trouble(Trouble::Reset, true),
    ),
    row(
        "N3:body",
        ANY,
        1,
        "carried out, reset in the middle of the body",
        |_| trouble(Trouble::ResetMidBody, true),
    ),
    row("N3:hang", ANY, 1, "carried out, no answer", |f| {
        trouble(Trouble::Hang(f.lasting(120)), true)
    }),
    row("N4", ANY, 1, "200 text/html of a captive proxy", |_| {
        Action::Plain(html_200)
    }),
    row("N4:cut", ANY, 1, "JSON cut in the middle", |_| {
        Action::After(cut)
    }),
    row(
        "N4:gzip",
        ANY,
        1,
        "Content-Encoding: gzip over something else",
        |_| trouble(Trouble::BrokenGzip, true),
    ),
    row("N5", ANY, 1, "one byte every ten seconds", |f| {
        trouble(Trouble::Drip(f.lasting(10)), true)
    }),
    row("N5:headers", ANY, 1, "headers without end", |_| {
        trouble(Trouble::EndlessHeaders, false)
    }),
    row("N5:huge", ANY, 1, "a body of 2 GB", |_| {
        trouble(Trouble::Huge(2 << 30), false)
    }),
    row("N6", ANY, 1, "redirect to another host", |_| {
        Action::Plain(elsewhere)
    }),
    row("N6:metadata", ANY, 1, "redirect to 169.254.169.254", |_| {
        Action::Plain(metadata_server)
    }),
    row(
        "N8",
        CALLS,
        1,
        "unknown fields and labels, numbers for strings, a double key",
        |_| Action::After(strange),
    ),
    row(
        "N8:shape",
        GET_MESSAGE,
        1,
        "a message that is whole JSON of another shape",
        |_| Action::After(misshapen),
    ),
];

/// All of them.
pub(super) fn rows() -> impl Iterator<Item = &'static Row> {
    ROWS.iter().chain(drive::ROWS)
}

/// `HTTP:nnn`, for what no row has.
fn http_status(fault: &Fault) -> Action {
    let code = fault
        .row
        .strip_prefix("HTTP:")
        .and_then(|c| c.parse().ok())
        .unwrap_or(500);
    let (reason, status) = match code {
        400 => ("badRequest", "INVALID_ARGUMENT"),
        401 => return api(ApiError::unauthenticated()),
        403 => ("forbidden", "PERMISSION_DENIED"),
        404 => return api(ApiError::not_found()),
        409 => ("aborted", "ABORTED"),
        412 => ("conditionNotMet", "FAILED_PRECONDITION"),
        429 => ("rateLimitExceeded", "RESOURCE_EXHAUSTED"),
        503 => return api(backend()),
        _ => ("backendError", "INTERNAL"),
    };
    api(ApiError::new(
        code,
        reason,
        status,
        "Scripted by the sandbox.",
    ))
}

static HTTP: Row = row("HTTP", ANY, 1, "any status in Google's shape", http_status);

/// The row of a name.
pub(super) fn find(name: &str) -> Option<&'static Row> {
    if let Some(code) = name.strip_prefix("HTTP:") {
        return code
            .parse::<u16>()
            .ok()
            .filter(|c| (400..600).contains(c))
            .map(|_| &HTTP);
    }
    rows().find(|r| r.name == name)
}
