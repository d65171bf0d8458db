//! What can be seen, and heard, of the app's page.
//!
//! Owns pictures of the page, axe inside the real engine, and the look for what is cut or too wide. Refuses to know
//! what the page ought to look like.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::page::Page;
use crate::screen::Shot;
use crate::wait::until;

/// Where axe lies once the page's packages are installed.
const AXE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/node_modules/axe-core/axe.min.js");

/// A page that stays the same for so long does not move.
const REST: Duration = Duration::from_millis(150);

impl Page {
    /// Looks at the page by one of the functions of `sight.js`.
    pub(crate) async fn look(&self, what: &str, mut given: Vec<Value>) -> Value {
        given.insert(0, json!(what));
        let seen = self.client.execute(include_str!("sight.js"), given).await;
        seen.unwrap_or_else(|e| panic!("{what} cannot be seen: {e}"))
    }

    /// Remembers how everything looks without the focus, to tell what a focus changes.
    pub async fn remember_looks(&self) {
        self.look("remember", vec![]).await;
    }

    /// Draws the page that many times as large, and waits until it has found its new shape.
    pub async fn zoom(&self, factor: u8) {
        self.look("zoom", vec![json!(factor)]).await;
        let drawn =
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()));";
        self.client.execute_async(drawn, vec![]).await.expect("the page is drawn");
    }

    /// Waits until the page is dark, or bright.
    pub(crate) async fn wears(&self, dark: bool) {
        until(if dark { "a dark page" } else { "a bright page" }, async || {
            let is_dark = self.look("dark", vec![]).await;
            if is_dark == dark { Ok(()) } else { Err("the other".to_owned()) }
        })
        .await;
    }

    /// Gives what is wider than its room, or cut with no way to read it.
    pub async fn overflow(&self) -> Vec<String> {
        lines(&self.look("overflow", vec![]).await)
    }

    /// Gives the lines of text that lie over one another.
    pub async fn overlaps(&self) -> Vec<String> {
        lines(&self.look("overlaps", vec![]).await)
    }

    /// Makes every text a third longer, as another language may, until it is told otherwise; gives how many.
    pub async fn lengthen(&self, on: bool) -> u64 {
        self.look("lengthen", vec![json!(on)]).await.as_u64().unwrap_or_default()
    }

    /// Waits until head and foot of the page are whole inside the window.
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

    /// Tells whether data that sets `window.__pwned` was run as a script.
    pub async fn was_run(&self) -> bool {
        self.look("run", vec![]).await == true
    }

    /// Runs axe with all its rules, contrast too, and gives what it finds.
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

    /// Gives what Tab stops at and has no name.
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

    /// Scrolls on by what can be seen of the page; tells whether it was at its end.
    pub async fn scroll_on(&self) -> bool {
        let script = "(() => { const page = document.querySelector('main'), before = page.scrollTop;
            page.scrollBy(0, page.clientHeight * 0.9); return page.scrollTop === before; })()";
        self.evaluate(script).await == true
    }

    /// Scrolls to the page's beginning.
    pub async fn scroll_up(&self) {
        self.evaluate("document.querySelector('main').scrollTo(0, 0)").await;
    }

    /// Writes a line of text, as the page's own engine writes, on a strip of that size.
    pub async fn lettering(&self, text: &str, width: u32, height: u32, colours: [&str; 2]) -> Shot {
        let [ink, ground] = colours;
        let given = vec![json!(text), json!(width), json!(height), json!(ink), json!(ground)];
        let pixels = self.look("lettering", given).await;
        let pixels = pixels.as_array().expect("pixels");
        let byte = |value: &Value| value.as_u64().and_then(|value| u8::try_from(value).ok()).unwrap_or(0);
        let rgb = pixels.chunks_exact(4).flat_map(|p| [byte(&p[0]), byte(&p[1]), byte(&p[2])]).collect();
        Shot { width, height, rgb }
    }

    /// The driver's own picture waits for a paint, and of a page that stands still there is none.
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
