//! A small HTTP/1.1 client for loopback: enough for the server's API and the sandbox's control plane, light enough
//! not to count in measurements. Keeps its connection, knows lengths and chunks, keeps one cookie.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// A client of one server.
pub struct Client {
    address: SocketAddr,
    connection: Option<BufReader<TcpStream>>,
    cookie: Option<String>,
    timeout: Duration,
}

/// An answer, whatever its status.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Header fields, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, chunks joined.
    pub body: Vec<u8>,
}

impl Answer {
    /// The first field of this (lower-case) name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n == name)?;
        Some(&found.1)
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON when the status is 2xx, else an error that quotes the problem's code.
    pub fn json(&self) -> Result<Value> {
        let value: Option<Value> = serde_json::from_slice(&self.body).ok();
        if !(200..300).contains(&self.status) {
            let code = value.as_ref().and_then(|v| v["code"].as_str());
            bail!("HTTP {} {}", self.status, code.unwrap_or("without a code"));
        }
        value.context("the answer is not JSON")
    }
}

impl Client {
    /// A client of `http://HOST:PORT`; a path after it is ignored.
    pub fn new(url: &str) -> Result<Self> {
        Ok(Self {
            address: address(url)?,
            connection: None,
            cookie: None,
            timeout: Duration::from_mins(1),
        })
    }

    /// Gives up sooner or later than the usual minute.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The session cookie's value, which is a secret that must not leak.
    pub fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }

    /// GET.
    pub fn get(&mut self, path: &str) -> Result<Answer> {
        self.send("GET", path, &[], &[])
    }

    /// GET of JSON.
    pub fn get_json(&mut self, path: &str) -> Result<Value> {
        self.get(path)?
            .json()
            .with_context(|| format!("GET {path}"))
    }

    /// POST of JSON, with the header the API wants of every change.
    pub fn post(&mut self, path: &str, body: &Value) -> Result<Answer> {
        let body = serde_json::to_vec(body)?;
        let headers = [
            ("content-type", "application/json"),
            ("x-tenon-request", "1"),
        ];
        self.send("POST", path, &headers, &body)
    }

    /// POST of JSON, JSON back.
    pub fn post_json(&mut self, path: &str, body: &Value) -> Result<Value> {
        self.post(path, body)?
            .json()
            .with_context(|| format!("POST {path}"))
    }

    /// Any request. A connection the server closed meanwhile is opened again, once.
    pub fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Answer> {
        let kept = self.connection.is_some();
        match self.exchange(method, path, headers, body) {
            Err(_) if kept => {
                self.connection = None;
                self.exchange(method, path, headers, body)
            }
            result => result,
        }
        .with_context(|| format!("{method} http://{}", self.address))
    }

    fn exchange(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Answer> {
        let mut connection = if let Some(connection) = self.connection.take() {
            connection
        } else {
            let stream = TcpStream::connect_timeout(&self.address, Duration::from_secs(5))?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(self.timeout))?;
            stream.set_write_timeout(Some(self.timeout))?;
            BufReader::new(stream)
        };
        let mut request = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n", self.address);
        for (name, value) in headers {
            request.extend([name, ": ", value, "\r\n"]);
        }
        if let Some(cookie) = &self.cookie {
            request.extend(["cookie: ", cookie, "\r\n"]);
        }
        if method != "GET" {
            request.extend(["content-length: ", &body.len().to_string(), "\r\n"]);
        }
        request.push_str("\r\n");
        // One write, so that it is one packet.
        let mut bytes = request.into_bytes();
        bytes.extend_from_slice(body);
        connection.get_mut().write_all(&bytes)?;
        let (answer, keep) = read_answer(&mut connection)?;
        if keep {
            self.connection = Some(connection);
        }
        for (name, value) in &answer.headers {
            if name == "set-cookie" && value.contains("tenon_session=") {
                let pair = value.split(';').next().unwrap_or_default().trim();
                let cleared = pair.ends_with('=');
                self.cookie = (!cleared).then(|| pair.to_owned());
            }
        }
        Ok(answer)
    }
}

/// `http://HOST:PORT/…` -> the socket address; loopback only.
pub fn address(url: &str) -> Result<SocketAddr> {
    let rest = url.strip_prefix("http://").unwrap_or(url);
    let host = rest.split('/').next().unwrap_or(rest);
    let mut found = host
        .to_socket_addrs()
        .with_context(|| format!("{host} is not HOST:PORT"))?;
    let address = found.next().context("no address")?;
    ensure!(address.ip().is_loopback(), "{host} is not on loopback");
    Ok(address)
}

/// Splits `http://HOST:PORT/path?query` into the base and the path with its query.
pub fn split(url: &str) -> Result<(String, String)> {
    let rest = url
        .strip_prefix("http://")
        .with_context(|| "not an http address")?;
    let (host, path) = rest.find('/').map_or((rest, "/"), |i| rest.split_at(i));
    Ok((format!("http://{host}"), path.to_owned()))
}

fn read_answer(from: &mut impl BufRead) -> Result<(Answer, bool)> {
    let status_line = line(from)?;
    let mut words = status_line.splitn(3, ' ');
    let version = words.next().unwrap_or_default().to_owned();
    ensure!(
        version.starts_with("HTTP/1."),
        "not an HTTP answer: {version:?}"
    );
    let status: u16 = words
        .next()
        .unwrap_or_default()
        .parse()
        .context("no status code")?;
    let mut headers = Vec::new();
    loop {
        let field = line(from)?;
        if field.is_empty() {
            break;
        }
        if let Some((name, value)) = field.split_once(':') {
            headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    let mut answer = Answer {
        status,
        headers,
        body: Vec::new(),
    };
    let mut keep = version == "HTTP/1.1"
        && !answer
            .header("connection")
            .is_some_and(|c| c.contains("close"));
    if matches!(status, 100..=199 | 204 | 304) {
    } else if answer
        .header("transfer-encoding")
        .is_some_and(|t| t.contains("chunked"))
    {
        loop {
            let size = line(from)?;
            let size = size.split(';').next().unwrap_or_default().trim();
            let size = usize::from_str_radix(size, 16).context("bad chunk size")?;
            exactly(from, size, &mut answer.body)?;
            line(from)?;
            if size == 0 {
                break;
            }
        }
    } else if let Some(length) = answer.header("content-length") {
        let length = length.parse().context("bad content-length")?;
        exactly(from, length, &mut answer.body)?;
    } else {
        from.read_to_end(&mut answer.body)?;
        keep = false;
    }
    Ok((answer, keep))
}

fn exactly(from: &mut impl BufRead, length: usize, into: &mut Vec<u8>) -> Result<()> {
    let read = from.by_ref().take(length as u64).read_to_end(into)?;
    ensure!(read == length, "the answer was cut off");
    Ok(())
}

fn line(from: &mut impl BufRead) -> Result<String> {
    let mut bytes = Vec::new();
    from.by_ref()
        .take(64 * 1024)
        .read_until(b'\n', &mut bytes)?;
    ensure!(bytes.ends_with(b"\n"), "the connection was closed");
    while bytes.ends_with(b"\n") || bytes.ends_with(b"\r") {
        bytes.pop();
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Percent-encoding for a query or form value (RFC 3986 unreserved stays).
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.extend(
                [byte >> 4, byte & 15].map(|n| char::from(b"0123456789ABCDEF"[usize::from(n)])),
            );
        }
    }
    out
}

/// Pairs as `application/x-www-form-urlencoded`.
pub fn form(pairs: &[(String, String)]) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    pairs.join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<(Answer, bool)> {
        read_answer(&mut text.as_bytes())
    }

    #[test]
    fn lengths_chunks_and_ends() {
        let (answer, keep) =
            parse("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX: a\r\n\r\nabcREST").unwrap();
        assert_eq!(
            (answer.status, answer.body.as_slice(), keep),
            (200, &b"abc"[..], true)
        );
        assert_eq!(answer.header("x"), Some("a"));
        let (answer, keep) = parse(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\nwiki\r\n2\r\nab\r\n0\r\n\r\n",
        )
        .unwrap();
        assert_eq!((answer.body.as_slice(), keep), (&b"wikiab"[..], true));
        let (answer, keep) = parse("HTTP/1.0 404 Not Found\r\n\r\nall of it").unwrap();
        assert_eq!((answer.body.as_slice(), keep), (&b"all of it"[..], false));
        let (answer, keep) = parse("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").unwrap();
        assert!(answer.body.is_empty() && !keep);
    }

    #[test]
    fn cut_answers_are_errors() {
        assert!(parse("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc").is_err());
        assert!(parse("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwi").is_err());
        assert!(parse("HTTP/1.1 200").is_err());
        assert!(parse("SSH-2.0\r\n\r\n").is_err());
    }

    #[test]
    fn problems_give_their_code() {
        let (answer, _) = parse(
            "HTTP/1.1 409 Conflict\r\nContent-Length: 25\r\n\r\n{\"code\":\"policy_changed\"} ",
        )
        .unwrap();
        assert_eq!(
            answer.json().unwrap_err().to_string(),
            "HTTP 409 policy_changed"
        );
    }

    #[test]
    fn only_loopback() {
        assert!(address("http://127.0.0.1:80/x").is_ok());
        assert!(address("http://192.0.2.1:80/x").is_err());
        assert_eq!(
            split("http://127.0.0.1:80/a?b=c").unwrap(),
            ("http://127.0.0.1:80".to_owned(), "/a?b=c".to_owned())
        );
        assert_eq!(encode("a b/ü"), "a%20b%2F%C3%BC");
    }
}
