//! The event must be in the visible part of a notification's title, however long the names are.

use serde_json::{Value, json};
use tidemark_core::account::Account;
use tidemark_core::alert::Notice;
use tidemark_core::settings::{Language, Settings};

use super::stage::{Stage, left, money, plan, settings, wallet};

/// Desktops cut longer titles.
const TITLE: usize = 60;

/// Answers once with enough left, and then with `answer`; returns the notifications.
fn told(language: Language, accounts: Vec<Account>, answer: impl Fn(usize) -> Value) -> Vec<Notice> {
    let settings = Settings { language, ..settings(accounts) };
    let count = settings.accounts.len();
    let mut stage = Stage::of(settings, &vec![left(71, 63); count]);
    let place = std::cell::Cell::new(0);
    stage.live(1, |_| answer(place.replace(place.get() + 1)));
    stage.notices
}

fn named(name: &str) -> Account {
    Account { name: name.to_owned(), ..plan() }
}

#[test]
fn a_name_of_300_characters_leaves_room_for_what_has_happened() {
    for (language, what) in [(Language::English, "5 hours used up"), (Language::Chinese, "5 小时已用完")]
    {
        for name in
            ["A team whose name goes on and on, ", "工作室的账户", "👩\u{200D}👩\u{200D}👧", "فريق البحث "]
        {
            let long: String = name.chars().cycle().take(300).collect();
            let notices = told(language, vec![named(&long)], |_| left(0, 60));
            let title = &notices[0].title;
            assert!(title.ends_with(what), "{title}");
            assert!(columns(title) <= TITLE, "{title}");
            assert!(title.contains('…') && !title.contains("\u{200D}…"), "cut between signs: {title}");
        }
    }
    let short = told(Language::English, vec![named("Home")], |_| left(0, 60));
    assert_eq!(short[0].title, "Home: 5 hours used up");
}

#[test]
fn a_row_name_of_5000_characters_does_not_push_out_what_has_happened() {
    let row: String = "video-generation-<b>hd</b>-".chars().cycle().take(5000).collect();
    let answer = |interval: u32| {
        let mut answer = left(71, 63);
        let mut other = left(interval, 63)["model_remains"][0].clone();
        other["model_name"] = json!(row);
        answer["model_remains"].as_array_mut().expect("rows").push(other);
        answer
    };
    let mut stage = Stage::of(settings(vec![named(&"Name ".repeat(60))]), &[answer(71)]);
    stage.live(1, |_| answer(0));
    let notice = &stage.notices[0];
    assert_eq!(notice.title, "Name Name Name Name N…: video-generation-…, 5 hours used up");
    assert!(columns(&notice.title) <= TITLE && notice.body.chars().count() < 200, "{notice:#?}");
}

#[test]
fn many_accounts_at_once_are_told_with_short_names_and_what_happened_to_each() {
    let accounts: Vec<Account> = (0..5)
        .map(|n| Account {
            id: tidemark_core::account::AccountId(format!("id-{n}")),
            ..named(&format!("{n} {}", "x".repeat(290)))
        })
        .collect();
    let notices = told(Language::English, accounts, |_| left(0, 60));
    assert_eq!(notices.len(), 1);
    let body = &notices[0].body;
    assert_eq!(body.matches("5 hours used up").count(), 4, "{body}");
    assert!(body.chars().count() < 400, "{body}");
}

#[test]
fn money_that_is_owed_is_told_as_used_up_and_never_as_left() {
    let mut stage = Stage::of(settings(vec![wallet()]), &[money("20.00", "0.00")]);
    stage.live(1, |_| money("-1.50", "1.50"));
    assert_eq!(stage.notices[0].title, "Wallet: the balance is used up");
}

/// Counts wide characters twice, and combining characters not at all.
fn columns(text: &str) -> usize {
    let width = |c: char| match c {
        '\u{200D}' | '\u{2068}' | '\u{2069}' => 0,
        c if c >= '\u{1100}' && !('\u{2000}'..'\u{2E80}').contains(&c) => 2,
        _ => 1,
    };
    let signs: Vec<char> = text.chars().collect();
    let joined = |at: usize| at > 0 && signs[at - 1] == '\u{200D}';
    signs.iter().enumerate().filter(|(at, _)| !joined(*at)).map(|(_, c)| width(*c)).sum()
}
