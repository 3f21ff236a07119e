use super::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// What a server does after it has read the head of a request.
#[derive(Clone)]
enum Do {
    Send(Vec<u8>),
    Wait(u64),
    /// Sends this again and again until nobody listens.
    Flood(Vec<u8>),
}

fn text(t: &str) -> Do {
    Do::Send(t.as_bytes().to_vec())
}

/// A server that does the same for every connection, then closes it.
async fn server(script: Vec<Do>) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!(
        "http://{}/secret-path?token=secret-query",
        listener.local_addr().unwrap()
    );
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let script = script.clone();
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(socket.read_u8().await?);
                }
                for step in script {
                    match step {
                        Do::Send(bytes) => socket.write_all(&bytes).await?,
                        Do::Wait(ms) => tokio::time::sleep(Duration::from_millis(ms)).await,
                        Do::Flood(bytes) => while socket.write_all(&bytes).await.is_ok() {},
                    }
                }
                std::io::Result::Ok(())
            });
        }
    });
    url.parse().unwrap()
}

fn transport(url: &Url) -> Arc<Transport> {
    let reach = Reach {
        configured: vec![url.clone()],
        public: false,
    };
    Transport::new(&reach, World::simulated(1).0).unwrap()
}

fn call(url: &Url) -> Call<'static> {
    Call {
        operation: "test.call",
        method: Method::GET,
        url: url.clone(),
        bearer: None,
        body: None,
        deadline: Duration::from_secs(2),
        max_body: 64 * 1024,
        units: 0,
    }
}

async fn outcome(script: Vec<Do>) -> Result<Answer, ProviderError> {
    let url = server(script).await;
    transport(&url).call(call(&url)).await
}

#[track_caller]
fn fails(outcome: Result<Answer, ProviderError>, code: &str) -> Reaction {
    let error = outcome.expect_err("an error");
    assert_eq!(error.code, code);
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("secret"), "{shown}");
    error.reaction
}

fn is_retry(reaction: &Reaction) -> bool {
    matches!(reaction, Reaction::Retry(_))
}

#[tokio::test]
async fn an_answer_comes_back_whole() {
    let answer = outcome(vec![
        text("HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=UTF-8\r\nContent-Length: 10\r\n"),
        text("Date: Sun, 22 Nov 2026 09:02:00 GMT\r\n\r\n{\"a\""),
        Do::Wait(20),
        text(": \"b\"}"),
    ])
    .await
    .unwrap();
    assert_eq!(&*answer.body, br#"{"a": "b"}"#);
    assert!(answer.head.is_json() && answer.head.is_success());
}

#[tokio::test]
async fn a22_skew_is_measured_and_retry_after_is_read_by_the_providers_clock() {
    // The world stands at 09:00:00.
    let url = server(vec![text(
        "HTTP/1.1 429 Too Many\r\nDate: Sun, 22 Nov 2026 09:02:00 GMT\r\nContent-Length: 0\r\n\
         Retry-After: Sun, 22 Nov 2026 09:02:30 GMT\r\n\r\n",
    )])
    .await;
    let transport = transport(&url);
    assert_eq!(transport.clock_skew(), None);
    let answer = transport.call(call(&url)).await.unwrap();
    assert_eq!(transport.clock_skew(), Some(120));
    assert_eq!(answer.head.retry_after, Some(Duration::from_secs(30)));
}

#[tokio::test]
async fn n1_nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: Url = format!("http://{}/", listener.local_addr().unwrap())
        .parse()
        .unwrap();
    drop(listener);
    assert!(is_retry(&fails(
        transport(&url).call(call(&url)).await,
        "connect"
    )));
}

#[tokio::test]
async fn n2_a_certificate_that_nobody_trusts_stops() {
    use tokio_rustls::rustls::pki_types::pem::PemObject;
    use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/nobody-trusts");
    let certificate = CertificateDer::from_pem_file(format!("{fixture}.cert.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(format!("{fixture}.key.pem")).unwrap();
    let provider = tokio_rustls::rustls::crypto::aws_lc_rs::default_provider();
    let config = tokio_rustls::rustls::ServerConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: Url = format!(
        "https://localhost:{}/secret",
        listener.local_addr().unwrap().port()
    )
    .parse()
    .unwrap();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let _ = acceptor.accept(socket).await;
        }
    });
    assert_eq!(
        fails(
            transport(&url).call(call(&url)).await,
            "certificate_invalid"
        ),
        Reaction::Stop
    );
}

#[tokio::test]
async fn n3_a_reset_after_the_request_and_silence() {
    assert!(is_retry(&fails(outcome(vec![]).await, "connection_lost")));
    assert!(is_retry(&fails(
        outcome(vec![Do::Wait(5_000)]).await,
        "timeout"
    )));
}

#[tokio::test]
async fn n4_a_body_cut_in_the_middle_and_broken_compression() {
    let cut =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{\"a\":";
    assert!(is_retry(&fails(
        outcome(vec![text(cut)]).await,
        "answer_cut"
    )));
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n";
    assert!(is_retry(&fails(
        outcome(vec![text(chunked)]).await,
        "answer_cut"
    )));
    let gzip = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip.";
    assert!(is_retry(&fails(
        outcome(vec![text(gzip)]).await,
        "answer_cut"
    )));
}

#[tokio::test]
async fn n5_slow_bytes_endless_heads_and_huge_bodies_end() {
    let started = std::time::Instant::now();
    let mut drip = vec![text("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")];
    drip.extend((0..5_000).flat_map(|_| [text("x"), Do::Wait(100)]));
    assert!(is_retry(&fails(outcome(drip).await, "timeout")));
    let endless = vec![
        text("HTTP/1.1 200 OK\r\n"),
        Do::Flood(b"X-Header: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n".to_vec()),
    ];
    assert!(outcome(endless).await.is_err());
    let announced = vec![text(
        "HTTP/1.1 200 OK\r\nContent-Length: 2000000000\r\n\r\n",
    )];
    assert_eq!(
        fails(outcome(announced).await, "answer_too_large"),
        Reaction::Skip
    );
    let huge = vec![
        text("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"),
        Do::Flood(vec![b'x'; 65_536]),
    ];
    assert_eq!(
        fails(outcome(huge).await, "answer_too_large"),
        Reaction::Skip
    );
    assert!(started.elapsed() < Duration::from_secs(8));
}

#[tokio::test]
async fn n6_redirects_are_refused_wherever_they_lead() {
    for target in [
        "http://169.254.169.254/latest",
        "/elsewhere",
        "https://evil.example/",
    ] {
        let head = format!("HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n");
        assert!(is_retry(&fails(
            outcome(vec![text(&head)]).await,
            "redirect_refused"
        )));
    }
}

#[tokio::test]
async fn n6_other_hosts_are_not_reached() {
    let url = server(vec![text("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]).await;
    let transport = transport(&url);
    for other in [
        "http://127.0.0.1:1/",
        "https://example.com/",
        "http://169.254.169.254/",
        "https://127.0.0.1/",
    ] {
        let mut call = call(&url);
        call.url = other.parse().unwrap();
        assert_eq!(
            fails(transport.call(call).await, "host_not_allowed"),
            Reaction::Alarm
        );
    }
}

#[tokio::test]
async fn n6_open_reach_does_not_lead_into_the_own_network() {
    let reach = Reach {
        configured: vec![],
        public: true,
    };
    let transport = Transport::new(&reach, World::simulated(1).0).unwrap();
    for (target, code) in [
        ("https://10.0.0.1/", "host_not_allowed"),
        ("https://[::1]/", "host_not_allowed"),
        ("https://0x7f.1/", "host_not_allowed"),
        ("http://example.com/", "host_not_allowed"),
        // A name whose address turns out to be this machine.
        ("https://localhost:1/", "private_address_refused"),
    ] {
        let mut call = call(&"http://x/".parse().unwrap());
        call.url = target.parse().unwrap();
        fails(transport.call(call).await, code);
    }
}

#[tokio::test]
async fn the_token_is_sent_but_a_malformed_one_is_not() {
    let url = server(vec![text("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]).await;
    let transport = transport(&url);
    let bad = SecretString::from("secret\r\nX: y".to_owned());
    let outcome = transport
        .call(Call {
            bearer: Some(&bad),
            ..call(&url)
        })
        .await;
    assert_eq!(fails(outcome, "token_malformed"), Reaction::Alarm);
}
