//! Arithmetic on moments that saturates at the limits of the range. The operators `+` and `-` of jiff panic there.

use jiff::{SignedDuration, Timestamp};

/// Moves a moment by a duration. A result beyond the first or the last moment becomes that moment.
pub trait SaturatingMove {
    #[must_use]
    fn plus(self, duration: SignedDuration) -> Self;
    #[must_use]
    fn minus(self, duration: SignedDuration) -> Self;
}

impl SaturatingMove for Timestamp {
    fn plus(self, duration: SignedDuration) -> Self {
        let limit = if duration.is_negative() { Self::MIN } else { Self::MAX };
        self.checked_add(duration).unwrap_or(limit)
    }

    fn minus(self, duration: SignedDuration) -> Self {
        let limit = if duration.is_negative() { Self::MAX } else { Self::MIN };
        self.checked_sub(duration).unwrap_or(limit)
    }
}

/// Multiplies a duration by a factor, for example a random share. A product that is not a duration becomes the longest.
#[must_use]
pub fn scaled(duration: SignedDuration, factor: f64) -> SignedDuration {
    SignedDuration::try_from_secs_f64(duration.as_secs_f64() * factor).unwrap_or(SignedDuration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_stops_at_the_limits_of_the_range() {
        let (first, last) = (Timestamp::MIN, Timestamp::MAX);
        let (day, longest) = (SignedDuration::from_hours(24), SignedDuration::MAX);
        assert_eq!((last.plus(day), first.minus(day)), (last, first));
        assert_eq!((last.minus(-day), first.plus(-day)), (last, first));
        assert_eq!((first.plus(longest), last.minus(longest)), (last, first));
        assert_eq!((first.minus(SignedDuration::MIN), last.plus(SignedDuration::MIN)), (last, first));
        let now: Timestamp = "2026-11-23T04:00:00Z".parse().unwrap();
        assert_eq!(now.plus(day), "2026-11-24T04:00:00Z".parse().unwrap());
        assert_eq!(now.minus(day), "2026-11-22T04:00:00Z".parse().unwrap());
    }

    #[test]
    fn a_factor_that_makes_no_duration_gives_the_longest() {
        assert_eq!(scaled(SignedDuration::from_mins(5), 0.1), SignedDuration::from_secs(30));
        assert_eq!(scaled(SignedDuration::MAX, 2.0), SignedDuration::MAX);
        assert_eq!(scaled(SignedDuration::from_secs(1), f64::NAN), SignedDuration::MAX);
    }
}
