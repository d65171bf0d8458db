//! Complete and broken streams, and the measurement of each.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::account::Kind;
use crate::text::{Tongue, Words};
use crate::wording::Wording;

const START: &str =
    r#"data: {"type":"message_start","message":{"usage":{"input_tokens":40,"output_tokens":0}}}"#;
const STOP: &str = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

fn event(json: &str) -> String {
    format!("data: {json}\n\n")
}

fn text(text: &str) -> String {
    event(
        &json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}})
            .to_string(),
    )
}

fn thinking(text: &str) -> String {
    event(
        &json!({"type": "content_block_delta", "delta": {"type": "thinking_delta", "thinking": text}})
            .to_string(),
    )
}

fn usage(tokens: i64) -> String {
    event(&json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": tokens}}).to_string())
}

/// Feeds chunks to a meter, each with its time in milliseconds.
fn run(chunks: &[(u64, String)], reader: Reader) -> Result<Measured, Failure> {
    let mut meter = Meter::default();
    for (at, chunk) in chunks {
        if !meter.take(chunk.as_bytes(), Duration::from_millis(*at)) {
            break;
        }
    }
    meter.finish(reader)
}

fn english(measured: &Measured) -> String {
    result(&Words::new(Tongue::English), measured, "MiniMax-M2.7")
}

#[test]
fn the_speed_is_the_tokens_over_the_time_from_the_first_to_the_last() {
    let chunks = [
        (
            300,
            format!(
                "event: message_start\n{START}\n\n: a comment\n\nevent: ping\ndata: {{\"type\":\"ping\"}}\n\n"
            ),
        ),
        (1200, thinking("Let me count.")),
        (2000, text("one, two") + &text(", three")),
        (3200, text(", four")),
        (3300, event(r#"{"type":"content_block_stop","index":0}"#) + &usage(120) + STOP),
    ];
    let measured = run(&chunks, Reader::Closed).expect("a measurement");
    assert_eq!(
        measured,
        Measured {
            output_tokens: Some(120),
            pieces: 4,
            to_first: Duration::from_millis(1200),
            span: Duration::from_secs(2),
            end: End::Whole,
        }
    );
    assert_eq!(measured.tokens_per_second(), Some(60.0));
    assert_eq!(
        english(&measured),
        "60 tokens per second with MiniMax-M2.7: 120 tokens in 2.0 s, the first after 1.2 s."
    );
}

#[test]
fn nothing_more_is_wanted_once_the_stream_has_said_that_it_is_over() {
    let mut meter = Meter::default();
    assert!(meter.take(text("one").as_bytes(), Duration::ZERO));
    assert!(!meter.take(STOP.as_bytes(), Duration::from_secs(1)));
    assert!(!meter.take(text("after the end").as_bytes(), Duration::from_secs(9)));
    let measured = meter.finish(Reader::Closed).expect("a measurement");
    assert_eq!((measured.pieces, measured.span), (1, Duration::ZERO));
}

#[test]
fn what_has_no_speed_says_so() {
    let one = [(500, text("one")), (900, usage(1) + STOP)];
    let at_once = [(500, text("one") + &text("two") + &usage(80) + STOP)];
    let uncounted = [(500, text("one")), (1500, text("two") + STOP)];
    let zero = [(500, text("one")), (1500, text("two") + &usage(0) + STOP)];
    let negative = [(500, text("one")), (1500, text("two") + &usage(-5) + STOP)];
    for (chunks, said) in [
        (&one[..], "Only one token came, so there is no speed to compute."),
        (
            &at_once,
            "All 80 tokens came at once, so there is no speed to compute. Something on the way holds the stream back.",
        ),
        (
            &uncounted,
            "MiniMax did not say how many tokens it sent, so the speed is not known (2 pieces of text in 1.0 s).",
        ),
        (
            &zero,
            "MiniMax did not say how many tokens it sent, so the speed is not known (2 pieces of text in 1.0 s).",
        ),
        (
            &negative,
            "MiniMax did not say how many tokens it sent, so the speed is not known (2 pieces of text in 1.0 s).",
        ),
    ] {
        let measured = run(chunks, Reader::Closed).expect("a measurement");
        assert_eq!((measured.end, measured.tokens_per_second()), (End::Whole, None), "{chunks:?}");
        assert_eq!(english(&measured), said);
    }
}

#[test]
fn a_stream_that_breaks_says_what_was_measured_until_then() {
    let begun = [(100, text("one")), (1100, text("two") + &usage(50)), (1600, text("three"))];
    for (reader, end) in [
        (Reader::Closed, End::Broken(FailureKind::Unreadable)),
        (Reader::Broke, End::Broken(FailureKind::Unreadable)),
        (Reader::Silent, End::Broken(FailureKind::Timeout)),
        (Reader::CutOff, End::Endless),
    ] {
        let measured = run(&begun, reader).expect("a measurement");
        assert_eq!((measured.end, measured.pieces), (end, 3), "{reader:?}");
        assert_eq!(measured.tokens_per_second(), Some(50.0), "only what was counted counts: {measured:?}");
        assert!(english(&measured).contains("Until then: 50 tokens per second"), "{}", english(&measured));
    }
    let error = event(r#"{"type":"error","error":{"type":"overloaded_error","message":"later"}}"#);
    let broken = run(&[(100, text("one")), (900, error)], Reader::Closed).expect("a measurement");
    assert_eq!(broken.end, End::Broken(FailureKind::ServerError));
}

#[test]
fn a_stream_without_a_token_is_a_failure_by_its_own_reason() {
    let spent = event(
        r#"{"type":"error","error":{"type":"rate_limit_error","message":"usage limit exceeded (2056)"}}"#,
    );
    let cases = [
        (String::new(), Reader::Closed, FailureKind::Unreadable),
        ("<html>a page</html>".to_owned(), Reader::Closed, FailureKind::Unreadable),
        (format!("{START}\n\n"), Reader::Silent, FailureKind::Timeout),
        (format!("{START}\n\n"), Reader::CutOff, FailureKind::Timeout),
        (usage(3) + STOP, Reader::Closed, FailureKind::NoData),
        (spent, Reader::Closed, FailureKind::PlanExhausted),
    ];
    for (stream, reader, kind) in cases {
        assert_eq!(run(&[(0, stream.clone())], reader).map_err(|f| f.kind), Err(kind), "{stream}");
    }
}

#[test]
fn signatures_and_empty_pieces_are_no_tokens() {
    let empty =
        event(r#"{"type":"content_block_start","content_block":{"type":"text","text":""}}"#) + &text("");
    let signature =
        event(r#"{"type":"content_block_delta","delta":{"type":"signature_delta","signature":"abc"}}"#);
    let chunks =
        [(100, empty), (1000, text("one")), (2000, text("two")), (9000, signature + &usage(30) + STOP)];
    let measured = run(&chunks, Reader::Closed).expect("a measurement");
    assert_eq!((measured.pieces, measured.to_first), (2, Duration::from_secs(1)));
    assert_eq!(measured.tokens_per_second(), Some(30.0));
}

#[test]
fn a_server_that_never_ends_is_left_at_the_limit() {
    let mut meter = Meter::default();
    let piece = text("and on");
    let mut wanted = 0_usize;
    for i in 0.. {
        wanted += 1;
        if !meter.take(piece.as_bytes(), Duration::from_millis(i)) {
            break;
        }
    }
    assert!((wanted - 1) * piece.len() < STREAM_LIMIT);
    let measured = meter.finish(Reader::Closed).expect("a measurement");
    assert_eq!((measured.end, measured.output_tokens), (End::Endless, None));
}

#[test]
fn events_that_are_no_json_or_of_other_shapes_say_nothing() {
    let odd =
        ["[DONE]", "null", "[]", "5", "{}", r#"{"type":5}"#, r#"{"type":"content_block_delta","delta":7}"#];
    let odd: String = odd.iter().map(|data| event(data)).collect();
    let chunks = [(100, odd + &text("one")), (1100, text("two") + &usage(10) + STOP)];
    assert_eq!(run(&chunks, Reader::Closed).expect("a measurement").tokens_per_second(), Some(10.0));
}

#[test]
fn the_request_names_the_model_and_asks_for_a_stream_of_limited_length() {
    let body: Value = serde_json::from_str(&request("a\"model")).expect("JSON");
    assert_eq!(body["model"], "a\"model");
    assert_eq!((&body["stream"], &body["max_tokens"]), (&true.into(), &OUTPUT_TOKENS.into()));
    for name in ["MiniMax-M2.7", "MiniMax-M2.7-highspeed", "x"] {
        assert!(is_model_name(name), "{name}");
    }
    for name in ["", "two words", "Mini\u{7}", "模型", &"x".repeat(101)] {
        assert!(!is_model_name(name), "{name:?}");
    }
}

#[test]
fn each_sentence_is_whole_in_both_languages() {
    let now = Timestamp::UNIX_EPOCH;
    for tongue in Tongue::ALL {
        let words = Words::new(tongue);
        let wording = Wording { words: &words, zone: &TimeZone::UTC, now, show_used: false };
        let back = now + jiff::SignedDuration::from_mins(90);
        let mut said = vec![
            cost(&words, Kind::TokenPlan, "M"),
            cost(&words, Kind::PayAsYouGo, "M"),
            spent(&wording, Kind::TokenPlan, Some(back)),
            spent(&wording, Kind::TokenPlan, Some(now)),
            spent(&wording, Kind::TokenPlan, None),
            spent(&wording, Kind::PayAsYouGo, None),
            busy(&words),
            simulated(&words),
        ];
        for kind in [
            FailureKind::Offline,
            FailureKind::PlanExhausted,
            FailureKind::Unreadable,
            FailureKind::Other,
            FailureKind::RateLimited,
        ] {
            let wait = Some(Duration::from_secs(17));
            said.push(failed(&words, &Failure { code: Some(2061), ..Failure::new(kind) }));
            said.push(failed(&words, &Failure { retry_after: wait, ..Failure::new(kind) }));
        }
        for sentence in said {
            assert!(sentence.ends_with(['.', '。']), "{sentence}");
            assert!(!sentence.contains(['{', '$']) && !sentence.contains("speed-"), "{sentence}");
        }
    }
    let words = Words::new(Tongue::English);
    let wording = Wording { words: &words, zone: &TimeZone::UTC, now, show_used: false };
    let back = now + jiff::SignedDuration::from_mins(90);
    assert_eq!(
        spent(&wording, Kind::TokenPlan, Some(back)),
        "Not measured: the plan is used up. It is back at 01:30, in 1 h 30 min."
    );
}

proptest! {
    #[test]
    fn it_makes_no_difference_how_the_bytes_are_cut(cuts in proptest::collection::vec(0usize..600, 0..40)) {
        let stream = format!("{START}\r\n\r\n") + &thinking("水") + &text("one") + ": x\n\n" + &text("two") + &usage(7) + STOP;
        let stream = stream.into_bytes();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(stream.len())).collect();
        cuts.push(stream.len());
        cuts.sort_unstable();
        let (mut meter, mut from) = (Meter::default(), 0);
        for cut in cuts {
            meter.take(&stream[from..cut], Duration::from_secs(1));
            from = cut;
        }
        let measured = meter.finish(Reader::Closed).expect("a measurement");
        prop_assert_eq!((measured.pieces, measured.output_tokens, measured.end), (3, Some(7), End::Whole));
    }

    #[test]
    fn any_bytes_at_any_moment_are_measured_or_refused(
        chunks in proptest::collection::vec((proptest::collection::vec(any::<u8>(), 0..80), 0u64..9000), 0..20),
    ) {
        let mut meter = Meter::default();
        for (bytes, at) in chunks {
            meter.take(&bytes, Duration::from_millis(at));
        }
        let _ = meter.finish(Reader::CutOff);
    }
}
