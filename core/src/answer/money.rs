//! The amounts in the answer to a pay-as-you-go key.
//!
//! The parts are not added up: the spendable sum is a separate field.

use rust_decimal::Decimal;

use super::value::{self, Scalar};
use crate::account::Region;
use crate::reading::{Balance, Currency};

/// The amounts in an answer that could be parsed.
#[derive(Default)]
pub(super) struct Amounts {
    available: Option<Decimal>,
    cash: Option<Decimal>,
    voucher: Option<Decimal>,
    credit: Option<Decimal>,
    owed: Option<Decimal>,
    alert_threshold: Option<Decimal>,
    alert_switch: bool,
}

impl Amounts {
    /// Whether a folded name is one of these fields.
    pub(super) fn have(folded: &str) -> bool {
        Self::default().slot(folded).is_some() || folded == ALERT_SWITCH
    }

    /// Reads one field as sent.
    pub(super) fn take(&mut self, folded: &str, sent: &Scalar<'_>) {
        if folded == ALERT_SWITCH {
            self.alert_switch |= value::is_on(sent);
        } else if let Some(slot) = self.slot(folded) {
            *slot = slot.or_else(|| value::amount(sent));
        }
    }

    /// Fills missing amounts from the other level of the same answer.
    pub(super) fn or(self, other: &Self) -> Self {
        Self {
            available: self.available.or(other.available),
            cash: self.cash.or(other.cash),
            voucher: self.voucher.or(other.voucher),
            credit: self.credit.or(other.credit),
            owed: self.owed.or(other.owed),
            alert_threshold: self.alert_threshold.or(other.alert_threshold),
            alert_switch: self.alert_switch || other.alert_switch,
        }
    }

    /// The balance; `None` if no amount could be parsed.
    pub(super) fn balance(self, region: Region) -> Option<Balance> {
        let amounts = [self.available, self.cash, self.voucher, self.credit, self.owed];
        amounts.iter().any(Option::is_some).then_some(Balance {
            currency: Currency::of(region),
            available: self.available,
            cash: self.cash,
            voucher: self.voucher,
            credit: self.credit,
            owed: self.owed,
            alert_below: self.alert_threshold.filter(|_| self.alert_switch),
            server_time: None,
        })
    }

    fn slot(&mut self, folded: &str) -> Option<&mut Option<Decimal>> {
        match folded {
            "availableamount" => Some(&mut self.available),
            "cashbalance" => Some(&mut self.cash),
            "voucherbalance" => Some(&mut self.voucher),
            "creditbalance" => Some(&mut self.credit),
            "owedamount" => Some(&mut self.owed),
            "balancealertthreshold" => Some(&mut self.alert_threshold),
            _ => None,
        }
    }
}

const ALERT_SWITCH: &str = "balancealertswitch";
