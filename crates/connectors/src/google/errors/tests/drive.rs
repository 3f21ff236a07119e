//! The rows of Drive.

use super::*;

#[test]
fn d1_d2_a_file_that_is_not_open_to_the_app_is_no_deleted_file() {
    let skip = Reaction::Skip;
    let body = api(404, "notFound", "File not found: 1AbC.", "");
    expect("D1", Op::DriveFile, 404, &body, "no_access", &skip);
    for reason in ["appNotAuthorizedToFile", "insufficientFilePermissions"] {
        let body = api(403, reason, "The user has not granted the app access.", "");
        expect("D2", Op::DriveFile, 403, &body, "no_access", &skip);
    }
    // A missing scope is another matter.
    let body = api(
        403,
        "insufficientPermissions",
        "Insufficient Permission",
        "",
    );
    let stop = Reaction::Stop;
    expect("A9", Op::DriveFile, 403, &body, "scope_missing", &stop);
}

#[test]
fn d3_d4_a_drive_that_is_left_and_a_token_that_is_refused() {
    let body = api(404, "notFound", "Shared drive not found: 0AB", "");
    let skip = Reaction::Skip;
    expect("D3", Op::DriveStart, 404, &body, "drive_gone", &skip);
    let resync = Reaction::Resync;
    for (status, reason) in [(400, "invalid"), (404, "notFound"), (410, "gone")] {
        let body = api(status, reason, "Invalid Value", "");
        let code = "page_token_refused";
        expect("D4", Op::DriveChanges, status, &body, code, &resync);
    }
}

#[test]
fn d6_limits_of_drive_slow_down_and_the_one_of_sharing_stops() {
    let slow = Reaction::Slow(secs(60));
    for op in [Op::DriveFile, Op::DriveFiles, Op::DriveChanges] {
        for reason in ["userRateLimitExceeded", "rateLimitExceeded"] {
            let body = api(403, reason, "User Rate Limit Exceeded", "");
            let throttle = expect("D6", op, 403, &body, reason, &slow);
            assert_eq!(throttle, Some(Throttle::Minute));
        }
        expect("D6", op, 429, "", "too_many_requests", &slow);
        let reason = "sharingRateLimitExceeded";
        let body = api(403, reason, "Rate limit exceeded.", "");
        expect("D6", op, 403, &body, reason, &Reaction::Stop);
    }
}
