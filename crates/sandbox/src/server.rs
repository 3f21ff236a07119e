//! The listener: HTTP by axum, on connections that can also misbehave when a fault asks for it.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::connect_info::{ConnectInfo, Connected};
use axum::extract::{Request, State as Shared};
use axum::response::Response;
use axum::serve::{IncomingStream, Listener};
use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_RANGE, CONTENT_TYPE, HOST, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Sleep;

use crate::control_http;
use crate::state::State;
use crate::wire::call::{Answer, Call, Head, Query, Trouble};
use crate::wire::text::http_date;

/// Request bodies accepted; a little more than the base64 of the largest message.
const LARGEST_BODY: usize = 64 << 20;
/// Answers below are not worth compressing.
const COMPRESS_FROM: usize = 1024;

/// What a connection does with what is written to it.
#[derive(Debug, Clone, Copy)]
enum Mode {
    Normal,
    Reset,
    ResetAfter(usize),
    Drip(Duration),
    EndlessHeaders { begun: bool },
}

/// The handle of a connection that its requests get.
#[derive(Clone)]
pub(crate) struct Wire(Arc<Mutex<Mode>>);

impl Wire {
    fn set(&self, mode: Mode) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = mode;
    }

    fn mode(&self) -> Mode {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection.
pub(crate) struct Line {
    stream: TcpStream,
    wire: Wire,
    pause: Option<Pin<Box<Sleep>>>,
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl Line {
    fn reset(&self) -> Poll<io::Result<usize>> {
        let _ = self.stream.set_zero_linger(); // so that closing sends RST; without it the peer sees an early end
        Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.wire.mode() {
            Mode::Normal => Pin::new(&mut self.stream).poll_write(cx, buf),
            Mode::Reset | Mode::ResetAfter(0) => self.reset(),
            Mode::ResetAfter(left) => {
                let part = &buf[..buf.len().min(left)];
                let written = std::task::ready!(Pin::new(&mut self.stream).poll_write(cx, part))?;
                self.wire.set(Mode::ResetAfter(left - written));
                Poll::Ready(Ok(written))
            }
            Mode::Drip(pause) => {
                if let Some(sleep) = &mut self.pause {
                    std::task::ready!(sleep.as_mut().poll(cx));
                }
                let written = std::task::ready!(
                    Pin::new(&mut self.stream).poll_write(cx, &buf[..buf.len().min(1)])
                )?;
                self.pause = Some(Box::pin(tokio::time::sleep(pause)));
                Poll::Ready(Ok(written))
            }
            Mode::EndlessHeaders { begun } => {
                let text: &[u8] = if begun {
                    b"X-Padding: ................................\r\n"
                } else {
                    b"HTTP/1.1 200 OK\r\n"
                };
                std::task::ready!(Pin::new(&mut self.stream).poll_write(cx, text))?;
                self.wire.set(Mode::EndlessHeaders { begun: true });
                cx.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// The listener.
pub(crate) struct Door(pub(crate) TcpListener);

impl Listener for Door {
    type Io = Line;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Line, SocketAddr) {
        let (stream, addr) = Listener::accept(&mut self.0).await;
        let _ = stream.set_nodelay(true); // slower without, and nothing worse
        (
            Line {
                stream,
                wire: Wire(Arc::new(Mutex::new(Mode::Normal))),
                pause: None,
            },
            addr,
        )
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, Door>> for Wire {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        stream.io().wire.clone()
    }
}

/// What the handler needs.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) state: Arc<State>,
    /// Set at the end: connections that are still open get no more answers.
    pub(crate) closed: Arc<AtomicBool>,
}

/// The service: every path is one handler's, for the API has its own idea of routes.
pub(crate) fn router(app: App) -> Router {
    Router::new().fallback(entry).with_state(app)
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

async fn entry(
    Shared(app): Shared<App>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let state = &app.state;
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return plain(413, "Request entity too large.");
    };
    if app.closed.load(Ordering::Relaxed) {
        wire.set(Mode::Reset);
        return Response::new(Body::empty());
    }
    let call = Call {
        verb: parts.method.as_str(),
        path: parts.uri.path(),
        query: Query::new(parts.uri.query().unwrap_or_default()),
        head: Head {
            authorization: text(&parts.headers, AUTHORIZATION),
            content_type: text(&parts.headers, CONTENT_TYPE),
            content_range: text(&parts.headers, CONTENT_RANGE),
            host: text(&parts.headers, HOST),
        },
        body,
        inner: false,
    };
    let control = call.path.starts_with("/__sandbox");
    let place = state.enter(&call);
    if !control && !state.config.latency.is_zero() {
        tokio::time::sleep(state.config.latency).await;
    }
    let gate = state.gate().filter(|_| !control);
    if let Some(gate) = &gate {
        gate.arrived().await;
    }
    let answer = match place {
        Err(refused) => refused,
        Ok(_running) if control => control_http::answer(state, &call),
        Ok(_running) => state.answer(&call),
    };
    if let Some(gate) = gate {
        gate.answering().await;
    }
    if let Some(Trouble::Hang(time)) = answer.trouble {
        tokio::time::sleep(time).await;
    }
    let gzip = wants_gzip(&parts.headers, call.path.starts_with("/batch"));
    respond(state, &wire, answer, gzip)
}

/// `Accept-Encoding: gzip` is enough for single answers. For batches Google's older rule holds, that the user agent
/// must say `gzip` as well: compressing a hundred answers would cost the sandbox more than writing them.
fn wants_gzip(headers: &HeaderMap, batch: bool) -> bool {
    let names_it =
        |name| text(headers, name).is_some_and(|v| v.to_ascii_lowercase().contains("gzip"));
    names_it(ACCEPT_ENCODING) && (!batch || names_it(USER_AGENT))
}

fn plain(status: u16, text: &'static str) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    response
}

fn respond(state: &State, wire: &Wire, answer: Answer, gzip: bool) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = http::StatusCode::from_u16(answer.status)
        .unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    let mut put = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    put("date", &http_date(state.now().as_secs()));
    put("server", "tenon-sandbox");
    if !answer.content_type.is_empty() {
        put("content-type", answer.content_type);
        put("x-content-type-options", "nosniff");
    }
    put("vary", "Origin, X-Origin, Referer, Accept-Encoding");
    for (name, value) in &answer.headers {
        put(name, value);
    }
    let mut body = Bytes::from(answer.body);
    match answer.trouble {
        None if gzip && body.len() >= COMPRESS_FROM => {
            let mut encoder = flate2::write::GzEncoder::new(
                Vec::with_capacity(body.len() / 3),
                flate2::Compression::fast(),
            );
            if encoder.write_all(&body).is_ok()
                && let Ok(packed) = encoder.finish()
            {
                put("content-encoding", "gzip");
                body = Bytes::from(packed);
            }
        }
        None => {}
        Some(trouble) => {
            put("connection", "close");
            match trouble {
                Trouble::Reset | Trouble::Hang(_) => wire.set(Mode::Reset),
                Trouble::ResetMidBody => {
                    // the header is about 300 bytes; a short body is padded so that there is a middle
                    if body.len() < 2_000 {
                        let mut longer = body.to_vec();
                        longer.resize(2_000, b' ');
                        body = Bytes::from(longer);
                    }
                    wire.set(Mode::ResetAfter(700 + body.len() / 3));
                }
                Trouble::Drip(pause) => wire.set(Mode::Drip(pause)),
                Trouble::EndlessHeaders => wire.set(Mode::EndlessHeaders { begun: false }),
                Trouble::BrokenGzip => put("content-encoding", "gzip"),
                Trouble::Huge(size) => {
                    put("content-type", crate::wire::call::JSON);
                    *response.body_mut() = huge(size);
                    return response;
                }
            }
        }
    }
    *response.body_mut() = Body::from(body);
    response
}

/// A JSON string that does not end before `size` bytes.
fn huge(size: u64) -> Body {
    const PIECE: usize = 64 << 10;
    let piece = Bytes::from(vec![b'a'; PIECE]);
    let pieces = (0..size / PIECE as u64).map(move |n| {
        Ok::<_, io::Error>(if n == 0 {
            Bytes::from_static(b"{\"id\":\"")
        } else {
            piece.clone()
        })
    });
    Body::from_stream(futures::stream::iter(pieces))
}
