//! What is known of each limit beside its value: the table that help, messages, listings and
//! policy files are made of.

use std::fmt;
use std::time::Duration;

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unit {
    /// Bytes.
    Bytes,
    /// Things.
    Count,
    /// Things in each second.
    PerSecond,
    /// Nanoseconds.
    Time,
    /// Units of fuel.
    Fuel,
}

/// A field of a [`Limits`](super::limits::Limits): a number, or where there may be no limit,
/// one or none.
pub(crate) trait Bound: Sized {
    fn number(&self) -> Option<u64>;

    /// None where it cannot be of this type.
    fn of(number: Option<u64>) -> Option<Self>;
}

impl Bound for u64 {
    fn number(&self) -> Option<u64> {
        Some(*self)
    }

    fn of(number: Option<u64>) -> Option<Self> {
        number
    }
}

impl Bound for usize {
    fn number(&self) -> Option<u64> {
        Some(*self as u64)
    }

    /// More than this machine can name is all that it can name.
    fn of(number: Option<u64>) -> Option<Self> {
        number.map(|number| usize::try_from(number).unwrap_or(usize::MAX))
    }
}

impl Bound for Duration {
    /// More than 580 years are as many.
    fn number(&self) -> Option<u64> {
        Some(u64::try_from(self.as_nanos()).unwrap_or(u64::MAX))
    }

    fn of(number: Option<u64>) -> Option<Self> {
        number.map(Duration::from_nanos)
    }
}

impl<B: Bound> Bound for Option<B> {
    fn number(&self) -> Option<u64> {
        self.as_ref()?.number()
    }

    fn of(number: Option<u64>) -> Option<Self> {
        match number {
            None => Some(None),
            some => B::of(some).map(Some),
        }
    }
}

/// That something has no value `none`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needed;

impl fmt::Display for Needed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("is a limit that there always is; give it a number, however large")
    }
}

impl std::error::Error for Needed {}

/// Makes a type of limits, the list of them, and what is said of each, of one entry for each.
macro_rules! limits {
    (
        $(#[doc = $about:expr])*
        $vis:vis struct $Limits:ident;
        $(#[doc = $about_one:expr])*
        enum $Limit:ident;
        $(
            $(#[doc = $doc:expr])*
            $field:ident: $ty:ty = $default:expr,
            $variant:ident $unit:ident $name:literal,
            $bounds:literal,
            $hit:literal;
        )*
    ) => {
        $(#[doc = $about])*
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        $vis struct $Limits {
            $($(#[doc = $doc])* pub $field: $ty,)*
        }

        impl Default for $Limits {
            fn default() -> Self {
                $Limits { $($field: $default,)* }
            }
        }

        $(#[doc = $about_one])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        $vis enum $Limit {
            $(
                #[doc = concat!("[`", stringify!($Limits), "::", stringify!($field), "`]")]
                $variant,
            )*
        }

        impl $Limit {
            /// All there are.
            $vis const ALL: &[$Limit] = &[$($Limit::$variant,)*];

            /// The name by which command lines and files of settings call it.
            $vis fn name(self) -> &'static str {
                match self { $($Limit::$variant => $name,)* }
            }

            /// What it counts.
            $vis fn unit(self) -> Unit {
                match self { $($Limit::$variant => Unit::$unit,)* }
            }

            /// What it bounds, in a few words.
            $vis fn bounds(self) -> &'static str {
                match self { $($Limit::$variant => $bounds,)* }
            }

            /// Its value; none where nothing is bounded.
            $vis fn of(self, limits: &$Limits) -> Option<u64> {
                match self { $($Limit::$variant => limits.$field.number(),)* }
            }

            /// Sets its value.
            ///
            /// # Errors
            ///
            /// When there is none, and there has to be one.
            $vis fn set(self, limits: &mut $Limits, value: Option<u64>) -> Result<(), Needed> {
                match self {
                    $($Limit::$variant => limits.$field = Bound::of(value).ok_or(Needed)?,)*
                }
                Ok(())
            }

            /// That it was reached.
            fn reached(self, value: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self { $($Limit::$variant => write!(f, $hit, value),)* }
            }
        }
    };
}

pub(crate) use limits;
