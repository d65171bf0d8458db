//! Notices one can trust: whatever happens, no edge is told twice, none is lost, none is told of stale data, and
//! none in quiet hours but those that the user allows.
//!
//! Random lives of a monitor (`world`) are compared with a small model of what the user may and must hear (`model`).

#![expect(clippy::expect_used, reason = "a test that cannot set its scene has failed")]

mod kinds;
mod model;
mod place;
mod step;
mod world;

use proptest::prelude::*;
use proptest::test_runner::Config;

use step::step;
use world::World;

proptest! {
    #![proptest_config(Config { cases: Config::default().cases.max(512), max_shrink_iters: 20_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn every_edge_is_told_once_and_only_while_it_is_true(steps in prop::collection::vec(step(), 1..40)) {
        let mut world = World::new();
        for step in &steps {
            world.live(step);
        }
        // However it went, in the end everything that is still true is heard.
        world.wind_down();
    }
}
