//! One streamed request with timing. The text is passed to the meter and not stored.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Response, Url};
use tidemark_core::account::Region;
use tidemark_core::answer::{self, Answer};
use tidemark_core::failure::{Failure, FailureKind};
use tidemark_core::speed::{self, Measured, Meter, Reader};
use tokio::time::timeout;

use super::{Api, bearer, capped_body, kept_headers, sending_failed};
use crate::key::ApiKey;

/// Time limits of one stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamLimits {
    /// The longest wait without a byte, including the wait for the first one.
    pub silence: Duration,
    /// From sending the request to the last byte.
    pub total: Duration,
}

impl Default for StreamLimits {
    fn default() -> Self {
        Self { silence: Duration::from_secs(15), total: Duration::from_mins(1) }
    }
}

impl Api {
    /// Sends the one request of a measurement and times the response.
    ///
    /// # Errors
    ///
    /// A [`Failure`] if no token arrives. A stream that breaks later is measured up to that point.
    pub async fn measure(
        &self,
        key: &ApiKey,
        region: Region,
        model: &str,
        limits: StreamLimits,
    ) -> Result<Measured, Failure> {
        let Ok(url) = Url::parse(&self.hosts.messages(region)) else {
            return Err(Failure::new(FailureKind::Other));
        };
        let request = self
            .client(&url)
            .await?
            .post(url)
            .timeout(limits.total)
            .header(AUTHORIZATION, bearer(key)?)
            .header(ACCEPT, "text/event-stream")
            .header(CONTENT_TYPE, "application/json")
            .body(speed::request(model));
        let sent_at = Instant::now();
        let answered = timeout(limits.silence, request.send()).await;
        let response = answered.map_err(|_| Failure::new(FailureKind::Timeout))?;
        let response = response.map_err(|e| sending_failed(&e))?;
        if is_stream(&response) {
            return listen(response, sent_at, limits).await;
        }
        let (status, headers) = (response.status().as_u16(), kept_headers(response.headers()));
        let body = timeout(limits.silence, capped_body(response)).await;
        let body = body.map_err(|_| Failure::new(FailureKind::Timeout))??;
        Err(answer::refusal(&Answer { status, headers, body }, Timestamp::now()))
    }
}

/// An error is sent as JSON, whatever its status.
fn is_stream(response: &Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    response.status().is_success()
        && kind.is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/event-stream"))
}

async fn listen(mut response: Response, sent_at: Instant, limits: StreamLimits) -> Result<Measured, Failure> {
    let mut meter = Meter::default();
    let reader = loop {
        match timeout(limits.silence, response.chunk()).await {
            Err(_) => break Reader::Silent,
            Ok(Err(error)) if error.is_timeout() => break Reader::CutOff,
            Ok(Err(_)) => break Reader::Broke,
            Ok(Ok(None)) => break Reader::Closed,
            Ok(Ok(Some(bytes))) => {
                if !meter.take(&bytes, sent_at.elapsed()) {
                    break Reader::Closed;
                }
            }
        }
    };
    meter.finish(reader)
}
