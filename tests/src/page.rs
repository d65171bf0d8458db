//! The app's page, driven by `WebDriver`: `WebKitWebDriver` starts the binary, and elements are found by their
//! `data-testid`. Does not depend on the page's style or texts.

use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::app::binary;
use crate::onlooker::Onlooker;
use crate::process::{Started, signal};
use crate::session::Session;
use crate::wait::{until, until_within};

/// A few frames of the page.
const FRAMES: Duration = Duration::from_millis(80);

/// The app with its window open, driven by `WebDriver`.
#[derive(Debug)]
pub struct Page {
    pub(crate) client: Client,
    driver: Started,
    pub(crate) onlooker: Onlooker,
    /// The class of its window.
    pub(crate) class: String,
}

impl Session {
    /// Starts the app with its window, and waits until the page is loaded.
    pub async fn open(&self) -> Page {
        self.open_with(&[]).await
    }

    /// Starts the app with these arguments and its window, and waits until the page has subscribed to events.
    pub async fn open_with(&self, arguments: &[&str]) -> Page {
        let page = self.drive(&binary(), arguments).await;
        page.find_css("[data-settled]").await;
        page
    }

    /// Starts a program that shows a page under `WebDriver`, and waits until the page is loaded.
    pub async fn drive(&self, program: &Path, arguments: &[&str]) -> Page {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = free.expect("a free port").port();
        let mut command = self.command("WebKitWebDriver");
        // Tauri enables automation only if this variable is set.
        command.env("TAURI_WEBVIEW_AUTOMATION", "true");
        command.args([format!("--port={port}"), "--host=127.0.0.1".to_owned()]);
        let mut driver = Started::new("WebKitWebDriver", &self.logs(), &mut command);
        let address = format!("http://127.0.0.1:{port}");
        until("the driver of web pages", async || {
            assert!(driver.runs(), "WebKitWebDriver ended");
            let reached = tokio::net::TcpStream::connect(("127.0.0.1", port)).await;
            reached.map(drop).map_err(|e| e.to_string())
        })
        .await;
        let wanted = json!({ "webkitgtk:browserOptions": { "binary": program, "args": arguments } });
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(wanted.as_object().expect("an object").clone());
        let client = tokio::time::timeout(Duration::from_secs(40), builder.connect(&address)).await;
        let client = client.expect("the app shows its page within 40 s");
        let client = client.unwrap_or_else(|e| panic!("the app's page cannot be driven: {e}"));
        let class = program.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        Page { client, driver, onlooker: Onlooker::on(self.display()), class }
    }
}

impl Page {
    pub async fn go(&self, address: &str) {
        self.client.goto(address).await.unwrap_or_else(|e| panic!("{address} cannot be opened: {e}"));
    }

    /// Waits until an element is on the page.
    pub async fn find(&self, id: &str) -> Element {
        self.find_css(&by(id)).await
    }

    /// Waits until an element is on the page, found by a CSS selector.
    pub async fn find_css(&self, css: &str) -> Element {
        until(&format!("{css} on the page"), async || match self.client.find(Locator::Css(css)).await {
            Ok(element) => Ok(element),
            Err(_) => Err(self.text().await),
        })
        .await
    }

    /// Whether an element is on the page right now.
    pub async fn has(&self, id: &str) -> bool {
        self.client.find(Locator::Css(&by(id))).await.is_ok()
    }

    /// Waits until an element is no longer on the page.
    pub async fn without(&self, id: &str) {
        until(&format!("no {id} on the page"), async || {
            if self.has(id).await { Err(self.text().await) } else { Ok(()) }
        })
        .await;
    }

    pub async fn click(&self, id: &str) {
        self.click_css(&by(id)).await;
    }

    /// Clicks on an element found by a CSS selector; the page may be redrawing it meanwhile.
    pub async fn click_css(&self, css: &str) {
        until(&format!("{css} to be clicked"), async || {
            let element = self.client.find(Locator::Css(css)).await;
            let element = element.map_err(|e| e.to_string())?;
            // A new element may push everything down between the driver's look-up and its click.
            let before = element.rectangle().await.map_err(|e| e.to_string())?;
            tokio::time::sleep(FRAMES).await;
            if element.rectangle().await.map_err(|e| e.to_string())? != before {
                return Err("it moves".to_owned());
            }
            element.click().await.map_err(|e| e.to_string())
        })
        .await;
    }

    /// Replaces the text of a field, as a user does.
    pub async fn type_into(&self, id: &str, text: &str) {
        let field = self.find(id).await;
        field.clear().await.unwrap_or_else(|e| panic!("{id} cannot be cleared: {e}"));
        field.send_keys(text).await.unwrap_or_else(|e| panic!("{id} takes no text: {e}"));
    }

    /// Presses keys on the focused element, as a user without a pointer does.
    pub async fn press(&self, keys: &str) {
        let focused = self.client.active_element().await.expect("something has the focus");
        focused.send_keys(keys).await.unwrap_or_else(|e| panic!("the focus takes no keys: {e}"));
    }

    /// Adds the first key under a name, and finishes the first run.
    pub async fn first_key(&self, key: &str, name: &str) {
        self.type_into("key-input", key).await;
        self.click("add-submit").await;
        self.type_into("name-input", name).await;
        self.click("keep-key").await;
        self.end_first_run().await;
    }

    /// Goes on from the accepted key to the overview.
    pub async fn end_first_run(&self) {
        self.click("guide-next").await;
        self.click("guide-finish").await;
    }

    /// Chooses an entry of a list by its value.
    pub async fn choose(&self, id: &str, value: &str) {
        until(&format!("{id} to take {value:?}"), async || {
            let list = self.client.find(Locator::Css(&by(id))).await.map_err(|e| e.to_string())?;
            list.select_by_value(value).await.map_err(|e| e.to_string())
        })
        .await;
    }

    /// Waits for an element and returns its text.
    pub async fn text_of(&self, id: &str) -> String {
        self.find(id).await.text().await.unwrap_or_default()
    }

    /// Waits until an element has a text like this, and returns it.
    pub async fn text_until(&self, id: &str, what: &str, like: impl Fn(&str) -> bool) -> String {
        until(&format!("{id} to say {what}"), async || {
            let Ok(element) = self.client.find(Locator::Css(&by(id))).await else {
                return Err(format!("no {id}, but: {}", self.text().await));
            };
            let text = element.text().await.unwrap_or_default();
            if like(&text) { Ok(text) } else { Err(format!("{text:?}")) }
        })
        .await
    }

    /// Waits for an element and returns one of its attributes.
    pub async fn attribute(&self, id: &str, name: &str) -> String {
        self.find(id).await.attr(name).await.ok().flatten().unwrap_or_default()
    }

    /// All visible text of the page.
    pub async fn text(&self) -> String {
        let Ok(body) = self.client.find(Locator::Css("body")).await else {
            return "no page".to_owned();
        };
        body.text().await.unwrap_or_default()
    }

    /// Calls commands of the app concurrently, as the page does, and returns their answers.
    pub async fn invoke(&self, calls: &[(&str, Value)]) -> Vec<Result<Value, Value>> {
        let script = "const [calls, done] = arguments; \
            Promise.allSettled(calls.map(([name, values]) => window.__TAURI_INTERNALS__.invoke(name, values))).then(done)";
        let told = self.client.execute_async(script, vec![json!(calls)]).await;
        let told = told.unwrap_or_else(|e| panic!("the page cannot call {calls:?}: {e}"));
        let told = told.as_array().unwrap_or_else(|| panic!("no list of results: {told}"));
        told.iter()
            .map(|one| match one["status"].as_str() {
                Some("fulfilled") => Ok(one["value"].clone()),
                _ => Err(one["reason"].clone()),
            })
            .collect()
    }

    /// The page's current source, with every attribute.
    pub async fn source(&self) -> String {
        self.client.source().await.unwrap_or_default()
    }

    /// Waits for a banner and returns its text.
    pub async fn banner(&self, id: &str) -> String {
        let css = format!("{}[data-id^=\"{id}\"]", by("banner"));
        self.find_css(&css).await.text().await.unwrap_or_default()
    }

    /// Waits until there is no such banner.
    pub async fn no_banner(&self, id: &str) {
        let css = format!("{}[data-id^=\"{id}\"]", by("banner"));
        until(&format!("no banner {id}"), async || match self.client.find(Locator::Css(&css)).await {
            Ok(banner) => Err(banner.text().await.unwrap_or_default()),
            Err(_) => Ok(()),
        })
        .await;
    }

    /// Counts the pixels that an element has drawn on its canvas.
    pub async fn painted(&self, id: &str) -> u64 {
        let script = "const canvas = document.querySelector(arguments[0] + ' canvas');
            if (canvas === null) return 0;
            const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
            return data.filter((value, i) => i % 4 === 3 && value > 0).length;";
        let told = self.client.execute(script, vec![json!(by(id))]).await;
        told.unwrap_or_else(|e| panic!("{id} cannot be looked at: {e}")).as_u64().unwrap_or_default()
    }

    /// Calls a command of the app, as the page's script does.
    ///
    /// # Errors
    ///
    /// Returns the value with which the command rejected.
    pub async fn call(&self, command: &str, arguments: Value) -> Result<Value, Value> {
        let script = "const [command, given, done] = arguments;
            window.__TAURI_INTERNALS__.invoke(command, given).then((ok) => done({ ok }), (error) => done({ error }));";
        let told = self.client.execute_async(script, vec![json!(command), arguments]).await;
        let told = told.unwrap_or_else(|e| panic!("{command} cannot be called: {e}"));
        told.get("error").map_or_else(|| Ok(told["ok"].clone()), |error| Err(error.clone()))
    }

    /// Evaluates a JavaScript expression on the page.
    pub async fn evaluate(&self, expression: &str) -> Value {
        let told = self.client.execute(&format!("return ({expression});"), Vec::new()).await;
        told.unwrap_or_else(|e| panic!("{expression} cannot be evaluated: {e}"))
    }

    /// The process id of the app, which is a child of the driver.
    #[must_use]
    pub fn app_pid(&self) -> u32 {
        let file = format!("/proc/{0}/task/{0}/children", self.driver.pid());
        let children = std::fs::read_to_string(file).unwrap_or_default();
        let app = children.split_whitespace().next().and_then(|pid| pid.parse().ok());
        app.unwrap_or_else(|| panic!("the driver has no child: {children:?}"))
    }

    /// Ends the driver session and the app, which would go on without a window, and waits until it is gone.
    pub async fn close(mut self, session: &Session) {
        let pid = self.app_pid();
        let _gone = tokio::time::timeout(Duration::from_secs(5), self.client.close()).await;
        self.driver.end();
        signal(pid, Signal::TERM);
        until_within(crate::LIMIT, "the end of the app", async || {
            let runs = session.process_ids().contains(&pid) || !has_ended(pid);
            if runs { Err(format!("{pid} still runs")) } else { Ok(()) }
        })
        .await;
    }
}

/// Whether a process is gone or a zombie. An empty environment would be no sign of that: the kernel drops it before the
/// process leaves the bus.
fn has_ended(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(')')
        .next()
        .is_none_or(|rest| rest.trim_start().is_empty() || rest.trim_start().starts_with(['Z', 'X']))
}

fn by(id: &str) -> String {
    format!("[data-testid=\"{id}\"]")
}
