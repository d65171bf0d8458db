//! The real binary on a real desktop session. All groups are one program, because each further one takes a minute of
//! linking on some machines.
#![expect(clippy::expect_used, reason = "a test fails by panicking with a message")]

mod absent;
mod account;
mod accounts;
mod asking;
mod choices;
mod clicks;
mod commands;
mod exchange;
mod failures;
mod files;
mod first_run;
mod habits;
mod history;
mod hostile;
mod instance;
mod interrupted;
mod key;
mod keyring;
mod levels;
mod limits;
mod many;
mod memory;
mod notices;
mod order;
mod other_user;
mod output;
mod pairs;
mod recovery;
mod restart;
mod secrecy;
mod settings;
mod simulated;
mod speed;
mod states;
mod status;
mod supervision;
mod suspend;
mod tray;
mod tray_hosts;
mod two_accounts;
mod walk;
mod zones;
