//! The answer to a pay-as-you-go key.
//!
//! Owns the names of the amounts. Refuses to add the parts up: what can be spent is a field of its own.

use serde_json::{Map, Value};

use super::envelope::content;
use super::value;
use crate::account::Region;
use crate::reading::{Balance, Currency};

/// Reads the balance; `None` where not one amount can be read.
pub(super) fn balance(document: &Map<String, Value>, region: Region) -> Option<Balance> {
    let amount = |folded| content(document, folded).and_then(value::amount);
    let alerts = content(document, "balancealertswitch").is_some_and(value::is_on);
    let balance = Balance {
        currency: Currency::of(region),
        available: amount("availableamount"),
        cash: amount("cashbalance"),
        voucher: amount("voucherbalance"),
        credit: amount("creditbalance"),
        owed: amount("owedamount"),
        alert_below: if alerts { amount("balancealertthreshold") } else { None },
    };
    let amounts = [balance.available, balance.cash, balance.voucher, balance.credit, balance.owed];
    amounts.iter().any(Option::is_some).then_some(balance)
}
