mod drive;
mod writes;

use super::*;
use serde_json::json;

const NOW: Time = Time::from_secs(1_795_338_000); // 2026-11-22T09:00:00Z

fn head(status: u16) -> Head {
    Head {
        status,
        content_type: "application/json".into(),
        retry_after: None,
        provider_time: None,
    }
}

/// Google's shape: `errors[]` with a reason and domain, and a `status` word.
fn api(code: u16, reason: &str, message: &str, status: &str) -> String {
    json!({"error": {"code": code, "message": message, "status": status,
        "errors": [{"message": message, "domain": "global", "reason": reason}]}})
    .to_string()
}

fn oauth(error: &str, description: &str) -> String {
    json!({"error": error, "error_description": description}).to_string()
}

fn secs(s: u64) -> Duration {
    Duration::from_secs(s)
}

/// Judges, and checks that the row it names is the one that it should be.
#[track_caller]
fn expect(
    row: &str,
    op: Operation,
    status: u16,
    body: &str,
    code: &str,
    reaction: &Reaction,
) -> Option<Throttle> {
    let verdict = judge(op, &head(status), body.as_bytes(), NOW);
    assert_eq!(
        (
            verdict.row,
            verdict.error.code.as_str(),
            &verdict.error.reaction
        ),
        (row, code, reaction),
        "{op:?} {status} {body}"
    );
    verdict.throttle
}

#[test]
fn a1_a_revoked_or_expired_grant() {
    for (op, text) in [
        (Op::Refresh, "Token has been expired or revoked."),
        (Op::Exchange, "Bad Request"),
    ] {
        expect(
            "A1",
            op,
            400,
            &oauth("invalid_grant", text),
            "invalid_grant",
            &Reaction::Reauth,
        );
    }
}

#[test]
fn a6_a_session_ended_by_policy_has_its_own_code() {
    let body = json!({"error": "invalid_grant", "error_description": "reauth related error (invalid_rapt)",
        "error_uri": "https://support.google.com/a/answer/9368756", "error_subtype": "invalid_rapt"});
    expect(
        "A6",
        Op::Refresh,
        400,
        &body.to_string(),
        "invalid_rapt",
        &Reaction::Reauth,
    );
}

#[test]
fn a7_an_administrators_decision() {
    for code in ["admin_policy_enforced", "org_internal", "access_denied"] {
        expect(
            "A7",
            Op::Refresh,
            400,
            &oauth(code, ""),
            code,
            &Reaction::Stop,
        );
    }
}

#[test]
fn a9_a_missing_scope() {
    let old = api(
        403,
        "insufficientPermissions",
        "Insufficient Permission",
        "PERMISSION_DENIED",
    );
    let new = json!({"error": {"code": 403, "message": "Request had insufficient authentication scopes.",
        "status": "PERMISSION_DENIED", "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "domain": "googleapis.com"}]}})
    .to_string();
    for body in [old, new] {
        expect(
            "A9",
            Op::Messages,
            403,
            &body,
            "scope_missing",
            &Reaction::Stop,
        );
    }
}

#[test]
fn a11_revoked_before() {
    expect(
        "A11",
        Op::Revoke,
        400,
        &oauth("invalid_token", ""),
        "invalid_token",
        &Reaction::Done,
    );
}

#[test]
fn a20_the_token_endpoint_is_ill() {
    for (status, body) in [
        (500, "{}"),
        (503, "<html>"),
        (429, ""),
        (408, "{\"err"),
        (502, "null"),
    ] {
        let retry = Reaction::Retry(secs(5));
        expect(
            "A20",
            Op::Refresh,
            status,
            body,
            "token_endpoint_unavailable",
            &retry,
        );
        expect(
            "A20",
            Op::Revoke,
            status,
            body,
            "token_endpoint_unavailable",
            &retry,
        );
    }
}

#[test]
fn a21_the_deployments_own_fault() {
    for (status, code) in [
        (401, "invalid_client"),
        (400, "unauthorized_client"),
        (401, "deleted_client"),
        (400, "redirect_uri_mismatch"),
        (400, "invalid_request"),
    ] {
        expect(
            "A21",
            Op::Exchange,
            status,
            &oauth(code, "x"),
            code,
            &Reaction::Alarm,
        );
    }
}

#[test]
fn g1_the_cursor_is_dead() {
    let body = api(
        404,
        "notFound",
        "Requested entity was not found.",
        "NOT_FOUND",
    );
    expect(
        "G1",
        Op::History,
        404,
        &body,
        "history_expired",
        &Reaction::Resync,
    );
    let body = api(
        400,
        "invalidArgument",
        "Invalid startHistoryId",
        "INVALID_ARGUMENT",
    );
    expect(
        "G1",
        Op::History,
        400,
        &body,
        "history_invalid",
        &Reaction::Resync,
    );
}

#[test]
fn g3_a_listing_whose_page_token_is_dead_starts_again() {
    let body = api(
        400,
        "invalidArgument",
        "Invalid pageToken",
        "INVALID_ARGUMENT",
    );
    expect(
        "G3",
        Op::Messages,
        400,
        &body,
        "page_token_invalid",
        &Reaction::Resync,
    );
}

#[test]
fn g5_an_item_that_is_gone_is_skipped_and_nothing_else_is() {
    let body = api(
        404,
        "notFound",
        "Requested entity was not found.",
        "NOT_FOUND",
    );
    for op in [Op::Message, Op::Thread, Op::Attachment] {
        expect("G5", op, 404, &body, "not_found", &Reaction::Skip);
    }
    let body = api(
        400,
        "invalidArgument",
        "Invalid id value",
        "INVALID_ARGUMENT",
    );
    expect("G5", Op::Message, 400, &body, "invalid_id", &Reaction::Skip);
    expect(
        "unknown",
        Op::Labels,
        404,
        "",
        "unknown",
        &Reaction::Retry(secs(60)),
    );
}

#[test]
fn g9_the_moment_stands_in_the_text() {
    for text in [
        "User-rate limit exceeded.  Retry after 2026-11-22T09:15:00.000Z",
        "User-rate limit exceeded. Retry after 2026-11-22T09:15:00Z.",
        "User-rate limit exceeded.  Retry after 2026-11-22T10:15:00.5+01:00 (Mail)",
        "user-rate limit exceeded, retry after 2026-11-22t09:15:00z",
    ] {
        for (status, reason) in [(429, "rateLimitExceeded"), (403, "userRateLimitExceeded")] {
            let body = api(status, reason, text, "RESOURCE_EXHAUSTED");
            let verdict = judge(Op::Message, &head(status), body.as_bytes(), NOW);
            assert_eq!(verdict.row, "G9");
            let Reaction::Retry(wait) = verdict.error.reaction else {
                panic!("{text}")
            };
            assert_eq!(wait.as_secs(), 900, "{text}");
            assert!(matches!(verdict.throttle, Some(Throttle::Until(_))));
        }
    }
    // The provider's clock decides, not ours.
    let body = api(429, "", "Retry after 2026-11-22T09:15:00Z", "");
    let told = Head {
        provider_time: Some(NOW + secs(600)),
        ..head(429)
    };
    assert_eq!(
        judge(Op::Message, &told, body.as_bytes(), NOW)
            .error
            .reaction,
        Reaction::Retry(secs(300))
    );
    // A moment that has passed, and one that nobody can read.
    let body = api(429, "", "Retry after 2020-01-01T00:00:00Z", "");
    expect(
        "G9",
        Op::Message,
        429,
        &body,
        "rate_window",
        &Reaction::Retry(secs(0)),
    );
    let body = api(429, "", "Retry after lunch", "");
    expect(
        "G9",
        Op::Message,
        429,
        &body,
        "rate_window",
        &Reaction::Slow(secs(60)),
    );
}

#[test]
fn g11_too_many_at_once() {
    let body = api(
        429,
        "rateLimitExceeded",
        "Too many concurrent requests for user.",
        "RESOURCE_EXHAUSTED",
    );
    let throttle = expect(
        "G11",
        Op::Message,
        429,
        &body,
        "rateLimitExceeded",
        &Reaction::Slow(secs(1)),
    );
    assert_eq!(throttle, Some(Throttle::Concurrent));
}

#[test]
fn g12_and_g13_the_minute_is_spent() {
    let text = "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user' of service";
    for status in [403, 429] {
        let body = api(status, "rateLimitExceeded", text, "RESOURCE_EXHAUSTED");
        let throttle = expect(
            "G12",
            Op::Message,
            status,
            &body,
            "rateLimitExceeded",
            &Reaction::Slow(secs(60)),
        );
        assert_eq!(throttle, Some(Throttle::Minute));
    }
    let body = api(
        403,
        "userRateLimitExceeded",
        "User Rate Limit Exceeded",
        "PERMISSION_DENIED",
    );
    let throttle = expect(
        "G13",
        Op::Message,
        403,
        &body,
        "userRateLimitExceeded",
        &Reaction::Slow(secs(60)),
    );
    assert_eq!(throttle, Some(Throttle::Minute));
    expect(
        "G12",
        Op::Message,
        429,
        "<html>",
        "too_many_requests",
        &Reaction::Slow(secs(60)),
    );
    let told = Head {
        retry_after: Some(secs(7)),
        ..head(429)
    };
    let verdict = judge(Op::Message, &told, b"", NOW);
    assert_eq!(verdict.error.reaction, Reaction::Retry(secs(7)));
    assert_eq!(verdict.throttle, Some(Throttle::After(secs(7))));
}

#[test]
fn g14_the_projects_day_is_spent() {
    let body = api(
        403,
        "dailyLimitExceeded",
        "Daily Limit Exceeded",
        "PERMISSION_DENIED",
    );
    let throttle = expect(
        "G14",
        Op::Message,
        403,
        &body,
        "dailyLimitExceeded",
        &Reaction::Alarm,
    );
    assert_eq!(throttle, Some(Throttle::Day));
}

#[test]
fn g15_g16_g17_standing_conditions() {
    let body = api(
        403,
        "domainPolicy",
        "The domain administrators have disabled Gmail apps.",
        "PERMISSION_DENIED",
    );
    expect(
        "G15",
        Op::Profile,
        403,
        &body,
        "domainPolicy",
        &Reaction::Stop,
    );
    let body = api(
        403,
        "accessNotConfigured",
        "Gmail API has not been used in project 1 before",
        "PERMISSION_DENIED",
    );
    expect(
        "G16",
        Op::Profile,
        403,
        &body,
        "accessNotConfigured",
        &Reaction::Alarm,
    );
    let body = json!({"error": {"code": 403, "message": "Gmail API has not been used", "status": "PERMISSION_DENIED",
        "details": [{"reason": "SERVICE_DISABLED"}]}});
    expect(
        "G16",
        Op::Labels,
        403,
        &body.to_string(),
        "accessNotConfigured",
        &Reaction::Alarm,
    );
    let body = api(
        400,
        "failedPrecondition",
        "Precondition check failed.",
        "FAILED_PRECONDITION",
    );
    expect(
        "G17",
        Op::Profile,
        400,
        &body,
        "failedPrecondition",
        &Reaction::Stop,
    );
    expect(
        "G17",
        Op::Message,
        400,
        &body,
        "failedPrecondition",
        &Reaction::Retry(secs(5)),
    );
}

#[test]
fn g18_a_token_that_no_longer_works() {
    let body = api(401, "authError", "Invalid Credentials", "UNAUTHENTICATED");
    for op in [Op::Profile, Op::Message, Op::Batch] {
        expect("G18", op, 401, &body, "authError", &Reaction::Refresh);
    }
}

#[test]
fn g29_the_metadata_scope_does_not_open_messages() {
    let body = api(
        403,
        "forbidden",
        "Metadata scope doesn't allow format FULL",
        "PERMISSION_DENIED",
    );
    expect(
        "G29",
        Op::Message,
        403,
        &body,
        "scope_missing",
        &Reaction::Stop,
    );
}

#[test]
fn g30_a_label_that_is_gone() {
    let body = api(
        400,
        "invalidArgument",
        "Invalid label: Label_7",
        "INVALID_ARGUMENT",
    );
    expect(
        "G30",
        Op::Messages,
        400,
        &body,
        "label_gone",
        &Reaction::Skip,
    );
}

#[test]
fn g31_too_large_for_gmail() {
    expect(
        "G31",
        Op::Message,
        413,
        "<html>",
        "too_large",
        &Reaction::Skip,
    );
}

#[test]
fn n3_the_provider_is_ill() {
    for status in [500, 502, 503, 504, 408] {
        expect(
            "N3",
            Op::Message,
            status,
            "<html>bad gateway",
            "provider_unavailable",
            &Reaction::Retry(secs(1)),
        );
    }
    let told = Head {
        retry_after: Some(secs(120)),
        ..head(503)
    };
    assert_eq!(
        judge(Op::Message, &told, b"", NOW).error.reaction,
        Reaction::Retry(secs(120))
    );
}

#[test]
fn what_no_row_knows_is_retried_and_its_words_do_not_get_out() {
    let body = api(418, "secret <token> \n", "", "");
    for op in Operation::ALL {
        expect(
            "unknown",
            op,
            418,
            &body,
            "unknown",
            &Reaction::Retry(secs(60)),
        );
        expect(
            "unknown",
            op,
            418,
            &api(418, "newReason", "", ""),
            "newReason",
            &Reaction::Retry(secs(60)),
        );
    }
}

#[test]
fn g26_a_topic_that_cannot_be_published_to_is_the_operators() {
    for (status, reason) in [
        (403, "forbidden"),
        (404, "notFound"),
        (400, "invalidArgument"),
        (400, "failedPrecondition"), // another program of the project holds the subscription
    ] {
        let body = api(status, reason, "Error sending test message", "X");
        let alarm = Reaction::Alarm;
        expect("G26", Op::Watch, status, &body, "push_refused", &alarm);
    }
    let body = api(403, "insufficientPermissions", "No", "X");
    let stop = Reaction::Stop;
    expect("A9", Op::Watch, 403, &body, "scope_missing", &stop);
}

#[test]
fn every_row_has_a_test_that_names_it() {
    let this = concat!(
        include_str!("tests.rs"),
        include_str!("tests/drive.rs"),
        include_str!("tests/writes.rs")
    );
    for row in TABLE {
        let quoted = format!("\"{}\"", row.id);
        assert!(this.contains(&quoted), "{}", row.id);
    }
}
