//! `tidemark explain`: interprets a saved answer.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use tidemark_core::account::Region;
use tidemark_core::answer::{self, Answer, BODY_LIMIT, HEADERS};
use tidemark_core::endpoint::Endpoint;
use tidemark_core::failure::{Failure, FailureKind};
use tidemark_core::report;

use super::{EndpointName, Problem, RegionName, is_stream, moment, now, print, print_json};
use crate::zone;

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The answer's body; standard input when it is `-` or missing.
    file: Option<PathBuf>,
    /// The path it came by.
    #[arg(long, value_enum, default_value = "token-plan")]
    endpoint: EndpointName,
    /// Its HTTP status.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u16).range(100..=999))]
    status: u16,
    /// One of its headers, as `Name: value`; may be given more than once.
    #[arg(long = "header", value_name = "K: V", value_parser = header)]
    headers: Vec<(String, String)>,
    /// The platform it came from.
    #[arg(long, value_enum, default_value = "global")]
    region: RegionName,
    /// When it came; now where not given.
    #[arg(long, value_parser = moment)]
    at: Option<Timestamp>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &ExplainArgs) -> Result<u8, Problem> {
    let at = args.at.unwrap_or_else(now);
    let body = read(args.file.as_ref())?;
    let (endpoint, region) = (Endpoint::from(args.endpoint), Region::from(args.region));
    let known = |name: &str| HEADERS.contains(&name);
    let headers = args.headers.iter().filter(|(name, _)| known(name)).cloned().collect();
    let meaning = if body.len() > BODY_LIMIT {
        Err(Failure::new(FailureKind::Unreadable))
    } else {
        answer::read(&Answer { status: args.status, headers, body }, endpoint, region, at)
    };
    let explanation = report::explain(&meaning, at);
    if args.json {
        print_json(&explanation)?;
    } else {
        print(&report::plain_lines(&explanation, &zone::current()))?;
    }
    Ok(0)
}

fn read(file: Option<&PathBuf>) -> Result<Vec<u8>, Problem> {
    let mut body = Vec::new();
    // One byte more than the limit shows that the input is longer.
    let most = BODY_LIMIT as u64 + 1;
    let done = if is_stream(file) {
        io::stdin().lock().take(most).read_to_end(&mut body)
    } else {
        let path = file.ok_or_else(|| Problem::wrong_use("no file was named"))?;
        File::open(path).and_then(|f| f.take(most).read_to_end(&mut body)).map_err(|error| {
            io::Error::new(error.kind(), format!("{} could not be read: {error}", path.display()))
        })
    };
    done.map(|_| body).map_err(|error| Problem::other(format!("{error}. Name a file with an answer in it.")))
}

fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("write a header as 'Name: value'")?;
    Ok((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
}
