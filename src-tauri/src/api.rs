//! Asking MiniMax: one GET, within limits; and the one request of a measurement.
//!
//! Owns the HTTP client and what its errors mean. Refuses redirects, cookies, unchecked TLS, plain http beyond this
//! machine, and long bodies. What an answer means is the core's to say: every HTTP status is an answer here.

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

/// How long one ask may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Until the connection stands.
    pub connect: Duration,
    /// Until the last byte of the body.
    pub total: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), total: Duration::from_secs(10) }
    }
}

/// The settings' proxy entry cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "The proxy is not understood. Write it as http://host:port or socks5://host:port, or leave it empty."
)]
pub struct ProxyError;

/// MiniMax, as far as a key can ask it. Clones share their connections.
#[derive(Clone, Debug)]
pub struct Api {
    hosts: Arc<Hosts>,
    limits: Limits,
    road: Arc<RwLock<Road>>,
}

/// The way out: the settings' proxy as it is written, and the clients that take it.
#[derive(Clone, Debug, Default)]
struct Road {
    written: String,
    proxy: Option<Proxy>,
    lines: Arc<Lines>,
}

/// The clients, made at the first ask: reading the system's certificates costs time and memory.
#[derive(Debug, Default)]
struct Lines {
    /// To MiniMax, over the proxy where there is one, https only.
    outward: OnceCell<Client>,
    /// To an override on this machine, past any proxy.
    loopback: OnceCell<Client>,
}

impl Api {
    /// Gives the hosts that are asked.
    #[must_use]
    pub fn hosts(&self) -> &Hosts {
        &self.hosts
    }

    /// Makes ready to ask these hosts; `proxy` is the settings' own, empty or `None` for the environment's.
    ///
    /// # Errors
    ///
    /// [`ProxyError`] where the proxy is neither `http(s)://host:port`, `socks5://host:port` nor `host:port`.
    pub fn new(hosts: Hosts, proxy: Option<&str>) -> Result<Self, ProxyError> {
        let road = Arc::new(RwLock::new(road(proxy.unwrap_or_default())?));
        Ok(Self { hosts: Arc::new(hosts), limits: Limits::default(), road })
    }

    /// Takes another proxy from now on, also in every clone; asks that are under way go on as they began.
    ///
    /// # Errors
    ///
    /// As [`Api::new`]; the former proxy stays then.
    pub fn use_proxy(&self, proxy: &str) -> Result<(), ProxyError> {
        if self.road().written != proxy.trim() {
            let next = road(proxy)?;
            *self.road.write().unwrap_or_else(PoisonError::into_inner) = next;
        }
        Ok(())
    }

    /// Gives the same with other limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        let road = Road { lines: Arc::default(), ..self.road() };
        Self { limits, road: Arc::new(RwLock::new(road)), ..self }
    }

    /// Asks one endpoint with a key and gives what came, whatever its status.
    ///
    /// # Errors
    ///
    /// A [`Failure`] where no whole answer came: `Offline`, `Timeout`, `Tls` or `Unreadable`. It carries no text.
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

    /// A failed start is not remembered: certificates may come back.
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
        // Err only says that a provider is installed already.
        drop(rustls::crypto::ring::default_provider().install_default());
        let builder = Client::builder()
            .user_agent(USER_AGENT)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(self.limits.connect)
            .timeout(self.limits.total)
            // Asks are minutes apart: a kept connection is dead by then, and its timer wakes the machine.
            .pool_max_idle_per_host(0);
        match (proxy, is_loopback) {
            (_, true) => builder.no_proxy(),
            (Some(proxy), false) => builder.https_only(true).proxy(proxy),
            (None, false) => builder.https_only(true),
        }
        .build()
    }
}

/// Gives the header that carries a key; it is hidden from whatever prints headers.
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
        // Connected, and what came back was no HTTP.
        FailureKind::Unreadable
    })
}

fn body_failed(error: &reqwest::Error) -> Failure {
    Failure::new(if error.is_timeout() { FailureKind::Timeout } else { FailureKind::Unreadable })
}

/// Tells a proxy that answers `CONNECT` with 407. The error's type is private to `hyper-util`, so its text is compared;
/// a test with such a proxy fails when that text changes.
fn is_proxy_login(error: &(dyn std::error::Error + 'static)) -> bool {
    error.to_string().ends_with("proxy authorization required")
}

fn is_tls(error: &(dyn std::error::Error + 'static)) -> bool {
    error.is::<rustls::Error>()
}

/// Walks the causes. An `io::Error` hides its own cause from `source`, so it is opened here.
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
