//! Hosts and paths of the usage API.

use serde::{Deserialize, Serialize};

use crate::account::{Kind, Region};
use crate::view::Link;

/// A path of the usage API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Endpoint {
    /// `/v1/token_plan/remains`, current and documented.
    TokenPlan,
    /// `/v1/api/openplatform/coding_plan/remains`, the older path; its counts say what is left.
    CodingPlan,
    /// `/account/query_balance`, for pay-as-you-go keys; undocumented, used by MiniMax's own client.
    Balance,
}

impl Endpoint {
    /// The path for a kind of key.
    #[must_use]
    pub const fn of(kind: Kind) -> Self {
        match kind {
            Kind::TokenPlan => Self::TokenPlan,
            Kind::PayAsYouGo => Self::Balance,
        }
    }

    /// The path below the host, with its leading slash.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::TokenPlan => "/v1/token_plan/remains",
            Self::CodingPlan => "/v1/api/openplatform/coding_plan/remains",
            Self::Balance => "/account/query_balance",
        }
    }
}

/// The path of streamed text in Anthropic's form, on both platforms (MiniMax's API reference, "Compatible
/// Anthropic API"). Only the speed measurement uses it.
pub const MESSAGES: &str = "/anthropic/v1/messages";

/// The host of each platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hosts {
    global: String,
    china: String,
}

impl Default for Hosts {
    /// The `api.` hosts: the `www.` ones are behind a filter that sometimes answers 403 with a page.
    fn default() -> Self {
        Self { global: "https://api.minimax.io".to_owned(), china: "https://api.minimax.cn".to_owned() }
    }
}

/// Why an override of the hosts is rejected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostsError {
    /// Not an address of this machine.
    #[error("{0:?} is not a loopback address; only http(s)://127.x.x.x, [::1] or localhost is accepted")]
    NotLoopback(String),
    /// Not of the form `URL` or `global=URL,china=URL`.
    #[error("{0:?} is not understood; write one URL, or global=URL,china=URL")]
    Form(String),
}

impl Hosts {
    /// Parses `TIDEMARK_API_BASE`: one address for both platforms, or `global=URL,china=URL`.
    ///
    /// # Errors
    ///
    /// [`HostsError`] for anything that is not a loopback address.
    pub fn from_override(text: &str) -> Result<Self, HostsError> {
        let mut hosts = Self::default();
        if !text.contains('=') {
            let base = loopback(text)?;
            return Ok(Self { global: base.clone(), china: base });
        }
        for part in text.split(',') {
            match part.trim().split_once('=') {
                Some(("global", url)) => hosts.global = loopback(url)?,
                Some(("china", url)) => hosts.china = loopback(url)?,
                _ => return Err(HostsError::Form(part.to_owned())),
            }
        }
        Ok(hosts)
    }

    /// Whether every request stays on this machine, because the hosts of both platforms are overridden.
    #[must_use]
    pub fn are_all_overridden(&self) -> bool {
        let real = Self::default();
        self.global != real.global && self.china != real.china
    }

    /// The URL of an endpoint on a platform.
    #[must_use]
    pub fn url(&self, region: Region, endpoint: Endpoint) -> String {
        format!("{}{}", self.base(region), endpoint.path())
    }

    /// The URL of streamed text on a platform.
    #[must_use]
    pub fn messages(&self, region: Region) -> String {
        format!("{}{MESSAGES}", self.base(region))
    }

    fn base(&self, region: Region) -> &str {
        match region {
            Region::Global => &self.global,
            Region::China => &self.china,
        }
    }
}

/// The URL of one of MiniMax's pages. No other page is ever opened in a browser.
#[must_use]
pub const fn page(link: Link, region: Region) -> &'static str {
    match (region, link) {
        (Region::Global, Link::PlanKey | Link::Credits) => {
            "https://platform.minimax.io/user-center/payment/token-plan"
        }
        (Region::Global, Link::ApiKey) => {
            "https://platform.minimax.io/user-center/basic-information/interface-key"
        }
        (Region::Global, Link::Plan) => "https://platform.minimax.io/subscribe/token-plan",
        (Region::Global, Link::Balance) => "https://platform.minimax.io/user-center/payment/balance",
        (Region::China, Link::PlanKey | Link::Credits) => {
            "https://platform.minimaxi.com/user-center/payment/token-plan"
        }
        (Region::China, Link::ApiKey) => {
            "https://platform.minimaxi.com/user-center/basic-information/interface-key"
        }
        (Region::China, Link::Plan) => "https://platform.minimaxi.com/subscribe/token-plan",
        (Region::China, Link::Balance) => "https://platform.minimaxi.com/user-center/payment/balance",
    }
}

/// Accepts only `scheme://host[:port]` of a loopback address: no path, no user, no query.
fn loopback(url: &str) -> Result<String, HostsError> {
    let refused = || HostsError::NotLoopback(url.to_owned());
    let url_trimmed = url.trim().trim_end_matches('/');
    let authority = url_trimmed
        .strip_prefix("http://")
        .or_else(|| url_trimmed.strip_prefix("https://"))
        .ok_or_else(refused)?;
    let (host, port) = match authority.strip_prefix("[::1]") {
        Some(rest) => ("[::1]", rest),
        None => authority.find(':').map_or((authority, ""), |colon| authority.split_at(colon)),
    };
    let port_is_fine = port.is_empty() || port.strip_prefix(':').is_some_and(|p| p.parse::<u16>().is_ok());
    let host_is_fine = host == "[::1]"
        || host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_loopback());
    if host_is_fine && port_is_fine { Ok(url_trimmed.to_owned()) } else { Err(refused()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_key_is_asked_at_the_api_host_of_its_platform() {
        let hosts = Hosts::default();
        assert_eq!(
            hosts.url(Region::Global, Endpoint::TokenPlan),
            "https://api.minimax.io/v1/token_plan/remains"
        );
        assert_eq!(
            hosts.url(Region::China, Endpoint::Balance),
            "https://api.minimax.cn/account/query_balance"
        );
        assert_eq!(hosts.messages(Region::Global), "https://api.minimax.io/anthropic/v1/messages");
        assert_eq!(hosts.messages(Region::China), "https://api.minimax.cn/anthropic/v1/messages");
    }

    #[test]
    fn an_override_reaches_loopback() {
        for url in ["http://127.0.0.1:8080", "https://localhost", "http://[::1]:9/", "http://127.9.9.9"] {
            assert!(Hosts::from_override(url).is_ok(), "{url}");
        }
        let both =
            Hosts::from_override("global=http://127.0.0.1:1,china=http://127.0.0.1:2").unwrap_or_default();
        assert_eq!(both.url(Region::China, Endpoint::Balance), "http://127.0.0.1:2/account/query_balance");
    }

    #[test]
    fn an_override_reaches_nothing_else() {
        for url in [
            "http://example.com",
            "https://api.minimax.io",
            "http://127.0.0.1.example.com",
            "http://localhost@example.com",
            "http://127.0.0.1:80@example.com",
            "ftp://127.0.0.1",
            "127.0.0.1",
            "http://10.0.0.1",
            "http://[::2]",
            "http://[::1].example.com",
            "http://127.0.0.1/path",
            "http://127.0.0.1:99999",
            "china=http://example.com",
            "mars=http://127.0.0.1",
            "",
        ] {
            assert!(Hosts::from_override(url).is_err(), "{url}");
        }
    }
}
