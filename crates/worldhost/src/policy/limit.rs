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

impl Unit {
    /// A value in words. Bytes are in the sentence that it is for.
    pub(super) fn words(self, value: u64) -> impl fmt::Display {
        Words(self, value)
    }
}

struct Words(Unit, u64);

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Words(Unit::Time, nanos) => write!(f, "{:?}", Duration::from_nanos(*nanos)),
            Words(_, value) => write!(f, "{value}"),
        }
    }
}

/// A field of a type of limits: a number, or where there may be no limit, one or none.
pub(crate) trait Bound: Sized {
    fn number(&self) -> Option<u64>;

    /// None where it cannot be of this type.
    fn of(number: Option<u64>) -> Option<Self>;
}

impl Bound for u32 {
    fn number(&self) -> Option<u64> {
        Some(u64::from(*self))
    }

    fn of(number: Option<u64>) -> Option<Self> {
        number.map(|number| u32::try_from(number).unwrap_or(u32::MAX))
    }
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

/// What cannot be the value of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unfit {
    /// None, of one that there always is.
    None,
    /// More than this, which is the most that it can be.
    MoreThan(u64),
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unfit::None => {
                f.write_str("is a limit that there always is; give it a number, however large")
            }
            Unfit::MoreThan(most) => write!(f, "can be {most} at the most"),
        }
    }
}

impl std::error::Error for Unfit {}

/// Makes a type of limits, the list of them, and what is said of each, of one entry for each:
/// its field, what it is called and counts, what it bounds, and the words for who is beyond
/// it. There may be a most that it can be.
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
            $hit:literal
            $(, at most $most:expr)?;
        )*
    ) => {
        $(#[doc = $about])*
        #[derive(Clone, Debug, PartialEq, Eq)]
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
            /// When there is none, and there has to be one; or it is more than it can be.
            $vis fn set(self, limits: &mut $Limits, value: Option<u64>) -> Result<(), Unfit> {
                match self {
                    $($Limit::$variant => {
                        $(if value.is_some_and(|value| value > u64::from($most)) {
                            return Err(Unfit::MoreThan(u64::from($most)));
                        })?
                        limits.$field = Bound::of(value).ok_or(Unfit::None)?;
                    })*
                }
                Ok(())
            }

            /// That it was reached.
            fn reached(self, value: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self { $($Limit::$variant => write!(f, $hit, Unit::$unit.words(value)),)* }
            }
        }
    };
}

pub(crate) use limits;
