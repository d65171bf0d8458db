//! One streamed request, against servers on this machine that stream well and badly.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a panic fails the test")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use tidemark::api::{Api, StreamLimits};
use tidemark::key::ApiKey;
use tidemark_core::account::Region;
use tidemark_core::endpoint::Hosts;
use tidemark_core::failure::{Failure, FailureKind};
use tidemark_core::speed::{End, Measured};

const KEY: &str = "sk-cp-test-0123456789";
const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n";
const PIECE: &str =
    "data: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"one\"}}\n\n";
const END: &str = "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":40}}\n\ndata: {\"type\":\"message_stop\"}\n\n";
const LIMITS: StreamLimits =
    StreamLimits { silence: Duration::from_millis(700), total: Duration::from_millis(1500) };

/// Answers the first connection after reading its request, and returns the request.
fn serve(answer: impl FnOnce(&mut TcpStream) + Send + 'static) -> (String, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let asked = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let (mut seen, mut part) = (Vec::new(), [0; 1024]);
        while !seen.ends_with(b"}") {
            let count = stream.read(&mut part).unwrap();
            assert!(count > 0, "the request has its end");
            seen.extend_from_slice(&part[..count]);
        }
        answer(&mut stream);
        String::from_utf8(seen).unwrap()
    });
    (base, asked)
}

async fn measure(base: &str) -> Result<Measured, Failure> {
    let api = Api::new(Hosts::from_override(base).unwrap(), None).unwrap();
    let key = ApiKey::parse(KEY).unwrap().key;
    api.measure(&key, Region::Global, "MiniMax-M2.7", LIMITS).await
}

async fn kind_of(answer: impl FnOnce(&mut TcpStream) + Send + 'static) -> FailureKind {
    let (base, _asked) = serve(answer);
    measure(&base).await.expect_err("nothing can be measured of this").kind
}

/// Writes until the other side closes the connection.
fn pour(stream: &mut TcpStream, text: &str, pause: Duration) {
    while stream.write_all(text.as_bytes()).is_ok() {
        std::thread::park_timeout(pause);
    }
}

#[tokio::test]
async fn the_key_travels_in_one_header_and_the_times_are_those_of_the_pieces() {
    let (base, asked) = serve(|stream| {
        stream.write_all(HEAD.as_bytes()).unwrap();
        for piece in [PIECE, PIECE, END] {
            std::thread::park_timeout(Duration::from_millis(200));
            stream.write_all(piece.as_bytes()).unwrap();
        }
    });
    let measured = measure(&base).await.expect("a measurement");
    assert_eq!((measured.output_tokens, measured.pieces, measured.end), (Some(40), 2, End::Whole));
    assert!((150..600).contains(&measured.span.as_millis()), "{measured:?}");
    let asked = asked.join().unwrap().to_lowercase();
    assert!(asked.starts_with("post /anthropic/v1/messages http/1.1\r\n"), "{asked}");
    assert_eq!(asked.matches(KEY).count(), 1, "{asked}");
    assert!(asked.contains(&format!("authorization: bearer {KEY}\r\n")), "{asked}");
    assert!(asked.contains("accept: text/event-stream\r\n") && !asked.contains("cookie"), "{asked}");
}

#[tokio::test]
async fn a_stream_that_falls_silent_is_left_after_the_silence() {
    let (base, _asked) = serve(|stream| {
        stream.write_all(format!("{HEAD}{PIECE}").as_bytes()).unwrap();
        drop(stream.read(&mut [0]));
    });
    let start = Instant::now();
    let measured = measure(&base).await.expect("one piece");
    assert_eq!((measured.end, measured.pieces), (End::Broken(FailureKind::Timeout), 1));
    assert!((600..1400).contains(&start.elapsed().as_millis()), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_stream_that_goes_on_for_ever_is_left_at_the_total() {
    let (base, _asked) = serve(|stream| {
        stream.write_all(HEAD.as_bytes()).unwrap();
        pour(stream, PIECE, Duration::from_millis(50));
    });
    let start = Instant::now();
    let measured = measure(&base).await.expect("pieces");
    assert_eq!(measured.end, End::Endless);
    assert!((1400..4000).contains(&start.elapsed().as_millis()), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_flood_is_left_at_the_limit() {
    let (base, _asked) = serve(|stream| {
        stream.write_all(HEAD.as_bytes()).unwrap();
        pour(stream, &PIECE.repeat(500), Duration::ZERO);
    });
    assert_eq!(measure(&base).await.expect("pieces").end, End::Endless);
}

#[tokio::test]
async fn a_connection_that_breaks_is_told_as_broken() {
    let (base, _asked) = serve(|stream| {
        let head = HEAD.replace("\r\n\r\n", "\r\nContent-Length: 5000\r\n\r\n");
        stream.write_all(format!("{head}{PIECE}").as_bytes()).unwrap();
    });
    assert_eq!(measure(&base).await.expect("one piece").end, End::Broken(FailureKind::Unreadable));
}

#[tokio::test]
async fn what_is_no_stream_is_a_failure_by_its_reason() {
    let json = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n\
                {\"base_resp\":{\"status_code\":2049,\"status_msg\":\"invalid api key\"}}";
    let kind = kind_of(move |stream| stream.write_all(json.as_bytes()).unwrap()).await;
    assert_eq!(kind, FailureKind::KeyRejectedOrWrongRegion);
    let moved = "HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n";
    let kind = kind_of(move |stream| stream.write_all(moved.as_bytes()).unwrap()).await;
    assert_eq!(kind, FailureKind::RedirectRefused);
    assert_eq!(kind_of(|stream| drop(stream.read(&mut [0]))).await, FailureKind::Timeout);
    let empty = |stream: &mut TcpStream| stream.write_all(HEAD.as_bytes()).unwrap();
    assert_eq!(kind_of(empty).await, FailureKind::Unreadable);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    assert_eq!(measure(&base).await.expect_err("nobody is there").kind, FailureKind::Offline);
}
