//! One key combination, grabbed on the whole X11 display.
//!
//! The grab has a separate connection and a thread that sleeps until the keys are pressed. The display sends it no
//! other keys.

use std::sync::Arc;

use tidemark_core::habits::Calling;
use tidemark_core::shortcut::{Key, Shortcut};
use x11rb::CURRENT_TIME;
use x11rb::connection::Connection as _;
use x11rb::errors::ReplyError;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ClientMessageEvent, ConnectionExt as _, CreateWindowAux, EventMask, GrabMode, ModMask,
    Window, WindowClass,
};
use x11rb::protocol::{ErrorKind, Event};
use x11rb::rust_connection::RustConnection;

/// The grab must work with and without Caps Lock and Num Lock: the display treats them as held keys.
const LOCKS: [u16; 4] = [0, LOCK, NUM, LOCK | NUM];
const LOCK: u16 = 1 << 1;
const NUM: u16 = 1 << 4;

/// Why the shortcut could not be grabbed.
#[derive(Debug, thiserror::Error)]
enum GrabError {
    #[error("another program has it")]
    Taken,
    #[error("the keyboard has no such key")]
    NoSuchKey,
    #[error("the display cannot be asked: {0}")]
    Display(String),
}

/// The active X11 key grab; dropping it releases the shortcut.
#[derive(Debug)]
pub(super) struct X11Grab {
    connection: Arc<X11Connection>,
}

#[derive(Debug)]
struct X11Connection {
    display: RustConnection,
    root: Window,
    /// Window that receives the shutdown event for the grab thread.
    wake_window: Window,
    active: Atom,
    owner: Atom,
}

impl Drop for X11Grab {
    fn drop(&mut self) {
        let X11Connection { display, root, wake_window, .. } = &*self.connection;
        // Released before this returns, so that it can be grabbed again immediately.
        if let Ok(freed) = display.ungrab_key(0_u8, *root, ModMask::ANY) {
            let _ = freed.check();
        }
        let end = ClientMessageEvent::new(32, *wake_window, AtomEnum::NONE, [0; 5]);
        // If the display is gone, the thread has ended too.
        let _ = display.send_event(false, *wake_window, EventMask::NO_EVENT, end);
        let _ = display.flush();
    }
}

/// Grabs a shortcut; `on_pressed` is called with whether our window is in front.
pub(super) fn register(
    shortcut: Shortcut,
    on_pressed: impl Fn(bool) + Send + 'static,
) -> Result<X11Grab, Calling> {
    let to_status = |why: GrabError| {
        tracing::info!(%why, "the shortcut is not to be had");
        match why {
            GrabError::Taken => Calling::Taken(shortcut),
            GrabError::NoSuchKey => Calling::NoSuchKey(shortcut),
            GrabError::Display(_) => Calling::Failed,
        }
    };
    let connection = Arc::new(X11Connection::open().map_err(to_status)?);
    connection.grab(shortcut).map_err(to_status)?;
    let grab = X11Grab { connection: Arc::clone(&connection) };
    let thread = std::thread::Builder::new().name("shortcut".to_owned());
    let thread = thread.spawn(move || connection.run_event_loop(shortcut, on_pressed));
    thread.map_err(|error| to_status(GrabError::Display(error.to_string())))?;
    Ok(grab)
}

impl X11Connection {
    fn open() -> Result<Self, GrabError> {
        let (display, screen) = RustConnection::connect(None).map_err(display_error)?;
        let root = display.setup().roots.get(screen).map(|screen| screen.root);
        let root = root.ok_or_else(|| GrabError::Display("it has no screen".to_owned()))?;
        let wake_window = display.generate_id().map_err(display_error)?;
        let (kind, aux) = (WindowClass::INPUT_ONLY, CreateWindowAux::new());
        display.create_window(0, wake_window, root, 0, 0, 1, 1, 0, kind, 0, &aux).map_err(display_error)?;
        let atom = |name: &str| {
            let asked = display.intern_atom(false, name.as_bytes()).map_err(display_error)?;
            asked.reply().map(|reply| reply.atom).map_err(display_error)
        };
        let (active, owner) = (atom("_NET_ACTIVE_WINDOW")?, atom("_NET_WM_PID")?);
        Ok(Self { display, root, wake_window, active, owner })
    }

    fn grab(&self, shortcut: Shortcut) -> Result<(), GrabError> {
        let (code, held) = (self.keycode(shortcut.key)?, modifier_mask(shortcut));
        for locks in LOCKS {
            let held = ModMask::from(held | locks);
            let (pointer, keyboard) = (GrabMode::ASYNC, GrabMode::ASYNC);
            let asked = self.display.grab_key(false, self.root, held, code, pointer, keyboard);
            asked.map_err(display_error)?.check().map_err(|error| match error {
                ReplyError::X11Error(error) if error.error_kind == ErrorKind::Access => GrabError::Taken,
                error => display_error(error),
            })?;
        }
        Ok(())
    }

    /// Returns the keycode of a key, from the first keyboard layout that has it.
    fn keycode(&self, key: Key) -> Result<u8, GrabError> {
        let setup = self.display.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let asked = self.display.get_keyboard_mapping(first, last - first + 1).map_err(display_error)?;
        let mapping = asked.reply().map_err(display_error)?;
        let (sign, columns) = (keysym(key), usize::from(mapping.keysyms_per_keycode).max(1));
        let codes = || mapping.keysyms.chunks(columns).zip(first..=last);
        let found =
            (0..columns).find_map(|column| codes().find(|(signs, _)| signs.get(column) == Some(&sign)));
        found.map(|(_, code)| code).ok_or(GrabError::NoSuchKey)
    }

    fn run_event_loop(&self, shortcut: Shortcut, on_pressed: impl Fn(bool)) {
        let mut released = CURRENT_TIME;
        loop {
            match self.display.wait_for_event() {
                // A key that is held down is sent as released and pressed with the same timestamp.
                Ok(Event::KeyPress(pressed)) if pressed.time != released => {
                    on_pressed(self.is_ours_in_front());
                }
                Ok(Event::KeyRelease(key)) => released = key.time,
                // The keyboard or its layout has changed.
                Ok(Event::MappingNotify(_)) => {
                    let freed = self.display.ungrab_key(0_u8, self.root, ModMask::ANY);
                    if freed.is_err() || self.grab(shortcut).is_err() {
                        tracing::info!("the hotkey was lost with the keyboard's layout");
                    }
                }
                Ok(Event::ClientMessage(message)) if message.window == self.wake_window => return,
                Ok(_) => {}
                Err(error) => {
                    tracing::info!(%error, "the display no longer tells of the shortcut");
                    return;
                }
            }
        }
    }

    /// Asks the window manager: while the keys are pressed, no window itself counts as focused.
    fn is_ours_in_front(&self) -> bool {
        let number = |window, name, kind: AtomEnum| {
            let asked = self.display.get_property(false, window, name, kind, 0, 1).ok()?;
            asked.reply().ok()?.value32()?.next()
        };
        let front = number(self.root, self.active, AtomEnum::WINDOW);
        let owner = front.and_then(|front| number(front, self.owner, AtomEnum::CARDINAL));
        owner == Some(std::process::id())
    }
}

fn display_error(error: impl std::fmt::Display) -> GrabError {
    GrabError::Display(error.to_string())
}

/// X11's modifier bits: Shift, Control, Mod1 for Alt, Mod4 for the Super key.
fn modifier_mask(shortcut: Shortcut) -> u16 {
    let Shortcut { ctrl, alt, shift, system, .. } = shortcut;
    u16::from(shift) | u16::from(ctrl) << 2 | u16::from(alt) << 3 | u16::from(system) << 6
}

/// X11's keysym of a key.
fn keysym(key: Key) -> u32 {
    match key {
        Key::Letter(letter) => u32::from(letter.to_ascii_lowercase()),
        Key::Digit(digit) => u32::from(digit),
        Key::Function(number) => 0xffbe + u32::from(number) - 1,
        Key::Space => 0x20,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_named_as_the_display_names_them() {
        let of = |text: &str| {
            let shortcut = Shortcut::parse(text).unwrap();
            (modifier_mask(shortcut), keysym(shortcut.key))
        };
        assert_eq!(of("Ctrl+Alt+M"), (0b1100, 0x6d));
        assert_eq!(of("Super+Shift+Space"), (0b100_0001, 0x20));
        assert_eq!(of("F12"), (0, 0xffc9));
        assert_eq!(of("Alt+1"), (0b1000, 0x31));
    }
}
