//! The FAQ's options when nothing is left, each with its button.
//!
//! A reset is only named if an answer has it, and a balance only if it is not old.

use super::actions::{action, credits, pair};
use crate::account::Kind;
use crate::ahead::Ahead;
use crate::level::Level;
use crate::present::{Scene, meters};
use crate::reading::{Plan, Reading};
use crate::view::{Does, Link, Way};
use crate::watched::Watched;
use crate::wording::Wording;

/// The options for an account with nothing left.
pub(super) fn ways(scene: &Scene<'_>, wording: &Wording<'_>, account: &Watched) -> Vec<Way> {
    let words = wording.words;
    let region = account.account.region;
    let open = |link| Some(action(scene, "way-open", Does::OpenLink { link, region }));
    let way = |name: &str, body: &str| Way {
        title: words.say(name),
        body: words.say(body),
        aside: String::new(),
        action: None,
        also: None,
    };
    if account.account.kind == Kind::PayAsYouGo {
        return vec![Way { action: open(Link::Balance), ..way("way-top-up", "way-top-up-body") }];
    }
    let by_credits = |body: &str| Way {
        action: open(Link::Credits),
        also: (!scene.demo).then(|| credits(scene, account)),
        ..way("way-credits", body)
    };
    if account.account.has_credits {
        // Credits have taken over already: nothing else is needed.
        return vec![wait(wording, account), by_credits("way-credits-on")];
    }
    vec![
        wait(wording, account),
        by_credits("way-credits-body"),
        Way { action: open(Link::Plan), ..way("way-upgrade", "way-upgrade-body") },
        paired(scene, wording, account).unwrap_or_else(|| Way {
            action: open(Link::ApiKey),
            also: pair(scene, account).filter(|_| !scene.demo),
            ..way("way-payg", "way-payg-body")
        }),
    ]
}

/// The paired account, if it can take over now.
pub(super) fn usable_pair<'a>(scene: &Scene<'a>, account: &Watched) -> Option<&'a Watched> {
    let pair = pair_of(scene, account)?;
    matches!(scene.own_level(pair), Level::Good | Level::Near).then_some(pair)
}

/// The paired account of a plan.
pub(in crate::present) fn pair_of<'a>(scene: &Scene<'a>, account: &Watched) -> Option<&'a Watched> {
    let id = account.account.pair.as_ref()?;
    scene.accounts.iter().find(|a| a.account.id == *id)
}

fn wait(wording: &Wording<'_>, account: &Watched) -> Way {
    let words = wording.words;
    let row = account.plan().and_then(Plan::headline_row);
    let ahead = row.map(|r| Ahead::of(r, &account.history, wording.now));
    let blocking = ahead.and_then(|ahead| Some((ahead, ahead.blocking()?)));
    let rolling = blocking.filter(|(ahead, window)| ahead.is_rolling(window));
    let back = ahead.and_then(|ahead| ahead.back_at()).filter(|at| *at > wording.now);
    let way = |name: &str, body: String| Way {
        title: words.say(name),
        body,
        aside: back.map(|at| wording.until(at)).unwrap_or_default(),
        action: None,
        also: None,
    };
    match (rolling, blocking, back) {
        (Some((ahead, window)), ..) => {
            let first = meters::releases(wording, &ahead, window).into_iter().next();
            way("way-wait-rolling", first.unwrap_or_else(|| words.say("reset-rolling")))
        }
        (None, Some((_, window)), Some(at)) => way(
            "way-wait",
            words.put(
                "way-wait-body",
                &[("window", wording.window(window).into()), ("clock", wording.clock(at).into())],
            ),
        ),
        (None, ..) => way("way-wait", words.say("way-wait-unknown")),
    }
}

/// The option to use the paired account: its balance, and a button to copy its key.
fn paired(scene: &Scene<'_>, wording: &Wording<'_>, account: &Watched) -> Option<Way> {
    let pair = pair_of(scene, account)?;
    let name: crate::text::Put<'_> = ("account", pair.account.name.clone().into());
    let balance = match pair.good.as_ref().filter(|_| !scene.is_stale(pair)).map(|g| &g.reading) {
        Some(Reading::Balance(balance)) => balance.available.map(|a| wording.balance(a, balance.currency)),
        Some(Reading::Plan(_)) | None => None,
    };
    let region = pair.account.region;
    let (body, button) = match scene.own_level(pair) {
        Level::Spent => {
            ("way-payg-pair-empty", Some(("do-top-up", Does::OpenLink { link: Link::Balance, region })))
        }
        // A key that MiniMax rejects, or that cannot be read, is no help.
        Level::Trouble => ("way-payg-pair-trouble", None),
        Level::Good | Level::Near | Level::Critical | Level::Unknown => {
            let copy = Does::CopyKey { account: pair.account.id.clone() };
            ("way-payg-pair", Some(("do-copy-key", copy)).filter(|_| !scene.demo))
        }
    };
    Some(Way {
        title: wording.words.say("way-payg"),
        body: wording.words.put(body, &[name]),
        aside: balance.unwrap_or_default(),
        action: button.map(|(label, does)| action(scene, label, does)),
        also: None,
    })
}
