//! A load balancer as small as can be: each request goes to the next server in turn, by a connection of its own, and
//! to the one after it when a server does not take it, as nginx does by default (`proxy_next_upstream error`).

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::http::address;

/// A running balancer; dropping it stops it.
pub struct Balancer {
    address: SocketAddr,
    over: Arc<AtomicBool>,
}

impl Balancer {
    /// In front of these servers.
    pub fn start(urls: &[String]) -> Result<Self> {
        let servers = urls
            .iter()
            .map(|u| address(u))
            .collect::<Result<Vec<_>>>()?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port")?;
        let address = listener.local_addr()?;
        let over = Arc::new(AtomicBool::new(false));
        let (ended, turn) = (Arc::clone(&over), Arc::new(AtomicUsize::new(0)));
        std::thread::spawn(move || {
            for client in listener.incoming() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                let (servers, turn) = (servers.clone(), Arc::clone(&turn));
                std::thread::spawn(move || {
                    // What breaks between a client and this is the client's affair.
                    let _ = client
                        .map_err(anyhow::Error::from)
                        .and_then(|c| pass(c, &servers, &turn));
                });
            }
        });
        Ok(Self { address, over })
    }

    /// Where clients come.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        // Wakes the listener, which then ends.
        let _ = TcpStream::connect(self.address);
    }
}

fn pass(client: TcpStream, servers: &[SocketAddr], turn: &AtomicUsize) -> Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    let (mut head, mut length, mut repeatable) = (String::new(), 0_usize, false);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        if head.is_empty() {
            repeatable = line.starts_with("GET ");
        }
        let lower = line.to_ascii_lowercase();
        if let Some(text) = lower.strip_prefix("content-length:") {
            length = text.trim().parse()?;
        }
        if line == "\r\n" {
            head.push_str("connection: close\r\n\r\n");
            break;
        }
        if !lower.starts_with("connection:") {
            head.push_str(&line);
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let mut client = client;
    let first = turn.fetch_add(1, Ordering::SeqCst);
    for server in (0..servers.len()).map(|n| servers[(first + n) % servers.len()]) {
        // Nothing was sent yet: any request may go to the next.
        let Ok(mut line) = TcpStream::connect_timeout(&server, Duration::from_secs(2)) else {
            continue;
        };
        let sent = line
            .write_all(head.as_bytes())
            .and_then(|()| line.write_all(&body));
        let mut first = [0; 16 * 1024];
        let got = sent.and_then(|()| line.read(&mut first)).unwrap_or(0);
        if got == 0 && repeatable {
            continue;
        }
        client.write_all(&first[..got])?;
        std::io::copy(&mut line, &mut client)?;
        return Ok(());
    }
    client
        .write_all(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Client;

    fn server(says: &'static str) -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for line in listener.incoming() {
                let mut line = line.unwrap();
                let mut request = [0; 4096];
                let _ = line.read(&mut request);
                let _ = write!(line, "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n{says}");
            }
        });
        address
    }

    #[test]
    fn requests_go_round_and_past_a_server_that_is_away() {
        let gone = {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            listener.local_addr().unwrap()
        };
        let servers = [server("a"), gone, server("b")].map(|s| format!("http://{s}"));
        let balancer = Balancer::start(&servers).unwrap();
        let mut client = Client::new(&balancer.url()).unwrap();
        let said: Vec<String> = (0..4).map(|_| client.get("/").unwrap().text()).collect();
        assert_eq!(said.concat().matches('a').count(), 2);
        assert_eq!(said.concat().matches('b').count(), 2);
    }
}
