//! Panics: logged with their location, contained where they happen, and reported to the user once.
//!
//! The controller, the store, the keyring and every long-lived task catch their own panics with [`catch`],
//! [`catch_async`] and [`keep_running`] and continue with the next job. They share the panic hook: it writes to the log
//! and to standard error, whichever thread panics, those of libraries included.

use std::any::Any;
use std::future::poll_fn;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

/// Something panicked. The panic hook has logged it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an internal error")]
pub struct Panicked;

/// How long a task that panicked waits before it starts again, at first and at most.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(15);

/// A word with a digit and at least this many characters could be a key, and is left out of the log.
const SHORTEST_KEY: usize = 8;

type Report = Box<dyn Fn() + Send + Sync>;

static REPORT: OnceLock<Report> = OnceLock::new();
static IS_REPORTED: AtomicBool = AtomicBool::new(false);

/// Logs every panic of the process from now on, with its location.
pub fn log_panics() {
    std::panic::set_hook(Box::new(|info| {
        let line = describe(info);
        // Standard error may be closed.
        let _ = writeln!(std::io::stderr(), "tidemark: {line}");
        tracing::error!("{line}");
        if let Some(report) = REPORT.get()
            && !IS_REPORTED.swap(true, Ordering::Relaxed)
        {
            report();
        }
    }));
}

/// Calls `report` at the first panic, to inform the user once. It runs inside the panic hook and must not panic.
pub fn report_first_panic(report: impl Fn() + Send + Sync + 'static) {
    // Setting it again is ignored; the app starts once in a process.
    let _ = REPORT.set(Box::new(report));
}

/// Runs a closure; a panic in it ends only the closure.
///
/// # Errors
///
/// [`Panicked`]. The caller has to restore a consistent state.
pub fn catch<T>(run: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|_| Panicked)
}

/// Runs a future; a panic in it ends only the future.
///
/// # Errors
///
/// [`Panicked`]. The future is dropped in the state in which it panicked.
pub async fn catch_async<F: Future>(future: F) -> Result<F::Output, Panicked> {
    let mut future = Box::pin(future);
    poll_fn(|context| match catch(|| future.as_mut().poll(context)) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
        Err(panicked) => Poll::Ready(Err(panicked)),
    })
    .await
}

/// Runs a task until it ends by itself, and starts it again after each panic, later each time.
pub async fn keep_running<F: Future<Output = ()>>(start: impl Fn() -> F) {
    let mut pause = FIRST_PAUSE;
    loop {
        let began = Instant::now();
        if catch_async(start()).await.is_ok() {
            return;
        }
        if began.elapsed() > LONGEST_PAUSE {
            pause = FIRST_PAUSE;
        }
        tokio::time::sleep(pause).await;
        pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
    }
}

fn describe(info: &PanicHookInfo<'_>) -> String {
    let thread = std::thread::current();
    let place = info.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    let message = redacted(message(info.payload()));
    format!("thread '{}' panicked at {place}: {message}", thread.name().unwrap_or("unnamed"))
}

fn message(payload: &dyn Any) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

/// Replaces every word that could be a key or a part of one: a panic message may quote any text.
fn redacted(message: &str) -> String {
    let is_of_key = |c: char| c.is_ascii_alphanumeric() || "-_.+/=~".contains(c);
    let mut clean = String::with_capacity(message.len());
    let mut rest = message;
    while !rest.is_empty() {
        let end = rest.find(|c| !is_of_key(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let could_be_key = word.contains("sk-")
            || word.contains("eyJ")
            || word.len() >= SHORTEST_KEY && word.contains(|c: char| c.is_ascii_digit())
            || word.len() > 4 * SHORTEST_KEY;
        clean.push_str(if could_be_key { "[redacted]" } else { word });
        let next = after.find(is_of_key).unwrap_or(after.len());
        let (between, after) = after.split_at(next);
        clean.push_str(between);
        rest = after;
    }
    clean
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[test]
    fn a_message_keeps_its_words_and_loses_whatever_could_be_a_key() {
        for text in [
            "adding signed duration to timestamp overflowed",
            "index out of bounds: the len is 3 but the index is 17",
            "called `Result::unwrap()` on an `Err` value: PoisonError { .. }",
            "",
        ] {
            assert_eq!(redacted(text), text);
        }
        for key in [
            "sk-cp-test-0123456789abcdef",
            "sk-cp-",
            "eyJhbGciOiJSUzI1NiJ9.eyJ0ZXN0IjoxfQ.test",
            "abcdefghijklmnopqrstuvwxyzabcdefgh",
            "test1234",
        ] {
            let said =
                redacted(&format!("byte index 3 is not a char boundary; it is inside 'é' of `Bearer {key}`"));
            assert!(!said.contains(key), "{said}");
            assert!(said.starts_with("byte index 3 is not a char boundary") && said.ends_with('`'), "{said}");
        }
    }

    #[tokio::test]
    async fn a_panic_ends_only_the_future_that_panicked() {
        let waits = async {
            tokio::task::yield_now().await;
            7
        };
        assert_eq!(catch_async(waits).await, Ok(7));
        let panics = async {
            tokio::task::yield_now().await;
            assert_eq!(1, 2, "a test's own panic");
        };
        assert_eq!(catch_async(panics).await, Err(Panicked));
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_panics_is_started_again_and_never_in_a_busy_loop() {
        let starts = AtomicUsize::new(0);
        let begin = tokio::time::Instant::now();
        keep_running(|| async {
            let start = starts.fetch_add(1, Ordering::Relaxed);
            assert!(start == 20, "a test's own panic");
        })
        .await;
        assert_eq!(starts.load(Ordering::Relaxed), 21);
        assert!(begin.elapsed() > 9 * LONGEST_PAUSE, "{:?} for 20 panics", begin.elapsed());
    }
}
