//! Lists the accounts that the keyring has keys for, without reading a key and without a dialog.

use tidemark_core::account::AccountId;

/// Gives the accounts that the keyring has a key for; `None` if it cannot be asked.
#[cfg(target_os = "linux")]
pub(crate) async fn accounts_with_keys() -> Option<Vec<AccountId>> {
    search().await.ok()
}

#[cfg(not(target_os = "linux"))]
pub(crate) async fn accounts_with_keys() -> Option<Vec<AccountId>> {
    None
}

#[cfg(target_os = "linux")]
async fn search() -> zbus::Result<Vec<AccountId>> {
    use std::collections::HashMap;

    use zbus::{Connection, OwnedObjectPath, Variant};

    use super::platform::SERVICE;
    use super::secret_service::{INTERFACE, NAME, PATH};

    let bus = Connection::session().await?;
    let wanted = HashMap::from([("service", SERVICE)]);
    let found = bus.call_method(Some(NAME), PATH, Some(INTERFACE), "SearchItems", &wanted).await?;
    let (open, locked): (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) = found.body().deserialize()?;
    let mut accounts = Vec::new();
    for item in open.iter().chain(&locked) {
        let wanted = &("org.freedesktop.Secret.Item", "Attributes");
        let reply =
            bus.call_method(Some(NAME), item, Some("org.freedesktop.DBus.Properties"), "Get", wanted).await;
        // It was removed meanwhile.
        let Ok(reply) = reply else { continue };
        let body = reply.body();
        let value: Variant<'_> = body.deserialize()?;
        let mut attributes = HashMap::<String, String>::try_from(value)?;
        accounts.extend(attributes.remove("username").map(AccountId));
    }
    // Several entries of one account are one key.
    accounts.sort_unstable();
    accounts.dedup();
    Ok(accounts)
}
