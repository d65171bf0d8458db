//! The HTTP client: one GET per query within limits, and the one request of a speed measurement.
//!
//! No redirects, no cookies, no unverified TLS, plain http only to this machine, and bodies are limited in size. Every
//! HTTP status is returned as an answer; the core interprets it.

mod stream;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::{Client, NoProxy, Proxy, Response, Url};
use secrecy::zeroize::Zeroizing;
use tidemark_core::account::Region;
use tidemark_core::answer::{Answer, BODY_LIMIT, HEADERS};
use tidemark_core::endpoint::{Endpoint, Hosts};
use tidemark_core::failure::{Failure, FailureKind};
use tokio::sync::OnceCell;

use crate::key::ApiKey;
pub use stream::StreamLimits;

const USER_AGENT: &str = concat!("tidemark/", env!("CARGO_PKG_VERSION"));

/// Time limits of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Until the connection is established.
    pub connect: Duration,
    /// Until the last byte of the body.
    pub total: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), total: Duration::from_secs(10) }
    }
}

/// The proxy in the settings cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "The proxy is not understood. Write it as http://host:port or socks5://host:port, or leave it empty."
)]
pub struct ProxyError;

/// The client for MiniMax's API. Clones share their connections.
#[derive(Clone, Debug)]
pub struct Api {
    hosts: Arc<Hosts>,
    limits: Limits,
    road: Arc<RwLock<Road>>,
}

/// The proxy as written in the settings, and the clients that use it.
#[derive(Clone, Debug, Default)]
struct Road {
    written: String,
    proxy: Option<Proxy>,
    lines: Arc<Lines>,
}

/// The clients, created at the first request: loading the system's certificates costs time and memory.
#[derive(Debug, Default)]
struct Lines {
    /// To MiniMax, through the proxy if there is one, https only.
    outward: OnceCell<Client>,
    /// To an override on this machine, without any proxy.
    loopback: OnceCell<Client>,
}

impl Api {
    /// Returns the hosts that are queried.
    #[must_use]
    pub fn hosts(&self) -> &Hosts {
        &self.hosts
    }

    /// Creates a client for these hosts. `proxy` is the one from the settings; empty or `None` means the environment's.
    ///
    /// # Errors
    ///
    /// [`ProxyError`] if the proxy is not `http(s)://host:port`, `socks5://host:port` or `host:port`.
    pub fn new(hosts: Hosts, proxy: Option<&str>) -> Result<Self, ProxyError> {
        let road = Arc::new(RwLock::new(road(proxy.unwrap_or_default())?));
        Ok(Self { hosts: Arc::new(hosts), limits: Limits::default(), road })
    }

    /// Changes the proxy, also in every clone. Requests in progress keep the former one.
    ///
    /// # Errors
    ///
    /// As [`Api::new`]; the former proxy then stays in use.
    pub fn use_proxy(&self, proxy: &str) -> Result<(), ProxyError> {
        if self.road().written != proxy.trim() {
            let next = road(proxy)?;
            *self.road.write().unwrap_or_else(PoisonError::into_inner) = next;
        }
        Ok(())
    }

    /// Returns this client with other limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        let road = Road { lines: Arc::default(), ..self.road() };
        Self { limits, road: Arc::new(RwLock::new(road)), ..self }
    }

    /// Queries one endpoint with a key and returns the answer, whatever its status.
    ///
    /// # Errors
    ///
    /// A [`Failure`] if no complete answer arrives: `Offline`, `Timeout`, `Tls` or `Unreadable`. It contains no text.
    pub async fn ask(&self, key: &ApiKey, region: Region, endpoint: Endpoint) -> Result<Answer, Failure> {
        let Ok(url) = Url::parse(&self.hosts.url(region, endpoint)) else {
            return Err(Failure::new(FailureKind::Other));
        };
        let request = self
            .client(&url)
            .await?
            .get(url)
            .header(AUTHORIZATION, bearer(key)?)
            .header(ACCEPT, "application/json");
        let response = request.send().await.map_err(|e| sending_failed(&e))?;
        let status = response.status().as_u16();
        let headers = kept_headers(response.headers());
        Ok(Answer { status, headers, body: capped_body(response).await? })
    }

    /// A failure to create the client is not cached: certificates may become available again.
    async fn client(&self, url: &Url) -> Result<Client, Failure> {
        let is_loopback = is_loopback(url);
        let Road { proxy, lines, .. } = self.road();
        let line = if is_loopback { &lines.loopback } else { &lines.outward };
        let made = line.get_or_try_init(|| async { self.build(proxy, is_loopback) }).await;
        made.cloned().map_err(|_| Failure::new(FailureKind::Tls))
    }

    fn road(&self) -> Road {
        self.road.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn build(&self, proxy: Option<Proxy>, is_loopback: bool) -> reqwest::Result<Client> {
        // Err only means that a provider is installed already.
        drop(rustls::crypto::ring::default_provider().install_default());
        let builder = Client::builder()
            .user_agent(USER_AGENT)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(self.limits.connect)
            .timeout(self.limits.total)
            // Requests are minutes apart: a pooled connection is dead by then, and its timer wakes the machine.
            .pool_max_idle_per_host(0);
        match (proxy, is_loopback) {
            (_, true) => builder.no_proxy(),
            (Some(proxy), false) => builder.https_only(true).proxy(proxy),
            (None, false) => builder.https_only(true),
        }
        .build()
    }
}

/// Returns the header with the key, marked as sensitive so that printing headers does not show it.
fn bearer(key: &ApiKey) -> Result<HeaderValue, Failure> {
    let mut text = Zeroizing::new(String::with_capacity("Bearer ".len() + key.expose().len()));
    text.push_str("Bearer ");
    text.push_str(key.expose());
    let mut bearer = HeaderValue::from_str(&text).map_err(|_| Failure::new(FailureKind::KeyRejected))?;
    bearer.set_sensitive(true);
    Ok(bearer)
}

fn road(proxy: &str) -> Result<Road, ProxyError> {
    let written = proxy.trim().to_owned();
    let proxy = match &*written {
        "" => None,
        text => Some(parse_proxy(text)?.no_proxy(NoProxy::from_env())),
    };
    Ok(Road { written, proxy, lines: Arc::default() })
}

fn parse_proxy(text: &str) -> Result<Proxy, ProxyError> {
    let url = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let parsed = Url::parse(&url).map_err(|_| ProxyError)?;
    if !matches!(parsed.scheme(), "http" | "https" | "socks5" | "socks5h")
        || parsed.host_str().is_none_or(str::is_empty)
    {
        return Err(ProxyError);
    }
    Proxy::all(parsed).map_err(|_| ProxyError)
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn kept_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    HEADERS
        .iter()
        .filter_map(|&name| Some((name.to_owned(), headers.get(name)?.to_str().ok()?.to_owned())))
        .collect()
}

async fn capped_body(mut response: Response) -> Result<Vec<u8>, Failure> {
    let too_long = || Failure::new(FailureKind::Unreadable);
    if response.content_length().is_some_and(|length| length > BODY_LIMIT as u64) {
        return Err(too_long());
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|e| body_failed(&e))? {
        if body.len() + chunk.len() > BODY_LIMIT {
            return Err(too_long());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn sending_failed(error: &reqwest::Error) -> Failure {
    if chain_has(error, &is_proxy_login) {
        return Failure::proxy_login();
    }
    Failure::new(if error.is_timeout() {
        FailureKind::Timeout
    } else if chain_has(error, &is_tls) {
        FailureKind::Tls
    } else if error.is_connect() || chain_has(error, &|e| e.is::<std::io::Error>()) {
        FailureKind::Offline
    } else {
        // The connection was established, but the response was not HTTP.
        FailureKind::Unreadable
    })
}

fn body_failed(error: &reqwest::Error) -> Failure {
    Failure::new(if error.is_timeout() { FailureKind::Timeout } else { FailureKind::Unreadable })
}

/// Whether a proxy answered `CONNECT` with 407. The error's type is private to `hyper-util`, so its text is compared; a
/// test with such a proxy fails when that text changes.
fn is_proxy_login(error: &(dyn std::error::Error + 'static)) -> bool {
    error.to_string().ends_with("proxy authorization required")
}

fn is_tls(error: &(dyn std::error::Error + 'static)) -> bool {
    error.is::<rustls::Error>()
}

/// Searches the chain of causes. `io::Error` does not return its inner error from `source`, so it is unwrapped here.
fn chain_has(
    error: &(dyn std::error::Error + 'static),
    wanted: &dyn Fn(&(dyn std::error::Error + 'static)) -> bool,
) -> bool {
    if wanted(error) {
        return true;
    }
    let within = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    match within {
        Some(inner) => chain_has(inner, wanted),
        None => error.source().is_some_and(|source| chain_has(source, wanted)),
    }
}
