//! A scripted MiniMax on loopback: answers by key, and a record of the requests. Its test fails if it is never asked,
//! unless it was created for that.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::answer::{Answer, Stream, StreamEnd};
use crate::wait::until;

/// The endpoint for a plan's quota.
pub const PLAN: &str = "/v1/token_plan/remains";
/// The endpoint for a balance.
pub const BALANCE: &str = "/account/query_balance";
/// The endpoint that streams text.
pub const MESSAGES: &str = "/anthropic/v1/messages";

#[derive(Debug)]
pub struct MiniMax {
    address: SocketAddr,
    script: Arc<Mutex<Script>>,
    server: Option<JoinHandle<()>>,
    must_be_asked: Option<bool>,
}

#[derive(Clone, Debug)]
pub struct Asked {
    /// The method, such as `GET`.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// Header names are in lower case.
    pub headers: HashMap<String, String>,
    /// The key from the Bearer token, if there was one.
    pub key: Option<String>,
    pub body: String,
    pub at: Instant,
}

#[derive(Debug, Default)]
struct Script {
    answers: HashMap<(String, String), VecDeque<Answer>>,
    asked: Vec<Asked>,
}

impl MiniMax {
    /// Starts one that rejects every key until an answer is set.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port on loopback");
        let address = listener.local_addr().expect("the port's number");
        let script = Arc::new(Mutex::new(Script::default()));
        let server = Some(tokio::spawn(serve(listener, Arc::clone(&script))));
        Self { address, script, server, must_be_asked: Some(true) }
    }

    /// Starts one that fails its test if it is asked anything.
    pub async fn that_must_not_be_asked() -> Self {
        let mut minimax = Self::start().await;
        minimax.must_be_asked = Some(false);
        minimax
    }

    /// Starts one that may or may not be asked.
    pub async fn that_may_be_asked() -> Self {
        let mut minimax = Self::start().await;
        minimax.must_be_asked = None;
        minimax
    }

    /// The address for `TIDEMARK_API_BASE`.
    #[must_use]
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Sets the answer for a key.
    pub fn answer(&self, key: &str, answer: Answer) {
        self.answers(key, [answer]);
    }

    /// Sets the answers for a key: each is given once, the last one for ever.
    pub fn answers(&self, key: &str, answers: impl IntoIterator<Item = Answer>) {
        let path = if key.starts_with("sk-api-") { BALANCE } else { PLAN };
        let answers: VecDeque<Answer> = answers.into_iter().collect();
        assert!(!answers.is_empty(), "a script has at least one answer");
        self.script().answers.insert((path.to_owned(), key.to_owned()), answers);
    }

    /// Sets the answer to requests for text with this key.
    pub fn speaks(&self, key: &str, answer: Answer) {
        self.script().answers.insert((MESSAGES.to_owned(), key.to_owned()), VecDeque::from([answer]));
    }

    /// All requests for text so far.
    #[must_use]
    pub fn asked_for_text(&self) -> Vec<Asked> {
        self.asked().into_iter().filter(|asked| asked.path == MESSAGES).collect()
    }

    /// All requests so far.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        self.script().asked.clone()
    }

    /// Number of requests with this key.
    #[must_use]
    pub fn times_asked(&self, key: &str) -> usize {
        self.script().asked.iter().filter(|asked| asked.key.as_deref() == Some(key)).count()
    }

    /// Waits until there were that many requests with this key in all.
    pub async fn asked_about(&self, key: &str, times: usize) {
        until(&format!("{times} requests with the key {key}"), async || match self.times_asked(key) {
            so_far if so_far >= times => Ok(()),
            so_far => Err(format!("{so_far}, and in all {:#?}", self.asked())),
        })
        .await;
    }

    /// Waits until the last request is so old that "Check now" sends a new one.
    pub async fn asked_a_moment_ago(&self) {
        let last = self.script().asked.last().map(|asked| asked.at);
        if let Some(last) = last {
            tokio::time::sleep_until((last + Duration::from_millis(1200)).into()).await;
        }
    }

    /// Stops listening: connections are refused.
    pub async fn leave(&mut self) {
        if let Some(server) = self.server.take() {
            server.abort();
            let _ended = server.await;
        }
    }

    /// Listens again at the same address.
    pub async fn come_back(&mut self) {
        assert!(self.server.is_none(), "it is gone before it comes back");
        let address = self.address;
        let listener = until("the same port again", async || {
            TcpListener::bind(address).await.map_err(|e| e.to_string())
        })
        .await;
        self.server = Some(tokio::spawn(serve(listener, Arc::clone(&self.script))));
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().expect("no test panicked while holding the script")
    }
}

impl Drop for MiniMax {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            server.abort();
        }
        if !std::thread::panicking() {
            let asked = self.asked();
            match self.must_be_asked {
                Some(true) => assert!(!asked.is_empty(), "this MiniMax was never asked"),
                Some(false) => {
                    assert!(asked.is_empty(), "this MiniMax must not be asked, but was: {asked:#?}");
                }
                None => {}
            }
        }
    }
}

async fn serve(listener: TcpListener, script: Arc<Mutex<Script>>) {
    // Dropped with this task, which closes every connection.
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(converse(stream, Arc::clone(&script)));
        while connections.try_join_next().is_some() {}
    }
}

/// Answers one request and closes the connection.
async fn converse(mut stream: TcpStream, script: Arc<Mutex<Script>>) {
    let Some(asked) = read(&mut stream).await else { return };
    let answer = {
        let mut script = script.lock().expect("no test panicked while holding the script");
        let answer = script.answer(&asked);
        script.asked.push(asked);
        answer
    };
    tokio::time::sleep(answer.delay).await;
    if let Some(stream_of) = answer.stream_of() {
        return speak(stream, stream_of).await;
    }
    let body = answer.body();
    let mut head = format!("HTTP/1.1 {} Scripted\r\nConnection: close\r\n", answer.status);
    if !answer.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        head.push_str("Content-Type: application/json; charset=utf-8\r\n");
    }
    for (name, value) in &answer.headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    head.extend(["Content-Length: ", &body.len().to_string(), "\r\n\r\n"]);
    let _gone = stream.write_all((head + &body).as_bytes()).await;
    let _gone = stream.shutdown().await;
}

/// Sends the pieces at their times; then ends, breaks off or sends nothing more.
async fn speak(mut stream: TcpStream, stream_of: &Stream) {
    let head = "HTTP/1.1 200 Scripted\r\nConnection: close\r\nContent-Type: text/event-stream\r\n\
                Transfer-Encoding: chunked\r\n\r\n";
    if stream.write_all(head.as_bytes()).await.is_err() {
        return;
    }
    for piece in stream_of.pieces() {
        tokio::time::sleep(stream_of.every).await;
        let chunk = format!("{:x}\r\n{piece}\r\n", piece.len());
        if stream.write_all(chunk.as_bytes()).await.is_err() {
            return;
        }
    }
    match stream_of.end {
        StreamEnd::Whole => drop(stream.write_all(b"0\r\n\r\n").await),
        StreamEnd::Broken => {}
        // Until the other side closes the connection.
        StreamEnd::Silent => drop(stream.read(&mut [0; 1]).await),
    }
    let _gone = stream.shutdown().await;
}

impl Script {
    /// The next answer, or MiniMax's answer to an unknown key or path.
    fn answer(&mut self, asked: &Asked) -> Answer {
        let path = asked.path.split('?').next().unwrap_or_default();
        if path != PLAN && path != BALANCE && path != MESSAGES {
            return Answer::status(404);
        }
        if asked.method != if path == MESSAGES { "POST" } else { "GET" } {
            return Answer::status(405);
        }
        let Some(key) = &asked.key else {
            let words = "login fail: Please carry the API secret key in the 'Authorization' field of the request header";
            return Answer::code(1004, words);
        };
        match self.answers.get_mut(&(path.to_owned(), key.clone())) {
            Some(answers) if answers.len() > 1 => answers.pop_front().expect("more than one answer"),
            Some(answers) => answers.front().expect("at least one answer").clone(),
            None => Answer::code(2049, "invalid api key"),
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    while !bytes.windows(4).any(|four| four == b"\r\n\r\n") {
        let mut part = [0; 4096];
        let count = stream.read(&mut part).await.ok()?;
        if count == 0 || bytes.len() > 64 * 1024 {
            return None;
        }
        bytes.extend_from_slice(&part[..count]);
    }
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&bytes[..head]).into_owned();
    let mut lines = text.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let headers: HashMap<String, String> = lines
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_lowercase(), value.trim().to_owned()))
        .collect();
    let key = headers.get("authorization").and_then(|value| value.strip_prefix("Bearer ")).map(str::to_owned);
    let length = headers.get("content-length").and_then(|value| value.parse().ok()).unwrap_or(0_usize);
    let mut body = bytes.split_off(head);
    let missing = length.saturating_sub(body.len());
    let mut rest = vec![0; missing.min(64 * 1024)];
    stream.read_exact(&mut rest).await.ok()?;
    body.extend(rest);
    let body = String::from_utf8_lossy(&body).into_owned();
    Some(Asked { method, path, headers, key, body, at: Instant::now() })
}
