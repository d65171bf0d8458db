//! The desktop's own dialog for choosing a file. The file itself is neither read nor written here.

use std::path::PathBuf;

use tauri::AppHandle;
use tidemark_core::text::Words;

/// Asks the user where to save; `None` if the user cancels.
pub async fn save(app: &AppHandle, words: &Words, name: &'static str) -> Option<PathBuf> {
    let dialog =
        Dialog { title: words.say("file-export"), accept: words.say("file-save"), ..Dialog::of(words) };
    system::choose(app, Dialog { save_as: Some(name), ..dialog }).await
}

/// Asks the user which file to open; `None` if the user cancels.
pub async fn open(app: &AppHandle, words: &Words) -> Option<PathBuf> {
    system::choose(app, Dialog::of(words)).await
}

/// The texts of a dialog.
struct Dialog {
    title: String,
    accept: String,
    cancel: String,
    kind: String,
    /// Proposed file name; only a dialog for saving has one.
    save_as: Option<&'static str>,
}

impl Dialog {
    fn of(words: &Words) -> Self {
        Self {
            title: words.say("file-import"),
            accept: words.say("file-open"),
            cancel: words.say("file-cancel"),
            kind: words.say("file-dialog"),
            save_as: None,
        }
    }
}

#[cfg(target_os = "linux")]
mod system {
    use std::cell::RefCell;
    use std::path::{Path, PathBuf};
    use std::rc::Rc;

    use gtk::prelude::{FileChooserExt as _, NativeDialogExt as _};
    use gtk::{FileChooserAction, FileChooserNative, FileFilter, ResponseType, Window};
    use tauri::AppHandle;
    use tokio::sync::oneshot::{self, Sender};

    use super::Dialog;
    use crate::desktop::window;
    use crate::hardening::Inspectable;

    pub(super) async fn choose(app: &AppHandle, dialog: Dialog) -> Option<PathBuf> {
        let (sender, receiver) = oneshot::channel();
        let handle = app.clone();
        // Dialogs must be used on the main thread.
        app.run_on_main_thread(move || show(&handle, &dialog, sender)).ok()?;
        receiver.await.ok().flatten()
    }

    /// Shows GTK's own dialog, or that of the desktop's portal if the session uses one.
    fn show(app: &AppHandle, dialog: &Dialog, sender: Sender<Option<PathBuf>>) {
        let above: Option<Window> = window::gtk_window(app).map(gtk::glib::Cast::upcast);
        let action = if dialog.save_as.is_some() { FileChooserAction::Save } else { FileChooserAction::Open };
        let chooser = FileChooserNative::new(
            Some(&dialog.title),
            above.as_ref(),
            action,
            Some(&dialog.accept),
            Some(&dialog.cancel),
        );
        let filter = FileFilter::new();
        filter.set_name(Some(&dialog.kind));
        filter.add_pattern("*.json");
        chooser.add_filter(filter);
        if let Some(name) = dialog.save_as {
            chooser.set_current_name(name);
            chooser.set_do_overwrite_confirmation(true);
        }
        chooser.set_modal(true);
        let inspectable = uses_portal().then(Inspectable::new);
        // Keeps the dialog alive until it is answered: there is no other reference to it.
        let held = Rc::new(RefCell::new(Some((chooser.clone(), sender, inspectable))));
        chooser.connect_response(move |chooser, response| {
            let Some((_, sender, _inspectable)) = held.borrow_mut().take() else { return };
            let chosen = (response == ResponseType::Accept).then(|| chooser.filename()).flatten();
            // Fails only if the page is gone.
            let _ = sender.send(chosen);
            chooser.destroy();
        });
        chooser.show();
    }

    /// Returns whether GTK uses the desktop's portal for its dialogs, by the same checks as GTK itself.
    fn uses_portal() -> bool {
        std::env::var_os("GTK_USE_PORTAL").is_some_and(|value| value.as_encoded_bytes().starts_with(b"1"))
            || std::env::var_os("XDG_RUNTIME_DIR")
                .is_some_and(|dir| Path::new(&dir).join("flatpak-info").exists())
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::path::PathBuf;

    use tauri::AppHandle;

    use super::Dialog;

    pub(super) async fn choose(_app: &AppHandle, dialog: Dialog) -> Option<PathBuf> {
        let Dialog { title, kind, save_as, .. } = dialog;
        let asked = rfd::AsyncFileDialog::new().set_title(title).add_filter(kind, &["json"]);
        let chosen = match save_as {
            Some(name) => asked.set_file_name(name).save_file().await,
            None => asked.pick_file().await,
        };
        chosen.map(|file| file.path().to_owned())
    }
}
