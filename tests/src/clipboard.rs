//! The clipboard as another program sees it: a separate connection to the display that reads it as any program does on
//! paste, and can take it over. Does not go through the app.

use std::time::Duration;

use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{Atom, AtomEnum, ConnectionExt as _, CreateWindowAux, Window, WindowClass};
use x11rb::rust_connection::RustConnection;
use x11rb::{COPY_DEPTH_FROM_PARENT, COPY_FROM_PARENT, CURRENT_TIME, NONE};

use crate::session::Session;
use crate::wait::until;

#[derive(Debug)]
pub struct Clipboard {
    display: RustConnection,
    window: Window,
    selection: Atom,
}

impl Session {
    /// Opens the clipboard from another program.
    #[must_use]
    pub fn clipboard(&self) -> Clipboard {
        let (display, screen) = RustConnection::connect(Some(self.display())).expect("the display");
        let root = display.setup().roots[screen].root;
        let window = display.generate_id().expect("a number for a window");
        let aux = CreateWindowAux::new();
        let made = display.create_window(
            COPY_DEPTH_FROM_PARENT,
            window,
            root,
            0,
            0,
            1,
            1,
            0,
            WindowClass::INPUT_OUTPUT,
            COPY_FROM_PARENT,
            &aux,
        );
        made.expect("a window").check().expect("a window");
        let selection = atom(&display, "CLIPBOARD");
        Clipboard { display, window, selection }
    }
}

impl Clipboard {
    /// Whether a program offers something to paste.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.owner() != NONE
    }

    /// The text that would be pasted; `None` if there is nothing to paste.
    pub async fn text(&self) -> Option<String> {
        let bytes = self.read("UTF8_STRING").await?;
        Some(String::from_utf8(bytes).expect("text is UTF-8"))
    }

    /// What is offered in another format than text, by its target name; `None` if nothing is.
    pub async fn read(&self, target: &str) -> Option<Vec<u8>> {
        if !self.is_held() {
            return None;
        }
        let (target, place) = (atom(&self.display, target), atom(&self.display, "E2E_PASTED"));
        let asked = self.display.convert_selection(self.window, self.selection, target, place, CURRENT_TIME);
        asked.expect("the display").check().expect("a request to paste");
        let told = until("something to paste", async || {
            let event = self.display.poll_for_event().map_err(|e| e.to_string())?;
            match event {
                Some(Event::SelectionNotify(told)) => Ok(told.property),
                other => Err(format!("{other:?}")),
            }
        })
        .await;
        if told == NONE {
            return None;
        }
        let asked = self.display.get_property(true, self.window, place, AtomEnum::ANY, 0, 1024);
        Some(asked.expect("the display").reply().expect("what was pasted").value)
    }

    /// Takes the clipboard over, like a program in which something else is copied.
    pub fn take_over(&self) {
        let asked = self.display.set_selection_owner(self.window, self.selection, CURRENT_TIME);
        asked.expect("the display").check().expect("the clipboard");
        assert_eq!(self.owner(), self.window, "the clipboard is taken over");
    }

    /// Whether it still holds the clipboard that it took over.
    #[must_use]
    pub fn is_mine(&self) -> bool {
        self.owner() == self.window
    }

    /// The text that another program copies after the takeover; `None` if none does within a second.
    pub async fn written(&self) -> Option<String> {
        for _ in 0..20 {
            if !self.is_mine() {
                return self.text().await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        None
    }

    fn owner(&self) -> Window {
        let asked = self.display.get_selection_owner(self.selection).expect("the display");
        asked.reply().expect("who holds the clipboard").owner
    }
}

fn atom(display: &RustConnection, name: &str) -> Atom {
    let asked = display.intern_atom(false, name.as_bytes()).expect("the display");
    asked.reply().expect("a name's number").atom
}
