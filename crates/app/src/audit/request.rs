//! Which request is being served: entries name it, so that the lines of the server's log are found.

use std::future::Future;

use tenon_model::RequestId;

tokio::task_local! {
    static REQUEST: RequestId;
}

/// Runs `work` as part of a request.
pub async fn in_request<F: Future>(id: RequestId, work: F) -> F::Output {
    REQUEST.scope(id, work).await
}

pub(super) fn current() -> Option<RequestId> {
    REQUEST.try_with(|id| *id).ok()
}

/// The same work as part of the request that is served now, also in a task of its own.
pub fn carried<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let id = current();
    async move {
        match id {
            Some(id) => REQUEST.scope(id, work).await,
            None => work.await,
        }
    }
}
