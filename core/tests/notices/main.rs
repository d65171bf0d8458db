//! Whatever happens, no alert is repeated, none is lost, none is based on a stale reading, and in quiet hours only the
//! kinds that the user allows are shown.
//!
//! Random sequences for a monitor (`world`) are compared with a small model of what the user may and must be notified
//! of (`model`).

#![expect(clippy::expect_used, reason = "a test may panic if its setup fails")]

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
        // Whatever happened, in the end the user is notified of everything that is still true.
        world.wind_down();
    }
}
