//! Waits for a condition, with a time limit. On failure it reports what was there instead.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

/// Default time limit of a wait.
pub const LIMIT: Duration = Duration::from_secs(20);

/// Waits until the probe returns a value, at most [`LIMIT`]; its errors say what is there instead.
pub async fn until<T>(what: &str, probe: impl AsyncFnMut() -> Result<T, String>) -> T {
    until_within(LIMIT, what, probe).await
}

/// Waits until the probe returns a value; its errors say what is there instead.
pub async fn until_within<T>(
    limit: Duration,
    what: &str,
    mut probe: impl AsyncFnMut() -> Result<T, String>,
) -> T {
    let deadline = Instant::now() + limit;
    let mut there = "nothing yet".to_owned();
    loop {
        match timeout_at(deadline, probe()).await {
            Ok(Ok(value)) => return value,
            Ok(Err(instead)) => there = instead,
            Err(_) => there = format!("no answer to the last look; before it {there}"),
        }
        assert!(Instant::now() < deadline, "waited {limit:?} for {what}, but there was: {there}");
        sleep(Duration::from_millis(50)).await;
    }
}
