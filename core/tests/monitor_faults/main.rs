//! The monitor under faults: random sequences of clock jumps, wake-ups, late and repeated answers, failures of MiniMax,
//! the keyring, the store and the notification service, changed and removed accounts, restarts. The rules of `world`
//! are checked after each event. Which notification is due is compared with a model in `core/tests/notices`.
#![expect(clippy::expect_used, reason = "a test may panic if its setup fails")]

mod server;
mod step;
mod world;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use step::step;
use world::World;

proptest! {
    #![proptest_config(Config {
        // Few, because `make soak` runs thousands. The default value means that no number was requested.
        cases: match Config::default().cases {
            256 => 24,
            named => named,
        },
        max_shrink_iters: 20_000,
        failure_persistence: None,
        // The same sequences in each run, unless `PROPTEST_RNG_SEED` names others, as `make soak` does.
        rng_seed: match Config::default().rng_seed {
            RngSeed::Random => RngSeed::Fixed(11),
            named @ RngSeed::Fixed(_) => named,
        },
        ..Config::default()
    })]

    #[test]
    fn the_monitor_keeps_its_rules_whatever_happens(steps in prop::collection::vec(step(), 1..60)) {
        let mut world = World::new();
        for step in &steps {
            world.apply(step);
        }
        world.recover();
    }
}
