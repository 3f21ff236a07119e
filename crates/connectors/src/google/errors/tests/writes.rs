//! Refusals of writes.

use super::*;

#[test]
fn g22_the_days_messages_are_used_up() {
    let body = api(
        429,
        "rateLimitExceeded",
        "User-rate limit exceeded (Mail sending)",
        "RESOURCE_EXHAUSTED",
    );
    let told = expect(
        "G22",
        Op::DraftSend,
        429,
        &body,
        "daily_limit",
        &Reaction::Stop,
    );
    assert_eq!(told, None, "reading and saving go on");
}

#[test]
fn g30_a_write_that_is_refused_is_not_tried_again() {
    let taken = api(409, "aborted", "Label name exists or conflicts", "ABORTED");
    expect(
        "G30",
        Op::LabelCreate,
        409,
        &taken,
        "label_exists",
        &Reaction::Skip,
    );
    expect(
        "G30",
        Op::Modify,
        409,
        &taken,
        "aborted",
        &Reaction::Retry(secs(1)),
    );
    let bad = api(
        400,
        "invalidArgument",
        "Invalid label: Label_404",
        "INVALID_ARGUMENT",
    );
    expect(
        "G30",
        Op::BatchModify,
        400,
        &bad,
        "invalid_argument",
        &Reaction::Skip,
    );
    expect(
        "G30",
        Op::DraftCreate,
        400,
        &bad,
        "refused",
        &Reaction::Skip,
    );
    expect("G5", Op::Modify, 400, &bad, "invalid_id", &Reaction::Skip);
    let gone = api(
        404,
        "notFound",
        "Requested entity was not found.",
        "NOT_FOUND",
    );
    for op in [
        Op::Modify,
        Op::DraftUpdate,
        Op::DraftDelete,
        Op::DraftSend,
        Op::LabelDelete,
    ] {
        expect("G5", op, 404, &gone, "not_found", &Reaction::Skip);
    }
    expect(
        "G31",
        Op::DraftCreate,
        413,
        "",
        "too_large",
        &Reaction::Skip,
    );
}
