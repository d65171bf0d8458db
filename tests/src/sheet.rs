//! The contact sheet: every screen and every state, light beside dark. People judge the pictures; nothing is compared
//! here.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::page::Page;
use crate::screen::Shot;
use crate::session::Session;

/// Height of the strip with a picture's name.
const STRIP: u32 = 28;
/// Space between pictures.
const GAP: u32 = 12;
/// Number of pairs of pictures side by side.
const COLUMNS: usize = 5;
/// Background colour.
const GROUND: [u8; 3] = [0x80, 0x80, 0x80];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
}

impl Theme {
    pub const BOTH: [Self; 2] = [Self::Light, Self::Dark];

    /// Its name in settings and file names.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    const fn colours(self) -> [&'static str; 2] {
        match self {
            Self::Light => ["#000", "#ddd"],
            Self::Dark => ["#fff", "#333"],
        }
    }
}

impl Session {
    /// Sets the desktop's theme for everything that is started from now on.
    pub fn wear(&mut self, theme: Theme) {
        self.set("GTK_THEME", if theme == Theme::Dark { "Adwaita:dark" } else { "Adwaita" });
    }
}

/// A folder of pictures: one section of the contact sheet.
#[derive(Clone, Debug)]
pub struct Sheet {
    folder: PathBuf,
}

impl Sheet {
    /// Opens a section, in the folder that cargo builds into.
    #[must_use]
    pub fn section(name: &str) -> Self {
        let own = std::env::current_exe().expect("the test's own program");
        let target = own.ancestors().nth(3).expect("the target folder");
        let folder = target.join("contact-sheet").join(name);
        fs::create_dir_all(&folder).expect("a folder for pictures");
        Self { folder }
    }

    /// Keeps a picture of the page with its name above it, once the page has the theme.
    pub async fn keep(&self, page: &Page, name: &str, theme: Theme) {
        page.wears(theme == Theme::Dark).await;
        let picture = page.picture().await;
        let label = format!("{name} · {}", theme.name());
        let strip = page.lettering(&label, picture.width, STRIP, theme.colours()).await;
        let mut whole = Shot::plain(picture.width, STRIP + picture.height, GROUND);
        whole.put(&strip, 0, 0);
        whole.put(&picture, 0, STRIP);
        whole.write(&self.folder.join(format!("{name}.{}.png", theme.name())));
    }
}

/// Combines the pictures of all sections; returns the file, and how many pictures are on it.
///
/// # Errors
///
/// Names the folder that cannot be read.
pub fn compose(folder: &Path) -> Result<(PathBuf, usize), String> {
    let mut pairs: BTreeMap<String, Vec<Shot>> = BTreeMap::new();
    let mut count = 0;
    for section in entries(folder)?.into_iter().filter(|path| path.is_dir()) {
        for file in entries(&section)? {
            let Some((name, _)) = file.to_str().and_then(|name| name.rsplit_once('.')?.0.rsplit_once('.'))
            else {
                continue;
            };
            count += 1;
            // Sorted by name, dark comes before light; the sheet shows light first.
            pairs.entry(name.to_owned()).or_default().insert(0, Shot::read(&file));
        }
    }
    let blocks: Vec<Shot> = pairs.into_values().map(|pair| beside(&pair)).collect();
    let file = folder.join("index.png");
    columns(&blocks).write(&file);
    Ok((file, count))
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let read = fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut found: Vec<PathBuf> = read.filter_map(|entry| Some(entry.ok()?.path())).collect();
    found.sort();
    Ok(found)
}

fn beside(pair: &[Shot]) -> Shot {
    let width = pair.iter().map(|shot| shot.width).sum();
    let height = pair.iter().map(|shot| shot.height).max().unwrap_or(0);
    let mut whole = Shot::plain(width, height, GROUND);
    let mut x = 0;
    for shot in pair {
        whole.put(shot, x, 0);
        x += shot.width;
    }
    whole
}

/// Arranges blocks in columns, each block in the column that is shortest so far.
fn columns(blocks: &[Shot]) -> Shot {
    let wide = blocks.iter().map(|block| block.width).max().unwrap_or(1);
    let mut tops = [GAP; COLUMNS];
    let mut places = Vec::new();
    for block in blocks {
        let column = (0..COLUMNS).min_by_key(|&column| tops[column]).unwrap_or(0);
        places.push((block, column, tops[column]));
        tops[column] += block.height + GAP;
    }
    let across = u32::try_from(COLUMNS).unwrap_or(1) * (wide + GAP) + GAP;
    let mut whole = Shot::plain(across, tops.into_iter().max().unwrap_or(1), GROUND);
    for (block, column, top) in places {
        whole.put(block, GAP + u32::try_from(column).unwrap_or(0) * (wide + GAP), top);
    }
    whole
}
