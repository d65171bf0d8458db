//! The Secret Service: runs gnome-keyring and reads its content from the service itself, not through the app.

use std::collections::HashMap;
use std::io::Write;
use std::process::Stdio;

use zbus::{ObjectPath, OwnedObjectPath, Variant};

use crate::bus::Address;
use crate::process::Started;
use crate::session::Session;
use crate::wait::until;

const NAME: &str = "org.freedesktop.secrets";
const SERVICE: Address = Address { service: NAME, path: "/org/freedesktop/secrets" };
const LOGIN: &str = "/org/freedesktop/secrets/collection/login";
const PASSWORD: &str = "the password of the test's keyring";

/// The struct in which secrets are sent over the bus: session, parameters, value, content type.
type Secret = (OwnedObjectPath, Vec<u8>, Vec<u8>, String);

/// One item of the keyring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub attributes: HashMap<String, String>,
    pub secret: String,
}

pub(crate) async fn start(session: &Session) -> Vec<Started> {
    let mut daemon = session.command("gnome-keyring-daemon");
    daemon.args(["--foreground", "--unlock", "--components=secrets", "--control-directory"]);
    daemon.arg(session.folder().join("run/keyring"));
    let log = std::fs::File::create(session.logs().join("gnome-keyring.log")).expect("a log file");
    let errors = log.try_clone().expect("the log file a second time");
    let mut child = daemon.stdin(Stdio::piped()).stdout(log).stderr(errors).spawn();
    if let Ok(child) = &mut child {
        // Every byte is part of the password, so there is no line break; closing the pipe ends it.
        let mut input = child.stdin.take().expect("the keyring's standard input");
        input.write_all(PASSWORD.as_bytes()).expect("the keyring reads its password");
    }
    let started = Started::of("gnome-keyring-daemon", child, &daemon);
    until("the keyring to be unlocked", async || match session.keyring_locked().await {
        Ok(false) => Ok(()),
        Ok(true) => Err("a locked keyring".to_owned()),
        Err(e) => Err(e),
    })
    .await;
    vec![started]
}

impl Session {
    /// Whether the keyring is locked.
    ///
    /// # Errors
    ///
    /// Returns the bus's message if the service does not answer.
    pub async fn keyring_locked(&self) -> Result<bool, String> {
        let login = Address { service: NAME, path: LOGIN };
        let locked = login.get(self.bus(), "org.freedesktop.Secret.Collection", "Locked").await?;
        bool::try_from(locked).map_err(|e| e.to_string())
    }

    pub async fn lock_keyring(&self) {
        let collections = vec![ObjectPath::try_from(LOGIN).expect("a path")];
        let reply = SERVICE.call(self.bus(), "org.freedesktop.Secret.Service", "Lock", &collections).await;
        reply.expect("the keyring locks");
        assert_eq!(self.keyring_locked().await, Ok(true), "the keyring is locked");
    }

    /// Unlocks the keyring without a dialog.
    pub async fn unlock_keyring(&self) {
        let session = self.open_secrets().await;
        let login = ObjectPath::try_from(LOGIN).expect("a path");
        let secret: Secret = (session, Vec::new(), PASSWORD.into(), "text/plain".into());
        // The only way to unlock without a window: an interface of gnome-keyring for its own tests.
        let interface = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface";
        let reply = SERVICE.call(self.bus(), interface, "UnlockWithMasterPassword", &(login, secret)).await;
        reply.expect("the keyring unlocks");
        assert_eq!(self.keyring_locked().await, Ok(false), "the keyring is unlocked");
    }

    /// All items with this service name; the keyring must be unlocked.
    pub async fn kept(&self, service: &str) -> Vec<Kept> {
        let session = self.open_secrets().await;
        let wanted = HashMap::from([("service", service)]);
        let interface = "org.freedesktop.Secret.Service";
        let reply = SERVICE.call(self.bus(), interface, "SearchItems", &wanted).await;
        let reply = reply.expect("the keyring searches");
        let found: (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) =
            reply.body().deserialize().expect("two lists of items");
        let mut kept = Vec::new();
        for path in found.0.iter().chain(&found.1) {
            let item = Address { service: NAME, path: path.as_str() };
            let interface = "org.freedesktop.Secret.Item";
            // An item that the app removes between the search and these reads is no longer kept.
            let Ok(attributes) = item.get(self.bus(), interface, "Attributes").await else { continue };
            let attributes = HashMap::try_from(attributes).expect("attributes as words");
            let Ok(reply) = item.call(self.bus(), interface, "GetSecret", &session).await else { continue };
            let (_, _, value, _): Secret = reply.body().deserialize().expect("a secret");
            kept.push(Kept { attributes, secret: String::from_utf8_lossy(&value).into_owned() });
        }
        kept
    }

    /// The key that the keyring has for an account of the app, if any.
    pub async fn kept_key(&self, account: &str) -> Option<String> {
        let kept = self.kept("tidemark").await;
        let of = |kept: &Kept| kept.attributes.get("username").is_some_and(|user| user == account);
        kept.into_iter().find(of).map(|kept| kept.secret)
    }

    async fn open_secrets(&self) -> OwnedObjectPath {
        // Unencrypted: this bus belongs to the test.
        let body = ("plain", Variant::from(""));
        let reply = SERVICE.call(self.bus(), "org.freedesktop.Secret.Service", "OpenSession", &body).await;
        let reply = reply.expect("the keyring opens a session");
        let (_, session): (zbus::OwnedVariant, OwnedObjectPath) =
            reply.body().deserialize().expect("a session's path");
        session
    }
}
