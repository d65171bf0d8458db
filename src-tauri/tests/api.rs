//! Requests to MiniMax and their failures, against servers on this machine that answer badly.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a panic fails the test")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tidemark::api::{Api, Limits};
use tidemark::key::ApiKey;
use tidemark_core::account::Region;
use tidemark_core::answer::{Answer, BODY_LIMIT};
use tidemark_core::endpoint::{Endpoint, Hosts};
use tidemark_core::failure::{Failure, FailureKind};
use tidemark_core::settings::Settings;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

const KEY: &str = "sk-cp-test-0123456789";

fn api(base: &str) -> Api {
    let limits = Limits { connect: Duration::from_secs(1), total: Duration::from_secs(1) };
    Api::new(Hosts::from_override(base).unwrap(), None).unwrap().with_limits(limits)
}

async fn ask(api: &Api) -> Result<Answer, Failure> {
    let key = ApiKey::parse(KEY).unwrap().key;
    api.ask(&key, Region::Global, Endpoint::TokenPlan).await
}

/// Answers each connection on a separate thread until the test ends.
fn serve(answer: impl Fn(TcpStream) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("127.0.0.1:{}", listener.local_addr().unwrap().port());
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = Arc::clone(&answer);
            std::thread::spawn(move || answer(stream));
        }
    });
    base
}

fn read_request(stream: &mut TcpStream) {
    let mut seen = Vec::new();
    let mut byte = [0; 1];
    while !seen.ends_with(b"\r\n\r\n") && stream.read_exact(&mut byte).is_ok() {
        seen.extend_from_slice(&byte);
    }
}

async fn kind_of(base: &str) -> FailureKind {
    ask(&api(base)).await.expect_err("no answer can come of this").kind
}

#[tokio::test]
async fn the_key_travels_in_one_header_and_the_answer_keeps_what_matters() {
    let server = MockServer::start().await;
    let template = ResponseTemplate::new(429)
        .insert_header("Retry-After", "990")
        .insert_header("Set-Cookie", "a=b")
        .insert_header("X-Request-Id", "1")
        .set_body_raw("{}", "application/json; charset=utf-8");
    Mock::given(any()).respond_with(template).expect(2).mount(&server).await;

    let api = api(&server.uri());
    let answer = ask(&api).await.unwrap();
    ask(&api).await.unwrap();

    assert_eq!(answer.status, 429);
    assert_eq!(answer.body, b"{}");
    let told = answer.headers.iter().filter(|(name, _)| name != "date");
    let kept: Vec<_> = told.map(|(n, v)| (n.as_str(), v.as_str())).collect();
    assert_eq!(kept, [("content-type", "application/json; charset=utf-8"), ("retry-after", "990")]);
    let requests = server.received_requests().await.unwrap();
    for request in &requests {
        assert_eq!(request.method.as_str(), "GET");
        assert_eq!(request.url.path(), "/v1/token_plan/remains");
        assert_eq!(request.headers["authorization"], format!("Bearer {KEY}").as_str());
        assert_eq!(request.headers["accept"], "application/json");
        assert_eq!(request.headers["user-agent"], concat!("tidemark/", env!("CARGO_PKG_VERSION")));
        for absent in ["cookie", "referer", "x-api-key", "accept-encoding"] {
            assert!(!request.headers.contains_key(absent), "{absent}");
        }
    }
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_the_key_is_not_sent_on() {
    for status in [301, 302, 303, 307, 308] {
        let elsewhere = MockServer::start().await;
        Mock::given(any()).respond_with(ResponseTemplate::new(200)).expect(0).mount(&elsewhere).await;
        let server = MockServer::start().await;
        let template = ResponseTemplate::new(status).insert_header("Location", elsewhere.uri());
        Mock::given(any()).respond_with(template).expect(1).mount(&server).await;

        assert_eq!(ask(&api(&server.uri())).await.unwrap().status, status);
    }
}

#[tokio::test]
async fn each_platform_is_asked_at_its_own_host() {
    let (global, china) = (MockServer::start().await, MockServer::start().await);
    Mock::given(any()).respond_with(ResponseTemplate::new(200)).expect(0).mount(&global).await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200)).expect(1).mount(&china).await;
    let api = api(&format!("global={},china={}", global.uri(), china.uri()));
    let key = ApiKey::parse(KEY).unwrap().key;
    let answer = api.ask(&key, Region::China, Endpoint::Balance).await.unwrap();
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_body_at_the_limit_is_read_and_one_byte_more_is_not() {
    for (length, fits) in [(BODY_LIMIT, true), (BODY_LIMIT + 1, false)] {
        let server = MockServer::start().await;
        let template = ResponseTemplate::new(200).set_body_bytes(vec![b' '; length]);
        Mock::given(any()).respond_with(template).expect(1).mount(&server).await;
        let outcome = ask(&api(&server.uri())).await;
        assert_eq!(
            outcome.map(|a| a.body.len()).map_err(|f| f.kind),
            if fits { Ok(length) } else { Err(FailureKind::Unreadable) }
        );
    }
}

#[tokio::test]
async fn an_endless_body_is_dropped_at_the_limit() {
    let base = serve(|mut stream| {
        read_request(&mut stream);
        let mut out = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        while out.is_ok() {
            out = stream.write_all(format!("1000\r\n{}\r\n", " ".repeat(0x1000)).as_bytes());
        }
    });
    assert_eq!(kind_of(&format!("http://{base}")).await, FailureKind::Unreadable);
}

#[tokio::test]
async fn a_body_that_drips_ends_at_the_total_limit() {
    let base = serve(|mut stream| {
        read_request(&mut stream);
        let mut out = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        while out.is_ok() {
            std::thread::park_timeout(Duration::from_millis(50));
            out = stream.write_all(b" ");
        }
    });
    let start = Instant::now();
    assert_eq!(kind_of(&format!("http://{base}")).await, FailureKind::Timeout);
    assert!(start.elapsed() < Duration::from_secs(4));
}

#[tokio::test]
async fn a_server_that_says_nothing_ends_at_the_total_limit() {
    let base = serve(|mut stream| {
        read_request(&mut stream);
        // Blocks until the client gives up.
        drop(stream.read(&mut [0]));
    });
    assert_eq!(kind_of(&format!("http://{base}")).await, FailureKind::Timeout);
}

#[tokio::test]
async fn a_body_shorter_than_announced_is_unreadable() {
    let base = serve(|mut stream| {
        read_request(&mut stream);
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{}"));
    });
    assert_eq!(kind_of(&format!("http://{base}")).await, FailureKind::Unreadable);
}

#[tokio::test]
async fn what_is_no_http_is_unreadable() {
    let base = serve(|mut stream| {
        read_request(&mut stream);
        drop(stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"));
    });
    assert_eq!(kind_of(&format!("http://{base}")).await, FailureKind::Unreadable);
}

#[tokio::test]
async fn a_refused_connection_is_offline_and_the_next_ask_can_succeed() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let api = api(&format!("http://{address}"));
    assert_eq!(ask(&api).await.map_err(|f| f.kind), Err(FailureKind::Offline));

    let server = MockServer::builder().listener(TcpListener::bind(address).unwrap()).start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200)).expect(1).mount(&server).await;
    assert_eq!(ask(&api).await.map(|a| a.status), Ok(200));
}

#[tokio::test]
async fn a_certificate_nobody_vouches_for_ends_the_ask_before_the_key_is_sent() {
    let cert = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(cert.signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.cert.der().clone()], key.into())
        .unwrap();
    let config = Arc::new(config);
    let (tell, told) = std::sync::mpsc::channel();
    let base = serve(move |mut stream| {
        let mut tls = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
        let mut plain = [0; 1024];
        let read = rustls::Stream::new(&mut tls, &mut stream).read(&mut plain);
        tell.send(read.map_or(0, |n| n)).unwrap();
    });
    let base = base.replace("127.0.0.1", "https://localhost");
    assert_eq!(kind_of(&base).await, FailureKind::Tls);
    assert_eq!(told.recv_timeout(Duration::from_secs(5)), Ok(0), "bytes of a request came through");
}

#[tokio::test]
async fn a_plain_server_behind_an_https_address_is_a_tls_failure() {
    let base = serve(|mut stream| {
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"));
        drop(stream.read(&mut [0; 4096]));
    });
    assert_eq!(kind_of(&format!("https://{base}")).await, FailureKind::Tls);
}

#[tokio::test]
async fn the_settings_proxy_is_passed_by_on_this_machine_and_used_beyond_it() {
    let (tell, told) = std::sync::mpsc::channel();
    let proxy = serve(move |mut stream| {
        let mut seen = [0; 512];
        let read = stream.read(&mut seen).unwrap_or(0);
        tell.send(String::from_utf8_lossy(&seen[..read]).into_owned()).unwrap();
        drop(stream.write_all(b"HTTP/1.1 502 Bad Gateway\r\n\r\n"));
    });
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200)).expect(1).mount(&server).await;

    let here = Api::new(Hosts::from_override(&server.uri()).unwrap(), Some(&proxy)).unwrap();
    assert_eq!(ask(&here).await.map(|a| a.status), Ok(200));
    assert!(told.try_recv().is_err(), "the proxy was asked for a loopback address");

    // The proxy is changed through a clone; the first one does not exist.
    let beyond = Api::new(Hosts::default(), Some("http://127.0.0.1:1")).unwrap();
    assert_eq!(ask(&beyond).await.map_err(|f| f.kind), Err(FailureKind::Offline));
    beyond.clone().use_proxy(&proxy).unwrap();
    assert!(beyond.use_proxy("ftp://proxy").is_err(), "and a wrong one changes nothing");
    assert_eq!(ask(&beyond).await.map_err(|f| f.kind), Err(FailureKind::Offline));
    let asked = told.recv_timeout(Duration::from_secs(5)).unwrap();
    assert!(asked.starts_with("CONNECT api.minimax.io:443 "), "{asked}");
    assert!(!asked.contains(KEY) && !asked.to_lowercase().contains("authorization"), "{asked}");
}

#[tokio::test]
async fn a_proxy_that_wants_a_password_is_reported_as_such() {
    for answer in [
        "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n",
        "HTTP/1.0 407 No\r\nContent-Length: 5\r\n\r\nlogin",
    ] {
        let proxy = serve(move |mut stream| {
            read_request(&mut stream);
            drop(stream.write_all(answer.as_bytes()));
        });
        let api = Api::new(Hosts::default(), Some(&proxy)).unwrap();
        assert_eq!(ask(&api).await.map(|a| a.status), Err(Failure::proxy_login()), "{answer:?}");
    }
}

#[test]
fn every_proxy_that_the_settings_take_can_be_used() {
    let hosts = [
        "proxy",
        "proxy.example:8080",
        "a_b-c.example",
        "10.0.0.1:3128",
        "[::1]:1080",
        "user@proxy:1",
        "user:p%40ss@proxy",
        "user:p@ss@proxy",
        "localhost:",
        "1.2.3",
        "256.1.1.1",
        "0x7f.1",
        "1e5",
        "a..b",
        "-",
        "_",
        "proxy:0",
        "proxy:65536",
        "us er@proxy",
        "user:\u{e4}@proxy",
        "xn--bcher-kva.example",
    ];
    let mut taken = 0;
    for host in hosts {
        for scheme in ["http", "https", "socks5"] {
            let text = format!("{scheme}://{host}");
            if Settings::default().set("proxy", &text).is_ok() {
                taken += 1;
                assert!(Api::new(Hosts::default(), Some(&text)).is_ok(), "{text}");
            }
        }
    }
    assert!(taken >= 3 * 9, "{taken} were taken");
}

#[test]
fn a_proxy_that_is_none_is_refused_when_it_is_set() {
    for text in ["socks4://127.0.0.1:1", "ftp://proxy", "http://", "http://a b", "://"] {
        assert!(Api::new(Hosts::default(), Some(text)).is_err(), "{text}");
    }
    for text in [
        "",
        "  ",
        "127.0.0.1:3128",
        "socks5://127.0.0.1:1080",
        "http://proxy.example:3128",
        "https://user:pw@proxy.example",
    ] {
        assert!(Api::new(Hosts::default(), Some(text)).is_ok(), "{text}");
    }
}
