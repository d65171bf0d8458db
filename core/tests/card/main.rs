//! Black-box tests of the card: settings and answers in, the window's content out.

#![expect(clippy::expect_used, reason = "a test whose setup fails has failed")]

mod notice;
mod stage;
mod states;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tidemark_core::account::{Account, Region, Tier};
use tidemark_core::alert::SnoozeFor;
use tidemark_core::level::Level;
use tidemark_core::message::Event;
use tidemark_core::settings::{Language, Settings};
use tidemark_core::tray::Shape;
use tidemark_core::view::{Card, Does, Link};

use stage::{NOON, Stage, at, left, money, plan, settings, sliding, steady, wallet};

/// Each option with its title, body, aside and the actions of its buttons.
fn ways(card: &Card) -> Vec<(String, String, String, Vec<Does>)> {
    let does = |way: &tidemark_core::view::Way| {
        way.action.iter().chain(&way.also).map(|action| action.does.clone()).collect()
    };
    card.ways.iter().map(|w| (w.title.clone(), w.body.clone(), w.aside.clone(), does(w))).collect()
}

fn way(title: &str, body: &str, aside: &str, does: Vec<Does>) -> (String, String, String, Vec<Does>) {
    (title.to_owned(), body.to_owned(), aside.to_owned(), does)
}

fn open(link: Link) -> Does {
    Does::OpenLink { link, region: Region::China }
}

#[test]
fn a_spent_plan_says_when_it_is_back_and_what_can_take_over() {
    let stage = Stage::of(settings(vec![plan()]), &[left(0, 60)]);
    let card = stage.card();
    assert_eq!(
        (card.level, card.figure.as_deref(), card.level_word.as_str()),
        (Level::Spent, Some("Used up"), "")
    );
    assert!(card.meters[0].told && !card.meters[1].told, "the figure is that of the short window");
    assert_eq!(card.sentence, "Back at 09:00. Credits or pay-as-you-go can take over.");
    assert_eq!(card.outlook.as_deref(), Some("You will be told when it is back."));
    let id = plan().id;
    assert_eq!(
        ways(&card),
        [
            way("Wait for the reset", "5 hours: 09:00", "5 h", vec![]),
            way(
                "Credits",
                "Take over by themselves if you have some",
                "",
                vec![open(Link::Credits), Does::SetCredits { account: id, on: true }]
            ),
            way(
                "Upgrade the plan",
                "Takes effect at once; you pay the difference",
                "",
                vec![open(Link::Plan)]
            ),
            way(
                "Pay-as-you-go",
                "Use a pay-as-you-go key instead; it is billed by tokens",
                "",
                vec![open(Link::ApiKey)]
            ),
        ]
    );
    let rest: Vec<Does> = card.actions.into_iter().map(|action| action.does).collect();
    assert_eq!(rest, [Does::OpenAccount { account: card.id }], "the ways on have all else");
}

#[test]
fn without_that_notice_nobody_is_promised_to_be_told() {
    let silent = Settings { notice_back: false, ..settings(vec![plan()]) };
    assert_eq!(Stage::of(silent, &[left(0, 60)]).card().outlook, None);
}

#[test]
fn the_paired_account_stands_by_with_its_balance_and_its_key() {
    let paired = Account { pair: Some(wallet().id), ..plan() };
    let rich = Stage::of(settings(vec![paired.clone(), wallet()]), &[left(0, 60), money("12.34", "0.00")]);
    let card = rich.card();
    assert_eq!(card.sentence, "Back at 09:00. Wallet can take over.");
    assert_eq!(
        ways(&card)[3],
        way(
            "Pay-as-you-go",
            "Use the key of Wallet; it is billed by tokens",
            "¥12.34",
            vec![Does::CopyKey { account: wallet().id }]
        )
    );
    let poor = Stage::of(settings(vec![paired, wallet()]), &[left(0, 60), money("0.00", "1.00")]);
    let card = poor.card();
    assert_eq!(card.sentence, "Back at 09:00. Credits or pay-as-you-go can take over.");
    assert_eq!(
        ways(&card)[3],
        way("Pay-as-you-go", "The balance of Wallet is used up", "¥0.00", vec![open(Link::Balance)])
    );
}

#[test]
fn a_pair_whose_key_is_refused_is_not_offered_to_be_copied() {
    let paired = Account { pair: Some(wallet().id), ..plan() };
    let refused = json!({ "base_resp": { "status_code": 2049, "status_msg": "" } });
    let stage = Stage::of(settings(vec![paired, wallet()]), &[left(0, 60), refused]);
    assert_eq!(
        ways(&stage.card())[3],
        way("Pay-as-you-go", "Look at Wallet first: its key cannot be used now", "", vec![])
    );
}

#[test]
fn an_account_that_could_be_paired_is_offered() {
    let stage = Stage::of(settings(vec![plan(), wallet()]), &[left(0, 60), money("12.34", "0.00")]);
    let pays = ways(&stage.card()).swap_remove(3);
    assert_eq!(pays.3, [open(Link::ApiKey), Does::PairAccount { account: plan().id }]);
}

#[test]
fn credits_keep_a_spent_plan_from_being_an_alarm() {
    let on_credits = Account { has_credits: true, ..plan() };
    let stage = Stage::of(settings(vec![on_credits.clone()]), &[left(0, 60)]);
    let card = stage.card();
    assert_eq!((card.level, card.shape, card.level_word.as_str()), (Level::Near, Shape::Notched, ""));
    assert_eq!(card.sentence, "The plan is used up. Credits cover it until 09:00.");
    assert_eq!((card.figure.as_deref(), card.meters[0].level), (Some("On Credits"), Level::Near));
    let credits = ways(&card).swap_remove(1);
    assert_eq!(credits.1, "They cover it now, by themselves");
    assert_eq!(credits.3[1], Does::SetCredits { account: plan().id, on: false });
    assert_eq!(
        stage.tray.as_ref().map(|tray| tray.picture.shape),
        Some(Shape::Notched),
        "the tray is calm too"
    );
    let good = Stage::of(settings(vec![on_credits]), &[left(71, 60)]).card();
    assert_eq!(
        (good.level, good.level_word.as_str()),
        (Level::Good, ""),
        "nothing to worry about needs no word"
    );
}

#[test]
fn a_week_that_is_used_up_blocks_however_much_the_short_window_has() {
    let card = Stage::of(settings(vec![plan()]), &[left(71, 0)]).card();
    assert_eq!(card.level, Level::Spent);
    assert_eq!(
        card.sentence,
        "The weekly limit is reached. It blocks everything until Thu 00:00, although 5 hours shows 71 % left."
    );
    assert_eq!(ways(&card)[0].1, "Week: Thu 00:00");
    let both = Stage::of(settings(vec![plan()]), &[left(0, 0)]).card();
    assert_eq!(both.sentence, "Back on Thu at 00:00. Credits or pay-as-you-go can take over.");
}

#[test]
fn a_week_is_counted_in_full_windows_and_says_how_that_is_known() {
    let card = Stage::of(settings(vec![plan()]), &[left(71, 63)]).card();
    let week = &card.meters[1];
    assert_eq!(week.note, "about 6.3 full windows left this week");
    assert_eq!(week.note_hint, "Not measured yet: a week is taken to hold 10 windows.");
    assert_eq!(card.meters[0].note_hint, "");
    let own = Settings { weekly_windows: 7, ..settings(vec![plan()]) };
    let card = Stage::of(own, &[left(71, 50)]).card();
    assert_eq!(card.meters[1].note, "about 3.5 full windows left this week");
}

#[test]
fn thresholds_are_marked_on_the_bar_on_the_side_that_is_drawn() {
    let card = Stage::of(settings(vec![plan()]), &[left(71, 63)]).card();
    assert_eq!(card.meters[0].marks, [0.2, 0.05]);
    let used = Settings { show_used: true, ..settings(vec![plan()]) };
    assert_eq!(Stage::of(used, &[left(71, 63)]).card().meters[0].marks, [0.8, 0.95]);
}

#[test]
fn peak_hours_are_told_while_they_last_and_by_the_tier_where_it_is_named() {
    let during = |tier| {
        let account = Account { tier, ..plan() };
        let settings = Settings { peak_hours: String::new(), ..settings(vec![account]) };
        // 16:00 in China.
        Stage::at("2026-11-23T08:00:00Z", settings, &[left(71, 63)]).card().quiet
    };
    assert_eq!(during(None), ["Peak hours until 09:30: MiniMax may slow down several agents at once"]);
    assert_eq!(during(Some(Tier::Max)), ["Peak hours until 09:30: about 2 agents at once on Max"]);
    assert_eq!(during(Some(Tier::Plus)), ["Peak hours until 09:30: about 1 agent at once on Plus"]);
    let noon = Settings { peak_hours: String::new(), ..settings(vec![plan()]) };
    assert_eq!(Stage::of(noon, &[left(71, 63)]).card().quiet, [] as [&str; 0]);
}

#[test]
fn a_high_speed_plan_names_the_models_that_only_it_has() {
    let fast = Account { high_speed: true, ..plan() };
    assert_eq!(
        Stage::of(settings(vec![fast]), &[left(71, 63)]).card().quiet,
        ["High-Speed plan: MiniMax-M2.7-highspeed and MiniMax-M2.5-highspeed too"]
    );
}

#[test]
fn requests_that_are_left_are_also_counted_as_image_understanding() {
    let mut counted = left(70, 63);
    counted["model_remains"][0]["current_interval_total_count"] = 1000.into();
    counted["model_remains"][0]["current_interval_usage_count"] = 300.into();
    assert_eq!(
        Stage::of(settings(vec![plan()]), &[counted]).card().quiet,
        ["Enough for 233 image-understanding calls, at 3 requests each"]
    );
}

#[test]
fn a_balance_is_judged_by_the_accounts_line_and_by_the_users_own() {
    let own_line = Account { balance_below: Some("20".parse().expect("an amount")), ..wallet() };
    let card = Stage::of(settings(vec![own_line.clone()]), &[money("12.34", "0.50")]).card();
    assert_eq!((card.level, card.sentence.as_str()), (Level::Near, "Below the warning line of ¥20.00."));
    assert_eq!(card.quiet, ["Owed ¥0.50", "MiniMax warns below ¥5.00", "Your warning line ¥20.00"]);
    let both = Stage::of(settings(vec![own_line]), &[money("4.00", "0.00")]).card();
    assert_eq!(both.sentence, "Below the warning line of ¥20.00.");
    let card = Stage::of(settings(vec![wallet()]), &[money("12.34", "0.00")]).card();
    assert_eq!((card.level, card.sentence.as_str()), (Level::Good, "The balance is fine."));
}

#[test]
fn the_small_menu_has_what_helps_and_nothing_twice() {
    let stage = Stage::of(settings(vec![plan(), wallet()]), &[left(71, 63), money("12.34", "0.00")]);
    let does = |of: usize| -> Vec<Does> {
        stage.view().cards[of].actions.iter().map(|action| action.does.clone()).collect()
    };
    let account = plan().id;
    assert_eq!(
        does(0),
        [
            Does::OpenAccount { account: account.clone() },
            Does::MeasureSpeed { account: account.clone() },
            Does::SetCredits { account: account.clone(), on: true },
            Does::PairAccount { account },
        ]
    );
    let account = wallet().id;
    assert_eq!(does(1), [Does::OpenAccount { account: account.clone() }, Does::MeasureSpeed { account }]);
}

#[test]
fn a_silence_stands_above_the_cards_until_it_is_ended() {
    let mut stage = Stage::of(settings(vec![plan()]), &[left(40, 63)]);
    stage.tell(Event::Snooze { account: Some(plan().id), length: SnoozeFor::UntilReset });
    let banner = stage.view().banners.swap_remove(0);
    assert_eq!(banner.title, "Notices of Home are silent until 09:00");
    stage.tell(Event::Snooze { account: None, length: SnoozeFor::Hour });
    let view = stage.view();
    let titles: Vec<_> = view.banners.iter().map(|b| b.title.as_str()).collect();
    assert_eq!(titles, ["Notices are silent until 05:00"]);
    assert_eq!(view.banners[0].action.as_ref().map(|a| &a.does), Some(&Does::EndSnooze));
    stage.tell(Event::EndSnooze);
    assert_eq!(stage.view().banners, []);
}

#[test]
fn the_footer_says_why_minimax_is_asked_when_it_is() {
    let mut stage = Stage::of(settings(vec![plan()]), &[left(71, 63)]);
    assert!(stage.view().next.starts_with("Next check 04:0"), "{}", stage.view().next);
    stage.tell(Event::Window(true));
    let view = stage.view();
    assert_eq!(view.next, "Next check within a minute");
    assert_eq!(view.next_why, "Every minute while this window is open");
    let refused = json!({ "base_resp": { "status_code": 2049, "status_msg": "" } });
    let view = Stage::of(settings(vec![plan()]), &[refused]).view();
    assert_eq!(view.next_why, "Sooner would change nothing", "{}", view.next);
}

#[test]
fn what_is_said_of_credits_weeks_and_peak_hours_is_said_in_chinese_too() {
    let spoken = |account: Account, moment: &str, answer| {
        let settings =
            Settings { language: Language::Chinese, peak_hours: String::new(), ..settings(vec![account]) };
        Stage::at(moment, settings, &[answer]).card()
    };
    let card = spoken(Account { has_credits: true, ..plan() }, NOON, left(0, 60));
    assert_eq!((card.level_word.as_str(), card.sentence.as_str()), ("", "套餐已用完，09:00 前由积分支付。"));
    let card = spoken(plan(), NOON, left(71, 0));
    assert_eq!(card.sentence, "本周额度已用完，周四 00:00 前无法使用（5 小时额度仍显示剩余 71%）。");
    let card = spoken(Account { tier: Some(Tier::Ultra), ..plan() }, "2026-11-23T08:00:00Z", left(71, 63));
    assert_eq!(card.quiet, ["高峰时段至 09:30：Ultra 套餐约可同时运行 4 个智能体"]);
    assert_eq!(card.meters[1].note, "本周大约还够 6.3 个完整时段");
}

#[test]
fn a_plan_that_is_used_too_fast_says_when_it_runs_out_and_says_it_once() {
    let mut stage = Stage::of(settings(vec![plan()]), &[left(100, 90)]);
    stage.live(24, steady(30.0));
    let card = stage.card();
    assert_eq!((card.level, card.figure.as_deref()), (Level::Good, Some("40 %")));
    assert_eq!(card.sentence, "Runs out about 07:20, 1 h 40 min before the reset.");
    assert_eq!(card.outlook, None);
    assert_eq!(card.meters[0].outlook, "", "the sentence says it");
    assert_eq!(card.meters[0].reset, "resets 09:00, in 3 h");
}

#[test]
fn a_plan_that_lasts_says_until_when_and_what_will_be_left() {
    let mut stage = Stage::of(settings(vec![plan()]), &[left(100, 90)]);
    stage.live(24, steady(10.0));
    let card = stage.card();
    assert_eq!(card.sentence, "Good until the reset at 09:00.");
    assert_eq!(card.outlook.as_deref(), Some("About 50 % will be left then."));
}

#[test]
fn of_old_figures_nothing_is_forecast() {
    let mut stage = Stage::of(settings(vec![plan()]), &[left(100, 90)]);
    stage.live(24, steady(30.0));
    stage.now.at += SignedDuration::from_mins(20);
    let card = stage.card();
    assert_eq!(card.sentence, "The last reading is from 06:00. What is left now is not known.");
    let meter = &card.meters[0];
    assert_eq!((card.outlook, meter.outlook.as_str(), meter.pace), (None, "", None));
    assert_eq!(card.meters[1].note, "", "nor are windows counted");
}

#[test]
fn a_rolling_window_names_no_reset_but_what_it_gives_back() {
    let mut stage = Stage::of(settings(vec![plan()]), &[sliding(at(NOON), 100)]);
    let used = |now: Timestamp| {
        let minutes = now.duration_since(at(NOON)).as_mins();
        sliding(
            now,
            if minutes < 30 {
                100
            } else if minutes < 60 {
                88
            } else {
                60
            },
        )
    };
    stage.live(18, used);
    let card = stage.card();
    let meter = &card.meters[0];
    assert_eq!((meter.reset.as_str(), meter.reset_exact.as_str()), ("frees up gradually", ""));
    assert_eq!(meter.pace, None);
    assert_eq!(meter.releases, ["+12 % by 09:30", "+40 % by 10:00"]);
    assert!(!card.sentence.contains("reset"), "{}", card.sentence);
    stage.live(1, |now| sliding(now, 0));
    let card = stage.card();
    assert_eq!(card.sentence, "It frees up gradually, from 09:30 on.");
    let wait = ways(&card).swap_remove(0);
    assert_eq!(wait, way("Wait: it frees up gradually", "+12 % by 09:30", "3 h 55 min", vec![]));
}

#[test]
fn a_balance_says_what_was_spent_today_and_what_a_day_costs() {
    let mut stage = Stage::of(settings(vec![wallet()]), &[money("20.00", "0.00")]);
    stage.live(6, |now| {
        let minutes = now.duration_since(at(NOON)).as_mins();
        money(&format!("{}.{:02}", 19, 100 - 7 * minutes / 5), "0.00")
    });
    assert_eq!(stage.card().outlook.as_deref(), Some("Spent today ¥0.42."));
    for day in 1..=4_u32 {
        stage.now.at = at(NOON) + SignedDuration::from_hours(24 * i64::from(day));
        stage.live(1, |_| money(&format!("{}.50", 19 - day), "0.00"));
    }
    let card = stage.card();
    assert_eq!(
        card.outlook.as_deref(),
        Some("Spent today ¥1.00, about ¥1.03 a day; enough for about 15 days.")
    );
    stage.now.at += SignedDuration::from_hours(1);
    assert_eq!(stage.card().outlook, None, "of an old balance nothing is said");
}
