//! The small menu of a card.
//!
//! Excludes what the options for a used-up plan offer already, and in demo mode everything that costs money
//! or stores something.

use crate::account::Kind;
use crate::failure::Verdict;
use crate::present::Scene;
use crate::view::{BannerAction, Does};
use crate::watched::Watched;

/// The small menu of a card.
pub(super) fn actions(scene: &Scene<'_>, account: &Watched, is_spent: bool) -> Vec<BannerAction> {
    let id = || account.account.id.clone();
    let mut actions = vec![action(scene, "do-open-account", Does::OpenAccount { account: id() })];
    if scene.demo {
        return actions;
    }
    let verdict = account.failure.and_then(|(_, f)| f.kind.verdict());
    let is_usable = match verdict {
        Some(Verdict::Refused | Verdict::NoPlan | Verdict::OutOfReach | Verdict::Spent) => false,
        None => !is_spent,
    };
    if is_usable {
        actions.push(action(scene, "do-measure-speed", Does::MeasureSpeed { account: id() }));
    }
    if account.account.kind == Kind::TokenPlan && !is_spent {
        actions.push(credits(scene, account));
        actions.extend(pair(scene, account));
    }
    actions
}

/// The switch for whether Credits are available behind a plan; no answer says so.
pub(super) fn credits(scene: &Scene<'_>, account: &Watched) -> BannerAction {
    let on = !account.account.has_credits;
    let label = if on { "do-have-credits" } else { "do-have-no-credits" };
    action(scene, label, Does::SetCredits { account: account.account.id.clone(), on })
}

/// The action to pair a plan, if it has no paired account and one is available.
pub(super) fn pair(scene: &Scene<'_>, account: &Watched) -> Option<BannerAction> {
    let is_payg = |a: &Watched| a.account.kind == Kind::PayAsYouGo;
    let can_pair = account.account.pair.is_none() && scene.accounts.iter().any(is_payg);
    can_pair.then(|| action(scene, "do-pair", Does::PairAccount { account: account.account.id.clone() }))
}

/// Builds a button.
pub(super) fn action(scene: &Scene<'_>, label: &str, does: Does) -> BannerAction {
    BannerAction { label: scene.words.say(label), does }
}
