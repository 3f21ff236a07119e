//! The rows of Drive.

use super::{Row, api, row, usage};
use crate::wire::errors::ApiError;

const FILE: &str = r"^/drive/v3/files/[^/?]+\?";
const FILE_CHANGES: &str = r"^/drive/v3/changes\?";
const DRIVE: &str = "^/drive/v3/";

pub(super) const ROWS: &[Row] = &[
    row(
        "D1",
        FILE,
        1,
        "404 notFound for a file that exists and was not chosen for the app",
        |_| {
            api(ApiError::new(
                404,
                "notFound",
                "NOT_FOUND",
                "File not found: 1.",
            ))
        },
    ),
    row("D2", FILE, 1, "403 appNotAuthorizedToFile", |_| {
        let text = "The user has not granted the app read access to the file.";
        api(ApiError::new(
            403,
            "appNotAuthorizedToFile",
            "PERMISSION_DENIED",
            text,
        ))
    }),
    row(
        "D4:token",
        FILE_CHANGES,
        1,
        "400 for a token of changes that is no longer known",
        |_| {
            api(ApiError::new(
                400,
                "invalid",
                "INVALID_ARGUMENT",
                "Invalid Value",
            ))
        },
    ),
    row("D6", DRIVE, 1, "403 userRateLimitExceeded", |_| {
        usage(403, "userRateLimitExceeded", "User Rate Limit Exceeded.")
    }),
    row("D6:project", DRIVE, 1, "403 rateLimitExceeded", |_| {
        usage(403, "rateLimitExceeded", "Rate Limit Exceeded.")
    }),
    row("D6:429", DRIVE, 1, "429 rateLimitExceeded", |_| {
        usage(429, "rateLimitExceeded", "Rate Limit Exceeded.")
    }),
    row(
        "D6:sharing",
        DRIVE,
        1,
        "403 sharingRateLimitExceeded",
        |_| {
            usage(
                403,
                "sharingRateLimitExceeded",
                "Rate limit exceeded. User message: \"These item(s) could not be shared.\"",
            )
        },
    ),
];
