//! The tray item as a host sees it: reads a `StatusNotifierItem` and its menu over the bus. Does not look at the
//! screen.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use futures_util::StreamExt as _;
use zbus::message::Type;
use zbus::{Connection, MatchRule, MessageStream};
use zbus::{OwnedVariant, Structure, Variant};

use crate::bus::Address;
use crate::session::Session;
use crate::wait::until;

const ITEM: &str = "org.kde.StatusNotifierItem";
const MENU: &str = "com.canonical.dbusmenu";

/// One item that is registered with the tray host.
#[derive(Clone, Debug)]
pub struct Item {
    bus: Connection,
    service: String,
    path: String,
}

/// The icon of an item at one size.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pixmap {
    pub width: i32,
    pub height: i32,
    /// Four bytes per pixel: alpha, red, green, blue.
    pub argb: Vec<u8>,
}

/// One entry of an item's menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The id by which the item identifies it.
    pub id: i32,
    /// Without the underscores that mark its access key.
    pub label: String,
    pub enabled: bool,
    /// Whether it is a line between groups.
    pub separator: bool,
}

/// The signals that an item and its menu sent, by name.
#[derive(Clone, Debug, Default)]
pub struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    /// How often that signal was sent so far.
    #[must_use]
    pub fn times(&self, signal: &str) -> usize {
        self.0.lock().expect("one at a time").iter().filter(|told| *told == signal).count()
    }
}

impl Session {
    /// The items registered with the tray host; empty if there is no host.
    pub async fn tray_items(&self) -> Vec<Item> {
        let watcher = Address { service: "org.kde.StatusNotifierWatcher", path: "/StatusNotifierWatcher" };
        let items = watcher.get(self.bus(), watcher.service, "RegisteredStatusNotifierItems").await;
        let items: Vec<String> = items.ok().and_then(|items| items.try_into().ok()).unwrap_or_default();
        let item = |name: &String| {
            let (service, path) =
                name.find('/').map_or((name.as_str(), "/StatusNotifierItem"), |at| name.split_at(at));
            Item { bus: self.bus().clone(), service: service.to_owned(), path: path.to_owned() }
        };
        items.iter().map(item).collect()
    }

    /// Waits for the one item of the app.
    pub async fn tray(&self) -> Item {
        until("one item in the tray", async || {
            let mut items = self.tray_items().await;
            match items.len() {
                1 => Ok(items.remove(0)),
                many => Err(format!("{many} items")),
            }
        })
        .await
    }
}

impl Item {
    /// Its icon, one picture for each size that it offers.
    ///
    /// # Errors
    ///
    /// Returns the message of the bus.
    pub async fn pixmaps(&self) -> Result<Vec<Pixmap>, String> {
        let value = self.get("IconPixmap").await?;
        let sizes: Vec<(i32, i32, Vec<u8>)> = Vec::<Structure<'_>>::try_from(Variant::from(value))
            .map_err(|e| format!("IconPixmap: {e}"))?
            .into_iter()
            .map(|size| size.try_into().map_err(|e: zbus::Error| format!("a size: {e}")))
            .collect::<Result<_, _>>()?;
        Ok(sizes.into_iter().map(|(width, height, argb)| Pixmap { width, height, argb }).collect())
    }

    /// Its icon at the largest size that it offers.
    ///
    /// # Errors
    ///
    /// Returns the message of the bus, or that there is no icon.
    pub async fn picture(&self) -> Result<Pixmap, String> {
        let sizes = self.pixmaps().await?;
        sizes.into_iter().max_by_key(|size| size.width).ok_or_else(|| "no picture".to_owned())
    }

    /// Its title.
    ///
    /// # Errors
    ///
    /// Returns the message of the bus.
    pub async fn title(&self) -> Result<String, String> {
        self.get("Title").await?.try_into().map_err(|e| format!("Title: {e}"))
    }

    /// Its tooltip: title and text, with a line break between them if it has both.
    ///
    /// # Errors
    ///
    /// Returns the message of the bus.
    pub async fn tooltip(&self) -> Result<String, String> {
        let value = self.get("ToolTip").await?;
        let structure = Structure::try_from(Variant::from(value)).map_err(|e| format!("ToolTip: {e}"))?;
        let texts = structure.fields().iter().filter_map(|field| field.downcast_ref::<String>().ok());
        // The first of the three texts is the name of an icon.
        let texts: Vec<String> = texts.skip(1).filter(|text| !text.is_empty()).collect();
        Ok(texts.join("\n"))
    }

    /// Clicks on it with the left button, as a host does.
    pub async fn activate(&self) {
        let reply = self.at(&self.path).call(&self.bus, ITEM, "Activate", &(1200_i32, 16_i32)).await;
        reply.expect("the item takes a click");
    }

    /// The entries of its menu, those of submenus included.
    ///
    /// # Errors
    ///
    /// Returns the message of the bus.
    pub async fn menu(&self) -> Result<Vec<Entry>, String> {
        let path = self.menu_path().await?;
        let properties: Vec<&str> = Vec::new();
        let reply = self.at(&path).call(&self.bus, MENU, "GetLayout", &(0_i32, -1_i32, properties)).await?;
        let layout: (u32, Node) = reply.body().deserialize().map_err(|e| format!("GetLayout: {e}"))?;
        let mut entries = Vec::new();
        collect(layout.1, &mut entries);
        Ok(entries)
    }

    /// The labels of its menu, one per line.
    ///
    /// # Errors
    ///
    /// Returns the message of the bus.
    pub async fn menu_text(&self) -> Result<String, String> {
        let entries = self.menu().await?;
        Ok(entries.into_iter().map(|entry| entry.label).collect::<Vec<_>>().join("\n"))
    }

    /// Chooses the menu entry with this label.
    pub async fn choose(&self, label: &str) {
        // The menu may have changed since it was read; a host then reads it again.
        until(&format!("a click on {label:?}"), async || match self.try_choose(label).await {
            Err(error) if error.contains("id not found") => Err(error),
            clicked => Ok(clicked),
        })
        .await
        .expect("the menu takes a click");
    }

    /// Chooses `Quit`; the item may be gone before it has answered the call.
    pub async fn quit(&self) {
        let clicked = self.try_choose("Quit").await;
        assert!(clicked.as_ref().err().is_none_or(|e| e.contains("NoReply")), "{clicked:?}");
    }

    /// Records the signals that the item and its menu send from now on.
    pub async fn told(&self) -> Told {
        let told = Told::default();
        for interface in [ITEM, MENU] {
            let rule = MatchRule::builder().msg_type(Type::Signal).interface(interface).build();
            let heard = MessageStream::for_match_rule(rule.expect("a rule"), &self.bus, None).await;
            let mut heard = heard.expect("the bus lets us listen");
            let told = told.clone();
            tokio::spawn(async move {
                while let Some(Ok(signal)) = heard.next().await {
                    let name = signal.header().member().map(ToString::to_string).unwrap_or_default();
                    told.0.lock().expect("one at a time").push(name);
                }
            });
        }
        told
    }

    async fn try_choose(&self, label: &str) -> Result<(), String> {
        let entries = self.menu().await.expect("the item's menu");
        let entry = entries.iter().find(|entry| entry.label == label);
        let entry = entry.unwrap_or_else(|| panic!("no entry {label:?} in {entries:#?}"));
        assert!(entry.enabled, "{label:?} can be chosen");
        let path = self.menu_path().await.expect("the path of the item's menu");
        let event = (entry.id, "clicked", Variant::from(0_i32), 0_u32);
        self.at(&path).call(&self.bus, MENU, "Event", &event).await.map(drop)
    }

    async fn menu_path(&self) -> Result<String, String> {
        let path: zbus::OwnedObjectPath =
            self.get("Menu").await?.try_into().map_err(|e| format!("Menu: {e}"))?;
        Ok(path.to_string())
    }

    async fn get(&self, property: &str) -> Result<OwnedVariant, String> {
        self.at(&self.path).get(&self.bus, ITEM, property).await
    }

    fn at<'a>(&'a self, path: &'a str) -> Address<'a> {
        Address { service: &self.service, path }
    }
}

/// A menu entry: id, properties, and the entries below it.
type Node = (i32, HashMap<String, OwnedVariant>, Vec<OwnedVariant>);

fn collect(node: Node, into: &mut Vec<Entry>) {
    let (id, properties, children) = node;
    let text = |name: &str| properties.get(name).and_then(|v| v.downcast_ref::<String>().ok());
    let told = |name: &str| properties.get(name).and_then(|v| v.downcast_ref::<bool>().ok()).unwrap_or(true);
    if id != 0 && told("visible") {
        into.push(Entry {
            id,
            label: text("label").unwrap_or_default().replace('_', ""),
            enabled: told("enabled"),
            separator: text("type").as_deref() == Some("separator"),
        });
    }
    for child in children {
        let child = Structure::try_from(Variant::from(child)).expect("a line of the menu is a structure");
        collect(Node::try_from(child).expect("a line of the menu has three parts"), into);
    }
}
