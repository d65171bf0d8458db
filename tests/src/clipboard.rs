//! Another program's view of the clipboard.
//!
//! Owns a connection to the display of its own: it reads what is there as any program does that one pastes into, and
//! can take the clipboard over. Refuses to go through the app.

use std::time::Duration;

use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{Atom, AtomEnum, ConnectionExt as _, CreateWindowAux, Window, WindowClass};
use x11rb::rust_connection::RustConnection;
use x11rb::{COPY_DEPTH_FROM_PARENT, COPY_FROM_PARENT, CURRENT_TIME, NONE};

use crate::session::Session;
use crate::wait::until;

/// Another program's view of the clipboard.
#[derive(Debug)]
pub struct Clipboard {
    display: RustConnection,
    window: Window,
    selection: Atom,
}

impl Session {
    /// Looks at the clipboard from another program.
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
    /// Tells whether some program offers something to paste.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.owner() != NONE
    }

    /// Gives the text that would be pasted; `None` where there is nothing to paste.
    pub async fn text(&self) -> Option<String> {
        let bytes = self.read("UTF8_STRING").await?;
        Some(String::from_utf8(bytes).expect("text is UTF-8"))
    }

    /// Gives what is offered under another name than text's; `None` where nothing is.
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

    /// Takes the clipboard over, as a program does in which something else is copied.
    pub fn take_over(&self) {
        let asked = self.display.set_selection_owner(self.window, self.selection, CURRENT_TIME);
        asked.expect("the display").check().expect("the clipboard");
        assert_eq!(self.owner(), self.window, "the clipboard is taken over");
    }

    /// Tells whether it still holds what it took over.
    #[must_use]
    pub fn is_mine(&self) -> bool {
        self.owner() == self.window
    }

    /// Gives the text that some program puts there in place of what was taken over; `None` where none does so soon.
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
