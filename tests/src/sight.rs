//! What can be seen of the app's page, and what screen readers find there: pictures, axe inside the real engine, and a
//! search for cut or overflowing content. Does not define what the page should look like.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::page::Page;
use crate::screen::Shot;
use crate::wait::until;

/// The path of axe once the page's packages are installed.
const AXE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/node_modules/axe-core/axe.min.js");

/// A page that does not change for this long is at rest.
const REST: Duration = Duration::from_millis(150);

impl Page {
    /// Calls one of the functions of `sight.js`.
    pub(crate) async fn look(&self, what: &str, mut given: Vec<Value>) -> Value {
        given.insert(0, json!(what));
        let seen = self.client.execute(include_str!("sight.js"), given).await;
        seen.unwrap_or_else(|e| panic!("{what} cannot be seen: {e}"))
    }

    /// Stores how all elements look without the focus, to detect what a focus changes.
    pub async fn remember_looks(&self) {
        self.look("remember", vec![]).await;
    }

    /// Enlarges the page by a factor, and waits until the layout is finished.
    pub async fn zoom(&self, factor: u8) {
        self.look("zoom", vec![json!(factor)]).await;
        let drawn =
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()));";
        self.client.execute_async(drawn, vec![]).await.expect("the page is drawn");
    }

    /// Waits until the page is dark, or light.
    pub(crate) async fn wears(&self, dark: bool) {
        until(if dark { "a dark page" } else { "a bright page" }, async || {
            let is_dark = self.look("dark", vec![]).await;
            if is_dark == dark { Ok(()) } else { Err("the other".to_owned()) }
        })
        .await;
    }

    /// Elements that are too wide, and text that is cut and cannot be read in another way.
    pub async fn overflow(&self) -> Vec<String> {
        lines(&self.look("overflow", vec![]).await)
    }

    /// Lines of text that overlap.
    pub async fn overlaps(&self) -> Vec<String> {
        lines(&self.look("overlaps", vec![]).await)
    }

    /// Makes every text a third longer, as another language may, until called with `false`; returns the number of
    /// texts.
    pub async fn lengthen(&self, on: bool) -> u64 {
        self.look("lengthen", vec![json!(on)]).await.as_u64().unwrap_or_default()
    }

    /// Waits until the head and the foot of the page are wholly inside the window.
    pub async fn framed(&self) {
        until("the head and the foot in sight", async || {
            let frame = self.look("frame", vec![]).await;
            let height = frame["height"].as_f64().unwrap_or_default();
            let inside = |part: &Value| {
                let (top, bottom) = (part[0].as_f64(), part[1].as_f64());
                top.is_some_and(|top| top > -1.0) && bottom.is_some_and(|bottom| bottom < height + 1.0)
            };
            let footer = &frame["footer"];
            if inside(&frame["header"]) && (footer.is_null() || inside(footer)) {
                Ok(())
            } else {
                Err(frame.to_string())
            }
        })
        .await;
    }

    /// Whether data that sets `window.__pwned` was run as a script.
    pub async fn was_run(&self) -> bool {
        self.look("run", vec![]).await == true
    }

    /// Runs axe with all its rules, contrast included, and returns the violations.
    pub async fn axe(&self) -> Vec<String> {
        self.bring_axe().await;
        let script = "const done = arguments[arguments.length - 1];
            const told = ({ id, nodes }) => nodes.map((node) => {
                const seen = node.any[0]?.data;
                return `${id}: ${node.html.slice(0, 160)} ${seen ? JSON.stringify(seen).slice(0, 200) : ''}`;
            });
            window.axe.run(document).then(
                ({ violations, passes }) => done({ violations: violations.flatMap(told), passes: passes.length }),
                (error) => done({ violations: [`axe: ${error}`], passes: 0 }));";
        let found = self.client.execute_async(script, vec![]).await.expect("axe runs");
        assert!(found["passes"].as_u64().is_some_and(|passes| passes > 10), "axe looked at nothing: {found}");
        lines(&found["violations"])
    }

    /// The tab stops without an accessible name.
    pub async fn nameless(&self) -> Vec<String> {
        self.bring_axe().await;
        lines(&self.look("nameless", vec![]).await)
    }

    /// Takes a picture of the page once nothing on it moves any more.
    pub async fn picture(&self) -> Shot {
        let mut before = self.glance().await;
        until("a page that does not move", async || {
            tokio::time::sleep(REST).await;
            let now = self.glance().await;
            let is_still = now == before;
            before = now;
            if is_still { Ok(before.clone()) } else { Err("it moves".to_owned()) }
        })
        .await
    }

    /// Scrolls down by one page; returns whether it was at the end already.
    pub async fn scroll_on(&self) -> bool {
        let script = "(() => { const page = document.querySelector('main'), before = page.scrollTop;
            page.scrollBy(0, page.clientHeight * 0.9); return page.scrollTop === before; })()";
        self.evaluate(script).await == true
    }

    pub async fn scroll_up(&self) {
        self.evaluate("document.querySelector('main').scrollTo(0, 0)").await;
    }

    /// Draws a line of text with the page's own engine, on a strip of this size.
    pub async fn lettering(&self, text: &str, width: u32, height: u32, colours: [&str; 2]) -> Shot {
        let [ink, ground] = colours;
        let given = vec![json!(text), json!(width), json!(height), json!(ink), json!(ground)];
        let pixels = self.look("lettering", given).await;
        let pixels = pixels.as_array().expect("pixels");
        let byte = |value: &Value| value.as_u64().and_then(|value| u8::try_from(value).ok()).unwrap_or(0);
        let rgb = pixels.chunks_exact(4).flat_map(|p| [byte(&p[0]), byte(&p[1]), byte(&p[2])]).collect();
        Shot { width, height, rgb }
    }

    /// The driver's own screenshot waits for a paint, which never comes on a page that does not change.
    async fn glance(&self) -> Shot {
        until("the whole window on the display", async || {
            let window = self.onlooker.window(&self.class).ok_or("no such window")?;
            self.onlooker.picture(window).ok_or_else(|| "a part of it".to_owned())
        })
        .await
    }

    async fn bring_axe(&self) {
        let there = self.client.execute("return typeof window.axe === 'object';", vec![]).await;
        if there.is_ok_and(|there| there == true) {
            return;
        }
        let axe = std::fs::read_to_string(Path::new(AXE));
        let axe = axe.unwrap_or_else(|e| panic!("axe-core is missing, scripts/page.sh brings it: {e}"));
        self.client.execute(&axe, vec![]).await.expect("the page takes axe");
    }
}

fn lines(told: &Value) -> Vec<String> {
    let told = told.as_array().unwrap_or_else(|| panic!("no list: {told}"));
    told.iter().map(|line| line.as_str().map_or_else(|| line.to_string(), str::to_owned)).collect()
}
