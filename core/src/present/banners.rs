//! The banners above the cards.

use super::Scene;
use crate::account::AccountId;
use crate::message::{KeyringTrouble, Remark};
use crate::view::{Banner, BannerAction, Does, Tone};

/// The id of the banner for an internal error.
const INTERNAL_ERROR: &str = "internal_error";

/// Whether the banner for an internal error is visible.
pub(super) fn shows_internal_error(scene: &Scene<'_>) -> bool {
    scene.remarks.contains(&Remark::InternalError) && !scene.dismissed.iter().any(|id| id == INTERNAL_ERROR)
}

/// The banners, most urgent first, without dismissed ones.
pub(super) fn banners(scene: &Scene<'_>) -> Vec<Banner> {
    let mut banners = Vec::new();
    if scene.demo {
        banners.push(banner(
            scene,
            "demo",
            Tone::Info,
            "banner-demo",
            Some(("do-leave-demo", Does::LeaveDemo)),
        ));
    }
    if let Some(trouble) = scene.keyring {
        let retry = Some(("do-try-again", Does::RetryKeyring));
        banners.push(banner(scene, "keyring", Tone::Trouble, keyring(trouble), retry));
    }
    let taken_back = Remark::SettingsMended { fields: Vec::new() };
    let remarks = scene.remarks.iter().filter(|remark| **remark != taken_back);
    banners.extend(remarks.map(|remark| from_remark(scene, remark)));
    banners.extend(clock(scene));
    banners.extend(mutes(scene));
    if !scene.has_tray_host {
        let dismiss = Some(("do-dismiss", Does::Dismiss));
        banners.push(banner(scene, "no_tray", Tone::Info, "banner-no-tray", dismiss));
    }
    if !scene.undelivered.is_empty() {
        banners.push(banner(scene, "notices", Tone::Warning, "banner-notices", None));
    }
    banners.extend(scene.undelivered.iter().map(|notice| Banner {
        id: format!("notice:{}", notice.id.0),
        tone: if notice.urgent { Tone::Trouble } else { Tone::Warning },
        title: notice.title.clone(),
        body: notice.body.clone(),
        action: Some(BannerAction { label: scene.words.say("do-dismiss"), does: Does::Dismiss }),
    }));
    let mut seen = std::collections::HashSet::new();
    // The page identifies banners by id, so each id occurs once.
    banners.retain(|b| !scene.dismissed.contains(&b.id) && seen.insert(b.id.clone()));
    banners
}

const fn keyring(trouble: KeyringTrouble) -> &'static str {
    match trouble {
        KeyringTrouble::Absent => "banner-keyring-absent",
        KeyringTrouble::Locked => "banner-keyring-locked",
        KeyringTrouble::Slow => "banner-keyring-slow",
        KeyringTrouble::NoEntry => "banner-keyring-no_entry",
        KeyringTrouble::Failed => "banner-keyring-failed",
    }
}

fn from_remark(scene: &Scene<'_>, remark: &Remark) -> Banner {
    let dismiss = || Some(BannerAction { label: scene.words.say("do-dismiss"), does: Does::Dismiss });
    let with_file = |id: &str, message: &str, file: &str| Banner {
        id: id.to_owned(),
        tone: Tone::Warning,
        title: scene.words.say(message),
        body: scene.words.put(&format!("{message}-body"), &[("file", file.into())]),
        action: dismiss(),
    };
    match remark {
        Remark::SettingsBroken { kept_as } => with_file("settings", "banner-settings-broken", kept_as),
        Remark::SettingsRestored { from } => with_file("settings", "banner-settings-restored", from),
        Remark::SettingsMended { fields } => Banner {
            // Other fields make another banner: dismissing one does not hide the next.
            id: format!("settings_mended:{}", fields.join(",")),
            body: {
                let fields = scene.words.list(fields.iter().cloned());
                scene.words.put("banner-settings-mended-body", &[("fields", fields.into())])
            },
            ..with_file("settings_mended", "banner-settings-mended", "")
        },
        Remark::SettingsNewer { kept_as } => with_file("settings", "banner-settings-newer", kept_as),
        Remark::InternalError => with_file(INTERNAL_ERROR, "banner-internal-error", ""),
        Remark::StoreNewer => with_file("store", "banner-store-newer", ""),
        Remark::StoreBroken { kept_as: Some(file) } => with_file("store", "banner-store-broken", file),
        Remark::StoreBroken { kept_as: None } => with_file("store", "banner-store-unusable", ""),
    }
}

/// One banner per snoozed account, or a single one if all are snoozed.
fn mutes(scene: &Scene<'_>) -> Vec<Banner> {
    let words = scene.words;
    let clock = |until| scene.local_wording().clock(until);
    let banner = |title| Banner {
        id: "snooze".to_owned(),
        tone: Tone::Info,
        title,
        body: words.say("banner-snooze-body"),
        action: Some(BannerAction { label: words.say("menu-snooze-end"), does: Does::EndSnooze }),
    };
    if let Some(until) = scene.snooze.until(None) {
        return vec![banner(words.put("banner-snooze", &[("clock", clock(until).into())]))];
    }
    let of = |id: &AccountId| scene.accounts.iter().find(|a| a.account.id == *id);
    let mutes = scene.snooze.mutes().filter_map(|(id, until)| Some((id?, until)));
    mutes
        .filter_map(|(id, until)| Some((of(id)?, until)))
        .map(|(account, until)| {
            let name = account.account.name.clone();
            let title = words
                .put("banner-snooze-account", &[("account", name.into()), ("clock", clock(until).into())]);
            Banner { id: format!("snooze:{}", account.account.id.0), ..banner(title) }
        })
        .collect()
}

/// The banner for a wrong local clock. Its text stays the same as long as the difference does.
fn clock(scene: &Scene<'_>) -> Option<Banner> {
    let skew =
        scene.accounts.iter().filter_map(|a| a.good.as_ref()).map(|g| g.skew).find(|s| !s.is_zero())?;
    let span = scene.local_wording().span(skew.abs());
    Some(Banner {
        id: "clock".to_owned(),
        tone: Tone::Warning,
        title: scene.words.say("banner-clock"),
        body: scene.words.put("banner-clock-body", &[("span", span.into())]),
        action: Some(BannerAction { label: scene.words.say("do-dismiss"), does: Does::Dismiss }),
    })
}

fn banner(scene: &Scene<'_>, id: &str, tone: Tone, message: &str, action: Option<(&str, Does)>) -> Banner {
    Banner {
        id: id.to_owned(),
        tone,
        title: scene.words.say(message),
        body: scene.words.say(&format!("{message}-body")),
        action: action.map(|(label, does)| BannerAction { label: scene.words.say(label), does }),
    }
}
