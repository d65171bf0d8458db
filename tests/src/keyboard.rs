//! Drives the app's page with the keyboard only: key chords, and Tab to a given element.

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::key::Key;
use serde::Deserialize;

use crate::page::Page;
use crate::wait::until;

/// The focused element, and what can be seen of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Focus {
    /// Its index among all tab stops; negative if it is none of them.
    pub at: i64,
    /// Number of tab stops.
    pub of: i64,
    /// The `data-testid` of the focused element, if it has one.
    pub testid: String,
    /// A description for failure messages.
    pub called: String,
    /// Whether the focus is visible on it.
    pub shown: bool,
    /// Whether some part of it is visible.
    pub in_sight: bool,
}

impl Page {
    /// Presses keys together, such as `Tab`, `Shift+Tab`, `Ctrl+,`.
    pub async fn chord(&self, chord: &str) {
        let keys: Vec<char> = chord.split('+').map(key).collect();
        let mut actions = KeyActions::new("keyboard".to_owned());
        for value in &keys {
            actions = actions.then(KeyAction::Down { value: *value });
        }
        for value in keys.iter().rev() {
            actions = actions.then(KeyAction::Up { value: *value });
        }
        let pressed = self.client.perform_actions(actions).await;
        pressed.unwrap_or_else(|e| panic!("{chord} cannot be pressed: {e}"));
    }

    pub async fn focus(&self) -> Focus {
        let told = self.look("focus", vec![]).await;
        serde_json::from_value(told.clone()).unwrap_or_else(|e| panic!("no focus ({e}): {told}"))
    }

    /// Moves the focus with Tab to an element, found by its `data-testid`; the first one if there are several.
    pub async fn tab_to(&self, id: &str) -> Focus {
        self.find(id).await;
        let mut seen = Vec::new();
        for _ in 0..400 {
            let focus = self.focus().await;
            if focus.testid == id {
                return focus;
            }
            seen.push(focus.called);
            self.chord("Tab").await;
        }
        panic!("Tab does not lead to {id}, only to {:#?}", &seen[seen.len().saturating_sub(40)..]);
    }

    /// Moves the focus with Tab to an element and presses a key there.
    pub async fn press_on(&self, id: &str, chord: &str) {
        self.tab_to(id).await;
        self.chord(chord).await;
    }

    /// Moves the focus with Tab through all tab stops and part of the way back; returns what is wrong: a stop that is
    /// left out or in the wrong order, or a focus that cannot be seen.
    pub async fn tab_round(&self) -> Vec<String> {
        self.remember_looks().await;
        let mut wrong = Vec::new();
        let first = self.enter().await;
        let (mut before, mut met) = (first.clone(), 1);
        for _ in 0..2 * first.of + 10 {
            let now = self.step("Tab").await;
            if now.at == first.at {
                break;
            }
            if now.at >= 0 && now.at != before.at {
                met += 1;
                if now.at != (before.at + 1) % now.of {
                    wrong.push(format!("Tab leads from {} to {}", before.called, now.called));
                }
                wrong.extend(unseen(&now));
                before = now;
            }
        }
        if met != before.of {
            wrong.push(format!("Tab meets {met} of {} stops, the last one {}", before.of, before.called));
        }
        let mut before = self.focus().await;
        for _ in 0..4 {
            let now = self.step("Shift+Tab").await;
            if now.at >= 0 && now.at != before.at && (now.at + 1) % now.of != before.at {
                wrong.push(format!("Shift+Tab leads from {} to {}", before.called, now.called));
            }
            before = now;
        }
        wrong
    }

    /// Moves the focus onto the page if it is not there yet.
    async fn enter(&self) -> Focus {
        let mut now = self.focus().await;
        for _ in 0..3 {
            if now.at >= 0 {
                break;
            }
            now = self.step("Tab").await;
        }
        assert!(now.at >= 0, "Tab does not reach the page: {now:?}");
        now
    }

    async fn step(&self, chord: &str) -> Focus {
        self.chord(chord).await;
        let mut focus = self.focus().await;
        // The page scrolls to the focus with a delay.
        for _ in 0..20 {
            if focus.at < 0 || focus.in_sight {
                break;
            }
            focus = self.focus().await;
        }
        focus
    }

    /// Waits until the focus is on an element, found by its `data-testid`.
    pub async fn focused(&self, id: &str) {
        until(&format!("the focus on {id}"), async || {
            let focus = self.focus().await;
            if focus.testid == id { Ok(()) } else { Err(focus.called) }
        })
        .await;
    }
}

fn unseen(focus: &Focus) -> Option<String> {
    let fault = match (focus.shown, focus.in_sight) {
        (true, true) => return None,
        (false, _) => "looks no different with the focus",
        (true, false) => "has the focus out of sight",
    };
    Some(format!("{} {fault}", focus.called))
}

fn key(name: &str) -> char {
    match name {
        "Tab" => Key::Tab.into(),
        "Shift" => Key::Shift.into(),
        "Ctrl" => Key::Control.into(),
        "Alt" => Key::Alt.into(),
        "Enter" => Key::Enter.into(),
        "Space" => ' ',
        "Esc" => Key::Escape.into(),
        "Up" => Key::Up.into(),
        "Down" => Key::Down.into(),
        "Left" => Key::Left.into(),
        "Right" => Key::Right.into(),
        "Home" => Key::Home.into(),
        "End" => Key::End.into(),
        _ => {
            let mut signs = name.chars();
            let sign = signs.next().filter(|_| signs.next().is_none());
            sign.unwrap_or_else(|| panic!("no such key: {name:?}"))
        }
    }
}
