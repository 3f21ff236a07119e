//! A server of pictures on loopback, for mail that asks for some.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// The picture.
pub const PICTURE: &[u8] = b"GIF89aabcdef";

/// Serves [`PICTURE`] at every address below the first of the answer; how often it was asked.
pub async fn pictures() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            let mut head = [0; 2048];
            let _ = stream.read(&mut head).await; // whatever is asked for
            let length = PICTURE.len();
            let head =
                format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
            let answer = [head.as_bytes(), PICTURE].concat();
            let _ = stream.write_all(&answer).await; // who asked may have gone
        }
    });
    (base, asked)
}
