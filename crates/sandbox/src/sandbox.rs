//! Starting and stopping.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use url::Url;

use crate::config::{SandboxConfig, SandboxError};
use crate::control::Control;
use crate::server::{App, Door, Wire, router};
use crate::state::State;

/// How long open connections may take to end.
const PATIENCE: Duration = Duration::from_millis(500);

/// A running sandbox. Dropping it stops it.
pub struct Sandbox {
    addr: SocketAddr,
    base: Url,
    control: Control,
    closed: Arc<AtomicBool>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Sandbox {
    /// Makes the mailboxes and listens.
    pub async fn start(config: SandboxConfig) -> Result<Self, SandboxError> {
        let listen = config.listen;
        if !listen.ip().is_loopback() {
            return Err(SandboxError::NotLoopback(listen));
        }
        let state = Arc::new(State::new(config)?);
        let listener = TcpListener::bind(listen)
            .await
            .map_err(|e| SandboxError::Listen(listen, e))?;
        let addr = listener
            .local_addr()
            .map_err(|e| SandboxError::Listen(listen, e))?;
        let base = Url::parse(&format!("http://{addr}/"))
            .map_err(|e| SandboxError::Listen(listen, std::io::Error::other(e)))?;
        state.set_base(base.as_str().trim_end_matches('/').to_owned());
        let closed = Arc::new(AtomicBool::new(false));
        let service = router(App {
            state: state.clone(),
            closed: closed.clone(),
        })
        .into_make_service_with_connect_info::<Wire>();
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            let serving = axum::serve(Door(listener), service).with_graceful_shutdown(async {
                let _ = stopped.await; // a dropped sender means stop as well
            });
            if let Err(error) = serving.await {
                tracing::error!(%error, "the sandbox stopped listening");
            }
        });
        tokio::spawn(crate::push::publish(state.clone(), closed.clone()));
        Ok(Self {
            addr,
            base,
            control: Control::new(state),
            closed,
            stop: Some(stop),
            task,
        })
    }

    /// `http://127.0.0.1:PORT/`.
    pub fn base_url(&self) -> Url {
        self.base.clone()
    }

    /// The base address without the last slash: the issuer of the id tokens.
    pub fn issuer(&self) -> String {
        self.base.as_str().trim_end_matches('/').to_owned()
    }

    /// The address it listens on.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The handle for tests.
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// Stops listening and ends open connections.
    pub async fn stop(mut self) {
        self.closed.store(true, Ordering::Relaxed);
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(()); // the task may have ended already
        }
        if tokio::time::timeout(PATIENCE, &mut self.task)
            .await
            .is_err()
        {
            self.task.abort();
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::Relaxed);
        self.task.abort();
    }
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox")
            .field("addr", &self.addr)
            .finish_non_exhaustive()
    }
}
