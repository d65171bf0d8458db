//! The window's position and size, saved in one small file for the next time it opens.
//!
//! A saved position that is on no screen any more is ignored. Wayland has no positions.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Manager as _, PhysicalPosition, WebviewWindow};

use crate::config::files;

/// Space for the frame that some window managers draw around the window.
const FRAME_SIZE: f64 = 32.0;

/// The geometry is saved when the window has not moved for this time.
const SETTLE_TIME: Duration = Duration::from_secs(1);

/// Longest file that is read, in bytes.
const MAX_FILE_SIZE: u64 = 4096;

/// The saved and the current geometry of the window.
#[derive(Debug, Default)]
pub struct GeometryStore(Mutex<GeometryState>);

#[derive(Debug, Default)]
struct GeometryState {
    /// `None` if nothing is to be saved.
    file: Option<PathBuf>,
    saved: Option<Geometry>,
    now: Option<Geometry>,
    /// Height of the page's first screen, since the window was created.
    height: Option<f64>,
    /// Number of recorded geometries; shows whether the window has moved since.
    generation: u64,
}

/// The corner of the window's frame in physical pixels of the desktop, and its inner size in logical pixels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Geometry {
    /// From the left; `None` if the desktop does not report it.
    x: Option<i32>,
    /// From the top; `None` like `x`.
    y: Option<i32>,
    width: f64,
    /// Height of the page's first screen, so that the window does not grow visibly the next time it opens.
    #[serde(default)]
    height: Option<f64>,
}

/// A screen without its panels, in physical pixels of the desktop.
#[derive(Clone, Copy, Debug, PartialEq)]
struct WorkArea {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    scale: f64,
}

/// Where a window is created, in logical pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct InitialGeometry {
    /// Upper left corner; `None` for the middle of the screen.
    pub(super) corner: Option<(f64, f64)>,
    pub(super) width: f64,
    /// Height until the page reports its own.
    pub(super) height: f64,
}

/// Reads the geometry of the last window. With `None`, nothing is read and nothing is saved later.
pub fn load(app: &AppHandle, file: Option<PathBuf>) {
    let saved = file.as_ref().and_then(|file| files::read_small(file, MAX_FILE_SIZE).ok());
    let saved = saved.and_then(|text| serde_json::from_slice(&text).ok());
    with(app, |state| *state = GeometryState { file, saved, ..GeometryState::default() });
}

/// Records the geometry of the window, and saves it once the window has not moved for 1 s.
pub(super) fn record(window: &WebviewWindow) {
    let (Ok(scale), Ok(size)) = (window.scale_factor(), window.inner_size()) else { return };
    let corner = window.outer_position().ok().filter(|_| can_be_placed());
    let width = size.to_logical::<f64>(scale).width;
    let generation = with(window.app_handle(), |state| {
        let height = state.height.or_else(|| state.saved.and_then(|saved| saved.height));
        state.now = Some(Geometry { x: corner.map(|c| c.x), y: corner.map(|c| c.y), width, height });
        state.generation += 1;
        state.generation
    });
    let app = window.app_handle().clone();
    // Not only saved on closing: when the session ends, the window is not closed first.
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(SETTLE_TIME).await;
        if with(&app, |state| state.generation == generation) {
            save(&app);
        }
    });
}

/// Records the height of the page, only the first time since the window was created.
pub(super) fn record_height(window: &WebviewWindow, height: f64) {
    let is_first = with(window.app_handle(), |state| {
        let is_first = state.height.is_none();
        state.height.get_or_insert(height);
        is_first
    });
    if is_first {
        record(window);
    }
}

/// Saves the last recorded geometry, if it differs from the saved one.
pub fn save(app: &AppHandle) {
    with(app, |state| {
        let Some(now) = state.now.take().filter(|now| state.saved != Some(*now)) else { return };
        state.saved = Some(now);
        let Some(file) = &state.file else { return };
        let saved = serde_json::to_vec(&now).map_err(std::io::Error::from);
        if let Err(error) = saved.and_then(|text| files::replace(file, &text)) {
            tracing::warn!(%error, "the window's place was not saved");
        }
    });
}

/// Returns where the window opens: where it was, else near the click that asked for it, else in the middle.
pub(super) fn initial(app: &AppHandle, near: Option<(f64, f64)>, least: f64, height: f64) -> InitialGeometry {
    let saved = with(app, |state| {
        state.height = None;
        state.saved
    });
    let monitors = app.available_monitors().unwrap_or_default();
    let areas: Vec<WorkArea> = monitors
        .iter()
        .map(|monitor| {
            let (area, scale) = (monitor.work_area(), monitor.scale_factor());
            let (x, y) = (f64::from(area.position.x), f64::from(area.position.y));
            WorkArea { x, y, width: f64::from(area.size.width), height: f64::from(area.size.height), scale }
        })
        .collect();
    let width = saved.map_or(least, |saved| saved.width).max(least);
    let height = saved.and_then(|saved| saved.height).unwrap_or(height);
    if !can_be_placed() {
        return InitialGeometry { corner: None, width, height };
    }
    choose(saved, near, &areas, (width, least, height))
}

/// Chooses the position; `size` is the wanted width, the minimum width and the height, in logical pixels.
fn choose(
    saved: Option<Geometry>,
    near: Option<(f64, f64)>,
    areas: &[WorkArea],
    size: (f64, f64, f64),
) -> InitialGeometry {
    let (width, least, height) = size;
    let corner = saved.and_then(|saved| Some((f64::from(saved.x?), f64::from(saved.y?))));
    let was = corner.and_then(|(x, y)| {
        // The middle of its title bar must still be on a screen.
        let area = areas.iter().find(|a| a.contains(x + width * a.scale / 2.0, y + FRAME_SIZE / 2.0))?;
        Some((area, x, y))
    });
    let asked = near.filter(|_| corner.is_none()).and_then(|(x, y)| {
        let area = areas.iter().min_by(|a, b| a.distance(x, y).total_cmp(&b.distance(x, y)))?;
        let below = y < area.y + area.height / 2.0;
        let top = if below { y } else { y - (height + FRAME_SIZE) * area.scale };
        Some((area, x - width * area.scale / 2.0, top))
    });
    let Some((area, x, y)) = was.or(asked) else { return InitialGeometry { corner: None, width, height } };
    let width = width.min(area.width / area.scale).max(least);
    let (right, bottom) = (width * area.scale, (height + FRAME_SIZE) * area.scale);
    let x = x.min(area.x + area.width - right).max(area.x);
    let y = y.min(area.y + area.height - bottom).max(area.y);
    InitialGeometry { corner: Some((x / area.scale, y / area.scale)), width, height }
}

impl WorkArea {
    fn contains(&self, x: f64, y: f64) -> bool {
        (self.x..self.x + self.width).contains(&x) && (self.y..self.y + self.height).contains(&y)
    }

    fn distance(&self, x: f64, y: f64) -> f64 {
        let beyond = |at: f64, from: f64, length: f64| (from - at).max(at - from - length).max(0.0);
        beyond(x, self.x, self.width).hypot(beyond(y, self.y, self.height))
    }
}

/// `false` on Wayland, where programs can neither read nor set the position of their windows.
fn can_be_placed() -> bool {
    !(cfg!(target_os = "linux") && std::env::var_os("WAYLAND_DISPLAY").is_some_and(|d| !d.is_empty()))
}

/// Moves a window up if it has grown beyond the bottom of its screen.
pub(super) fn keep_on_screen(window: &WebviewWindow, height: f64) {
    let (Ok(corner), Ok(Some(monitor))) = (window.outer_position(), window.current_monitor()) else { return };
    if !can_be_placed() {
        return;
    }
    let area = monitor.work_area();
    let end = f64::from(area.position.y) + f64::from(area.size.height);
    let highest = end - (height + FRAME_SIZE) * monitor.scale_factor();
    if f64::from(corner.y) > highest {
        #[expect(clippy::cast_possible_truncation, reason = "pixels of a screen")]
        let y = highest.max(f64::from(area.position.y)) as i32;
        let _ = window.set_position(PhysicalPosition::new(corner.x, y));
    }
}

fn with<T>(app: &AppHandle, act: impl FnOnce(&mut GeometryState) -> T) -> T {
    act(&mut app.state::<GeometryStore>().0.lock().unwrap_or_else(PoisonError::into_inner))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEFT: WorkArea = WorkArea { x: 0.0, y: 30.0, width: 1280.0, height: 770.0, scale: 1.0 };
    const RIGHT: WorkArea = WorkArea { x: 1280.0, y: 0.0, width: 2560.0, height: 1440.0, scale: 2.0 };
    const SIZE: (f64, f64, f64) = (380.0, 380.0, 520.0);

    fn saved(x: i32, y: i32) -> Geometry {
        Geometry { x: Some(x), y: Some(y), width: 380.0, height: None }
    }

    #[test]
    fn it_opens_where_it_was_on_whichever_screen() {
        let both = [LEFT, RIGHT];
        assert_eq!(choose(Some(saved(100, 60)), None, &both, SIZE).corner, Some((100.0, 60.0)));
        assert_eq!(
            choose(Some(saved(1600, 60)), None, &both, SIZE).corner,
            Some((800.0, 30.0)),
            "in the page's pixels"
        );
        assert_eq!(
            choose(Some(saved(100, 60)), Some((900.0, 10.0)), &both, SIZE).corner,
            Some((100.0, 60.0))
        );
    }

    #[test]
    fn a_place_that_no_screen_shows_is_forgotten_and_one_half_outside_is_moved_in() {
        assert_eq!(choose(Some(saved(1600, 60)), None, &[LEFT], SIZE).corner, None, "its screen is gone");
        assert_eq!(choose(Some(saved(100, -500)), None, &[LEFT], SIZE).corner, None);
        assert_eq!(choose(Some(saved(1000, 700)), None, &[LEFT], SIZE).corner, Some((900.0, 248.0)));
        assert_eq!(choose(Some(saved(-100, 40)), None, &[LEFT], SIZE).corner, Some((0.0, 40.0)));
        assert_eq!(choose(Some(saved(100, 60)), None, &[], SIZE).corner, None);
        let small = WorkArea { width: 300.0, height: 200.0, ..LEFT };
        assert_eq!(choose(Some(saved(0, 40)), None, &[small], SIZE).corner, Some((0.0, 30.0)));
    }

    #[test]
    fn at_first_it_opens_near_the_click_below_a_panel_or_above_it() {
        let near = |x, y| choose(None, Some((x, y)), &[LEFT], SIZE).corner;
        assert_eq!(near(1260.0, 15.0), Some((900.0, 30.0)), "below a panel at the top");
        assert_eq!(near(640.0, 795.0), Some((450.0, 243.0)), "above one at the bottom");
        assert_eq!(choose(None, None, &[LEFT], SIZE).corner, None, "in the middle where nobody clicked");
    }

    #[test]
    fn a_width_wider_than_the_screen_is_cut_to_it() {
        let wide = (5000.0, 380.0, 520.0);
        let opening = choose(Some(saved(0, 40)), None, &[WorkArea { width: 6000.0, ..LEFT }], wide);
        assert!((opening.width - 5000.0).abs() < 0.1);
        let cut = choose(Some(saved(-2000, 40)), None, &[LEFT], wide);
        assert!((cut.width - 1280.0).abs() < 0.1, "{cut:?}");
    }
}
