//! The user-defined fields of an account, and repair of the accounts in a file edited by hand. One invalid
//! field never removes an account.

use std::collections::HashSet;

use rust_decimal::Decimal;

use super::Settings;
use super::choices::switch;
use super::expected::{Expected, SettingError};
use crate::account::{Account, AccountId, Kind, NAME_LIMIT, Tier, check_name, is_unprintable};
use crate::redact::redact_keys;

/// Maximum number of decimals of an amount; prices per token have as many.
const DECIMALS: u32 = 6;

impl Settings {
    /// Moves an account before another, or to the end for `None`. Before itself it stays where it is.
    ///
    /// # Errors
    ///
    /// [`SettingError::NoSuchAccount`] if either is unknown; nothing changes then.
    pub fn move_account(&mut self, id: &AccountId, before: Option<&AccountId>) -> Result<(), SettingError> {
        let place = |id: &AccountId| self.accounts.iter().position(|a| a.id == *id);
        let from = place(id).ok_or(SettingError::NoSuchAccount)?;
        let to = match before {
            Some(before) => place(before).ok_or(SettingError::NoSuchAccount)?,
            None => self.accounts.len(),
        };
        if from < to {
            self.accounts[from..to].rotate_left(1);
        } else {
            self.accounts[to..=from].rotate_right(1);
        }
        Ok(())
    }

    /// Changes a user-defined field: `credits`, `tier`, `high_speed`, `balance_below` or `team`. `none`
    /// clears `tier`, `balance_below` and `team`. An invalid value changes nothing.
    ///
    /// # Errors
    ///
    /// [`SettingError`] has the field and what it takes.
    pub fn set_account(&mut self, id: &AccountId, field: &str, text: &str) -> Result<(), SettingError> {
        let account = self.accounts.iter_mut().find(|a| a.id == *id).ok_or(SettingError::NoSuchAccount)?;
        let text = text.trim();
        let some = Some(text).filter(|text| !text.is_empty() && *text != "none");
        match field {
            "credits" => {
                of_kind(account, Kind::TokenPlan, "credits")?;
                account.has_credits = switch(text).ok_or_else(|| refused("credits", Expected::Switch))?;
            }
            "high_speed" => {
                of_kind(account, Kind::TokenPlan, "high_speed")?;
                account.high_speed = switch(text).ok_or_else(|| refused("high_speed", Expected::Switch))?;
            }
            "tier" => {
                of_kind(account, Kind::TokenPlan, "tier")?;
                let tier = |name| Tier::ALL.into_iter().find(|tier| tier.name() == name);
                let wish = some.map(|name| tier(name).ok_or_else(|| refused("tier", Expected::Tier)));
                account.tier = wish.transpose()?;
            }
            "balance_below" => {
                of_kind(account, Kind::PayAsYouGo, "balance_below")?;
                let wish = some.map(|t| amount(t).ok_or_else(|| refused("balance_below", Expected::Amount)));
                account.balance_below = wish.transpose()?;
            }
            "team" => {
                let wish = some.map(|t| check_name(t).map_err(|_| refused("team", Expected::Team)));
                account.team = wish.transpose()?;
            }
            _ => return Err(SettingError::NoSuchField(field.to_owned())),
        }
        Ok(())
    }

    /// Repairs invalid accounts: a pair that is no pay-as-you-go account, a name that is unprintable or a
    /// duplicate, an invalid team, a warning line at or below zero, more of a key than its last four
    /// characters. An account with the id of an earlier one is removed, because both would share one key.
    /// Returns what was changed, by the number of the account: `accounts[2].pair`. Names are not included
    /// because `tidemark doctor` prints this for bug reports.
    pub fn mend_accounts(&mut self) -> Vec<String> {
        let mut mended = Vec::new();
        let mut ids = HashSet::new();
        let mut number = 0;
        let mut numbers = Vec::new();
        self.accounts.retain(|account| {
            number += 1;
            let is_first = ids.insert(account.id.clone());
            if is_first {
                numbers.push(number);
            } else {
                mended.push(format!("accounts[{number}]"));
            }
            is_first
        });
        let mut names: Vec<String> = Vec::new();
        for (account, number) in self.accounts.iter_mut().zip(&numbers) {
            let name = free_name(&account.name, &names);
            let mut note = |field: &str| mended.push(format!("accounts[{number}].{field}"));
            if name != account.name {
                note("name");
            }
            if account.team.as_deref().is_some_and(|team| check_name(team).is_err()) {
                account.team = None;
                note("team");
            }
            if account.last_four.as_deref().is_some_and(|four| four.chars().count() > 4) {
                account.last_four = None;
                note("last_four");
            }
            if account.balance_below.is_some_and(|below| below <= Decimal::ZERO) {
                account.balance_below = None;
                note("balance_below");
            }
            account.name.clone_from(&name);
            names.push(name);
        }
        let payers: HashSet<AccountId> =
            self.accounts.iter().filter(|a| a.kind == Kind::PayAsYouGo).map(|a| a.id.clone()).collect();
        for (account, number) in self.accounts.iter_mut().zip(&numbers) {
            let is_plan = account.kind == Kind::TokenPlan;
            if account.pair.take_if(|pair| !is_plan || !payers.contains(pair)).is_some() {
                mended.push(format!("accounts[{number}].pair"));
            }
        }
        mended
    }
}

const fn refused(key: &'static str, takes: Expected) -> SettingError {
    SettingError::Takes { key, takes }
}

fn of_kind(account: &Account, kind: Kind, key: &'static str) -> Result<(), SettingError> {
    match (kind, account.kind == kind) {
        (_, true) => Ok(()),
        (Kind::TokenPlan, false) => Err(refused(key, Expected::PlanAccount)),
        (Kind::PayAsYouGo, false) => Err(refused(key, Expected::PaygAccount)),
    }
}

/// Parses an amount above zero, exactly as written: `12.50`.
fn amount(text: &str) -> Option<Decimal> {
    let is_plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let amount = Decimal::from_str_exact(text).ok().filter(|_| is_plain)?;
    let most = Decimal::from(1_000_000_000);
    (amount > Decimal::ZERO && amount <= most && amount.scale() <= DECIMALS).then_some(amount)
}

/// A printable name that is not in `taken`.
fn free_name(name: &str, taken: &[String]) -> String {
    let name = check_name(name).unwrap_or_else(|_| shown(name));
    let mut free = name.clone();
    let mut number = 2;
    while taken.contains(&free) {
        let tail = format!(" {number}");
        let kept: String = name.chars().take(NAME_LIMIT - tail.chars().count()).collect();
        free = kept + &tail;
        number += 1;
    }
    free
}

fn shown(name: &str) -> String {
    let plain: String = name.chars().filter(|c| !is_unprintable(*c)).take(NAME_LIMIT).collect();
    let plain = redact_keys(plain.trim());
    if plain.is_empty() { "?".to_owned() } else { plain.into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(accounts: serde_json::Value) -> Settings {
        let accounts = serde_json::from_value(accounts).expect("accounts");
        Settings { accounts, ..Settings::default() }
    }

    fn two() -> Settings {
        settings(serde_json::json!([
            { "id": "plan", "name": "Plan", "kind": "token_plan", "region": "global", "mood": "calm" },
            { "id": "payg", "name": "Paid", "kind": "pay_as_you_go", "region": "china" },
        ]))
    }

    #[test]
    fn the_order_of_the_accounts_is_the_users() {
        let accounts = ["a", "b", "c"]
            .map(|id| serde_json::json!({ "id": id, "name": id, "kind": "token_plan", "region": "global" }));
        let mut settings = settings(serde_json::json!(accounts));
        let id = |id: &str| AccountId(id.to_owned());
        let mut after = |moved: &str, before: Option<&str>| {
            let done = settings.move_account(&id(moved), before.map(id).as_ref());
            done.map(|()| settings.accounts.iter().map(|a| a.name.as_str()).collect::<String>())
        };
        assert_eq!(after("c", Some("a")).as_deref(), Ok("cab"));
        assert_eq!(after("c", Some("b")).as_deref(), Ok("acb"));
        assert_eq!(after("a", None).as_deref(), Ok("cba"));
        assert_eq!(after("b", Some("b")).as_deref(), Ok("cba"), "before itself it stays");
        assert_eq!(after("a", Some("gone")), Err(SettingError::NoSuchAccount));
        assert_eq!(after("b", None).as_deref(), Ok("cab"), "and nothing was lost");
    }

    fn set(settings: &mut Settings, id: &str, field: &str, text: &str) -> Result<(), String> {
        settings.set_account(&AccountId(id.to_owned()), field, text).map_err(|e| e.to_string())
    }

    #[test]
    fn the_user_says_of_an_account_what_no_answer_does() {
        let mut settings = two();
        for (id, field, text) in [
            ("plan", "credits", "on"),
            ("plan", "tier", "ultra"),
            ("plan", "high_speed", "true"),
            ("plan", "team", " Studio "),
            ("payg", "balance_below", "12.50"),
        ] {
            assert_eq!(set(&mut settings, id, field, text), Ok(()), "{field}");
        }
        let [plan, payg] = &settings.accounts[..] else { panic!("two accounts") };
        assert!(plan.has_credits && plan.high_speed);
        assert_eq!((plan.tier, plan.team.as_deref()), (Some(Tier::Ultra), Some("Studio")));
        assert_eq!(payg.balance_below.map(|b| b.to_string()).as_deref(), Some("12.50"), "as written");
        assert_eq!(plan.unknown["mood"], "calm", "and a newer version's fields stay");
        for (id, field, text) in [
            ("plan", "credits", "off"),
            ("plan", "tier", "none"),
            ("plan", "high_speed", "off"),
            ("plan", "team", "none"),
            ("payg", "balance_below", ""),
        ] {
            assert_eq!(set(&mut settings, id, field, text), Ok(()), "{field}");
        }
        assert_eq!(settings, two());
    }

    #[test]
    fn what_does_not_fit_an_account_is_refused_by_the_name_of_its_field() {
        let mut settings = two();
        for (id, field, text) in [
            ("plan", "credits", "some"),
            ("plan", "tier", "gold"),
            ("plan", "high_speed", "2"),
            ("plan", "balance_below", "5"),
            ("payg", "credits", "on"),
            ("payg", "tier", "max"),
            ("payg", "high_speed", "on"),
            ("payg", "balance_below", "0"),
            ("payg", "balance_below", "-1"),
            ("payg", "balance_below", "1e3"),
            ("payg", "balance_below", "1,5"),
            ("payg", "balance_below", "1.0000001"),
            ("payg", "balance_below", "9999999999"),
            ("payg", "team", "a\u{202E}b"),
            ("plan", "name", "Other"),
            ("plan", "key", "x"),
        ] {
            let refused = set(&mut settings, id, field, text);
            assert!(refused.as_ref().is_err_and(|m| m.contains(field)), "{field} {text}: {refused:?}");
        }
        assert!(set(&mut settings, "nobody", "tier", "max").is_err());
        assert_eq!(settings, two());
    }

    #[test]
    fn accounts_edited_by_hand_lose_only_what_cannot_be() {
        let mut settings = settings(serde_json::json!([
            { "id": "1", "name": "A", "kind": "token_plan", "region": "global", "pair": "gone" },
            { "id": "2", "name": "A", "kind": "token_plan", "region": "global", "pair": "1" },
            { "id": "3", "name": "P\u{202E}", "kind": "pay_as_you_go", "region": "global", "pair": "3",
              "balance_below": "-5", "last_four": "sk-api-test-long", "team": "\n" },
            { "id": "4", "name": "B", "kind": "token_plan", "region": "global", "pair": "3" },
            { "id": "1", "name": "Twin", "kind": "token_plan", "region": "global" },
        ]));
        assert_eq!(
            settings.mend_accounts(),
            [
                "accounts[5]",
                "accounts[2].name",
                "accounts[3].name",
                "accounts[3].team",
                "accounts[3].last_four",
                "accounts[3].balance_below",
                "accounts[1].pair",
                "accounts[2].pair",
                "accounts[3].pair",
            ]
        );
        let kept: Vec<_> = settings.accounts.iter().map(|a| (a.name.as_str(), a.pair.is_some())).collect();
        assert_eq!(kept, [("A", false), ("A 2", false), ("P", false), ("B", true)]);
        assert_eq!(settings.mend_accounts(), Vec::<String>::new(), "once is enough");
    }

    #[test]
    fn an_account_named_like_a_key_is_renamed_without_it() {
        let mut settings = settings(serde_json::json!([
            { "id": "1", "name": "sk-cp-test-0123456789", "kind": "token_plan", "region": "global" },
        ]));
        assert_eq!(settings.mend_accounts(), ["accounts[1].name"]);
        assert_eq!(settings.accounts[0].name, "sk-…6789");
        assert_eq!(settings.mend_accounts(), Vec::<String>::new());
    }
}
