//! No answer begins later than this. What streams after that has its own limits.

use std::time::Duration;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::problem::Problem;

/// Longer than the longest provider call, shorter than what proxies wait.
const LONGEST: Duration = Duration::from_secs(55);

pub(crate) async fn deadline(request: Request, next: Next) -> Response {
    match tokio::time::timeout(LONGEST, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new("timeout", "this took too long and was given up; try again")
            .into_response(),
    }
}
