//! The image proxy against a server that misbehaves (checks H3, W6).

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use tenon_connectors::images::{ImageFetcher, ImageRefused};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\npicture";

type Heads = Arc<Mutex<Vec<http::HeaderMap>>>;

async fn serve() -> (String, Heads) {
    let heads = Heads::default();
    let seen = heads.clone();
    let answer = async move |request: Request| {
        seen.lock().unwrap().push(request.headers().clone());
        let redirect = |to: String| {
            Response::builder()
                .status(302)
                .header("location", to)
                .header("set-cookie", "who=reader")
                .body(Body::empty())
                .unwrap()
        };
        let path = request.uri().path().to_owned();
        let hops: Option<u32> = path.strip_prefix("/hop/").and_then(|n| n.parse().ok());
        match (path.as_str(), hops) {
            (_, Some(0)) => Response::new(Body::from(PNG)),
            (_, Some(n)) => redirect(format!("/hop/{}", n - 1)),
            ("/png", _) => Response::builder()
                .header("content-type", "text/html")
                .header("set-cookie", "who=reader")
                .body(Body::from(PNG))
                .unwrap(),
            ("/to-metadata", _) => redirect("http://169.254.169.254/latest/".into()),
            ("/to-private", _) => redirect("http://10.0.0.1/x.png".into()),
            ("/to-file", _) => redirect("file:///etc/passwd".into()),
            ("/to-name", _) => redirect("http://localhost/x.png".into()),
            ("/svg", _) => Response::builder()
                .header("content-type", "image/png")
                .body(Body::from("<svg onload='alert(1)'/>"))
                .unwrap(),
            ("/large", _) => Response::new(Body::from(vec![b'a'; 6 << 20])),
            ("/endless", _) => {
                let piece = bytes::Bytes::from(vec![b'a'; 64 << 10]);
                let pieces = std::iter::repeat_with(move || Ok::<_, std::io::Error>(piece.clone()));
                Response::new(Body::from_stream(futures::stream::iter(pieces)))
            }
            ("/hang", _) => {
                tokio::time::sleep(Duration::from_mins(1)).await;
                Response::new(Body::empty())
            }
            _ => Response::builder()
                .status(404)
                .body(Body::from(PNG))
                .unwrap(),
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(answer);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (base, heads)
}

#[tokio::test]
async fn h3_the_sender_learns_nothing_but_that_somebody_asked() {
    let (base, heads) = serve().await;
    let fetcher = ImageFetcher::new(true).unwrap();
    for path in ["/png", "/hop/3", "/png"] {
        let image = fetcher
            .fetch(&format!("{base}{path}#reader"))
            .await
            .unwrap();
        assert_eq!((image.content_type, &image.bytes[..]), ("image/png", PNG));
    }
    for headers in heads.lock().unwrap().iter() {
        let names: Vec<&str> = headers.keys().map(http::HeaderName::as_str).collect();
        for name in &names {
            assert!(
                ["accept", "accept-encoding", "host", "user-agent"].contains(name),
                "{names:?}"
            );
        }
        assert_eq!(
            headers["user-agent"],
            "Mozilla/5.0 (compatible; Tenon image proxy)"
        );
    }
}

#[tokio::test]
async fn w6_redirects_are_few_and_each_is_checked() {
    let (base, _) = serve().await;
    let fetcher = ImageFetcher::new(true).unwrap();
    for (path, wanted) in [
        ("/hop/4", ImageRefused::Redirects),
        ("/to-metadata", ImageRefused::Address),
        ("/to-private", ImageRefused::Address),
        ("/to-file", ImageRefused::Address),
        ("/to-name", ImageRefused::Address),
    ] {
        let outcome = fetcher.fetch(&format!("{base}{path}")).await;
        assert_eq!(outcome.map(|_| ()), Err(wanted), "{path}");
    }
    // Without the setting of tests this machine is not reached at all.
    let strict = ImageFetcher::new(false).unwrap();
    let outcome = strict.fetch(&format!("{base}/png")).await;
    assert_eq!(outcome.map(|_| ()), Err(ImageRefused::Address));
}

#[tokio::test]
async fn size_time_and_kind_are_bounded() {
    let (base, _) = serve().await;
    let fetcher = ImageFetcher::new(true).unwrap();
    for (path, wanted) in [
        ("/svg", ImageRefused::Kind),
        ("/large", ImageRefused::TooLarge),
        ("/endless", ImageRefused::TooLarge),
        ("/missing", ImageRefused::Unavailable),
    ] {
        let outcome = fetcher.fetch(&format!("{base}{path}")).await;
        assert_eq!(outcome.map(|_| ()), Err(wanted), "{path}");
    }
    let start = Instant::now();
    let outcome = fetcher.fetch(&format!("{base}/hang")).await;
    assert_eq!(outcome.map(|_| ()), Err(ImageRefused::Unavailable));
    assert!(start.elapsed() < Duration::from_secs(15));
}
