//! Accepting connections: HTTP/1.1 with limits that one slow or greedy client cannot get around.
//! TLS and HTTP/2 are the proxy's business.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tenon_api::Peer;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

/// What clients may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// How long the head of a request may take to arrive, and how long a connection may be idle.
    /// Longer than the minute for which proxies keep theirs open, so that the proxy closes first.
    pub(crate) head: Duration,
    /// Connections at the same time; more wait in the listener's queue.
    pub(crate) connections: usize,
    /// How long answers that are under way may take to end once the server stops.
    pub(crate) grace: Duration,
}

/// Serves until `stop`, then lets what is under way end within the grace period.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    stop: &CancellationToken,
) {
    let mut protocol = http1::Builder::new();
    protocol
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head);
    let graceful = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(limits.connections));
    while let Some((stream, peer, permit)) = next(&listener, &room, stop).await {
        // Answers are written whole; waiting for more to send only delays them.
        let _ = stream.set_nodelay(true);
        let service = router
            .clone()
            .map_request(move |mut request: Request<Incoming>| {
                request.extensions_mut().insert(Peer(peer.ip()));
                request
            });
        let service = TowerToHyperService::new(service);
        let connection = graceful.watch(protocol.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // A connection that breaks is the client's affair.
            let _ = connection.await;
            drop(permit);
        });
    }
    drop(listener);
    if tokio::time::timeout(limits.grace, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("some answers did not end in time and were cut off");
    }
}

/// The next connection, once there is room for one; `None` when the server stops.
async fn next(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
    stop: &CancellationToken,
) -> Option<(
    tokio::net::TcpStream,
    std::net::SocketAddr,
    tokio::sync::OwnedSemaphorePermit,
)> {
    let accept = async {
        let permit = room.clone().acquire_owned().await.ok()?;
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => return Some((stream, peer, permit)),
                Err(error) if is_of_one_client(error.kind()) => {}
                Err(error) => {
                    // No file descriptors left, for example: they come back when others close.
                    tracing::error!(%error, "a connection cannot be accepted");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    };
    tokio::select! {
        () = stop.cancelled() => None,
        accepted = accept => accepted,
    }
}

const fn is_of_one_client(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    async fn start(
        limits: Limits,
    ) -> (
        std::net::SocketAddr,
        CancellationToken,
        tokio::task::JoinHandle<()>,
    ) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let slow = get(async || {
            tokio::time::sleep(Duration::from_millis(300)).await;
            "done"
        });
        let router = Router::new()
            .route("/", get(async || "ok"))
            .route("/slow", slow);
        let token = stop.clone();
        let task = tokio::spawn(async move { serve(listener, router, limits, &token).await });
        (address, stop, task)
    }

    const LIMITS: Limits = Limits {
        head: Duration::from_millis(200),
        connections: 2,
        grace: Duration::from_secs(5),
    };

    async fn ask(address: std::net::SocketAddr, path: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn clients_that_say_nothing_make_room_for_others() {
        let (address, _stop, _task) = start(LIMITS).await;
        let mut silent = Vec::new();
        for head in ["", "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "] {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(head.as_bytes()).await.unwrap();
            silent.push(stream);
        }
        let answer = tokio::time::timeout(Duration::from_secs(5), ask(address, "/")).await;
        assert!(answer.unwrap().ends_with("ok"));
        for mut stream in silent {
            let mut rest = Vec::new();
            let closed =
                tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut rest)).await;
            assert!(closed.is_ok(), "a silent client is let go");
        }
    }

    #[tokio::test]
    async fn an_answer_under_way_ends_before_the_server_does() {
        let (address, stop, task) = start(LIMITS).await;
        let asking = tokio::spawn(ask(address, "/slow"));
        tokio::time::sleep(Duration::from_millis(100)).await;
        stop.cancel();
        assert!(asking.await.unwrap().ends_with("done"));
        tokio::time::timeout(Duration::from_secs(1), task)
            .await
            .unwrap()
            .unwrap();
        assert!(
            TcpStream::connect(address).await.is_err(),
            "nobody listens any more"
        );
    }
}
