//! Parses JSON while reading it, so that unknown content is never stored.
//!
//! One visitor for all parts of an answer. An unexpected type is not an error: each part decides what to make
//! of it. Only malformed JSON is an error.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::value::{Folded, Scalar};

/// A part of an answer that can be built from any JSON value.
pub(super) trait Part<'de>: Sized {
    /// The part for null.
    fn null() -> Self;

    /// The part for a value of an unexpected type.
    fn stranger() -> Self;

    /// The part for a boolean, number or string.
    fn scalar(_: Scalar<'de>) -> Self {
        Self::stranger()
    }

    /// The part for a list.
    fn list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self::stranger())
    }

    /// The part for an object.
    fn object<A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::stranger())
    }
}

/// Adapter from [`Part`] to serde's `Deserialize`.
pub(super) struct Read<P>(pub(super) P);

impl<'de, P: Part<'de>> Deserialize<'de> for Read<P> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Anything(PhantomData)).map(Self)
    }
}

/// Reads the next value of an object as a part.
pub(super) fn next<'de, P: Part<'de>, A: MapAccess<'de>>(object: &mut A) -> Result<P, A::Error> {
    object.next_value::<Read<P>>().map(|Read(part)| part)
}

impl<'de> Deserialize<'de> for Folded {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl Visitor<'_> for Name {
            type Value = Folded;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Folded, E> {
                Ok(Folded::of(name))
            }
        }
        deserializer.deserialize_str(Name)
    }
}

struct Anything<P>(PhantomData<P>);

impl<'de, P: Part<'de>> Visitor<'de> for Anything<P> {
    type Value = P;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<P, E> {
        Ok(P::null())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<P, E> {
        Ok(P::scalar(Scalar::Bool(value)))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<P, E> {
        Ok(P::scalar(Scalar::Integer(value.into())))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<P, E> {
        Ok(P::scalar(Scalar::Integer(value.into())))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<P, E> {
        Ok(P::scalar(Scalar::Float(value)))
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<P, E> {
        Ok(P::scalar(Scalar::Text(Cow::Borrowed(value))))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<P, E> {
        Ok(P::scalar(Scalar::Text(Cow::Owned(value.to_owned()))))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<P, A::Error> {
        P::list(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<P, A::Error> {
        P::object(object)
    }
}
