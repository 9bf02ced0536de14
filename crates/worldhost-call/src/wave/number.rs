//! Numbers, and what is wrong with those that are none or that a type does not hold.

use crate::quote::short;
use std::fmt::Display;
use wasmtime::component::Val;
use wasmtime::component::types::Type;
use wasmtime::component::wasm_wave::lex::{Lexer, Token};

/// Whether the whole word is a number of WAVE, and if not, what is to be said of it.
pub(super) fn check(word: &str) -> Result<(), String> {
    if is_number(word) {
        return Ok(());
    }
    let shown = short(word);
    Err(match meant(word) {
        Some(number) => format!("`{shown}` is no number here: write {}", short(&number)),
        None => format!("`{shown}` is no number"),
    })
}

fn is_number(word: &str) -> bool {
    let mut lexer = Lexer::new(word);
    lexer.next() == Some(Ok(Token::Number)) && lexer.slice().len() == word.len()
}

/// The number in WAVE that it is in another language.
fn meant(word: &str) -> Option<String> {
    let plain = word.replace('_', "").to_lowercase();
    let (sign, digits) = match plain.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", plain.strip_prefix('+').unwrap_or(&plain)),
    };
    let number = match digits {
        "nan" => return Some("nan".into()),
        "inf" | "infinity" => "inf".to_string(),
        digits => based(digits).or_else(|| decimal(digits))?,
    };
    let number = format!("{sign}{number}");
    (is_number(&number) || number == "inf").then_some(number)
}

fn based(digits: &str) -> Option<String> {
    let (prefix, rest) = digits.split_at_checked(2)?;
    let base = match prefix {
        "0x" => 16,
        "0o" => 8,
        "0b" => 2,
        _ => return None,
    };
    let number = u128::from_str_radix(rest, base).ok()?;
    Some(number.to_string())
}

fn decimal(digits: &str) -> Option<String> {
    if !digits.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let at = digits.find(['.', 'e']).unwrap_or(digits.len());
    let (whole, rest) = digits.split_at(at);
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    let rest = match rest {
        "." => "",
        rest => rest,
    };
    Some(format!("{whole}{rest}"))
}

/// The value of a number, `nan` and `inf` included, or what is wrong with it; none
/// where the type is not one of numbers.
pub(crate) fn value(number: &str, ty: &Type) -> Option<Result<Val, String>> {
    Some(match ty {
        Type::S8 => integer(number, Val::S8, i8::MIN, i8::MAX),
        Type::U8 => integer(number, Val::U8, u8::MIN, u8::MAX),
        Type::S16 => integer(number, Val::S16, i16::MIN, i16::MAX),
        Type::U16 => integer(number, Val::U16, u16::MIN, u16::MAX),
        Type::S32 => integer(number, Val::S32, i32::MIN, i32::MAX),
        Type::U32 => integer(number, Val::U32, u32::MIN, u32::MAX),
        Type::S64 => integer(number, Val::S64, i64::MIN, i64::MAX),
        Type::U64 => integer(number, Val::U64, u64::MIN, u64::MAX),
        Type::Float32 => match number.parse::<f32>() {
            Ok(value) => finite(number, value.is_finite(), Val::Float32(value)),
            Err(_) => Err(no_number(number)),
        },
        Type::Float64 => match number.parse::<f64>() {
            Ok(value) => finite(number, value.is_finite(), Val::Float64(value)),
            Err(_) => Err(no_number(number)),
        },
        _ => return None,
    })
}

fn no_number(word: &str) -> String {
    format!("`{}` is no number", short(word))
}

/// A number that is too large is not infinity, which has a word of its own.
fn finite(number: &str, finite: bool, value: Val) -> Result<Val, String> {
    match finite || number.ends_with("inf") || number == "nan" {
        true => Ok(value),
        false => Err(format!(
            "{} is not in its range; infinity is inf",
            short(number)
        )),
    }
}

fn integer<N: std::str::FromStr + Display>(
    number: &str,
    value: fn(N) -> Val,
    min: N,
    max: N,
) -> Result<Val, String> {
    if let Ok(number) = number.parse() {
        return Ok(value(number));
    }
    let shown = short(number);
    let range = format!("{min} to {max}");
    let not_in_range = |shown: &str| format!("{shown} is not in its range, {range}");
    let digits = number.strip_prefix('-').unwrap_or(number);
    if digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(not_in_range(&shown));
    }
    let Some(whole) = number.parse().ok().filter(|n: &f64| n.fract() == 0.0) else {
        return Err(format!("{shown} is not an integer"));
    };
    Err(match whole {
        whole if format!("{whole:.0}").parse::<N>().is_err() => not_in_range(&shown),
        whole if whole.abs() < EXACT => {
            format!("{shown} is not an integer: write {whole:.0}")
        }
        _ => format!("{shown} is not an integer: write all its digits"),
    })
}

/// Below this, every integer is an f64.
const EXACT: f64 = 9_007_199_254_740_992.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_other_languages_are_told_what_to_be() {
        for number in ["0", "-1", "1.5", "1e9", "-2.5E-3", "-inf"] {
            assert_eq!(check(number), Ok(()), "{number}");
        }
        for (word, meant) in [
            ("0x10", "16"),
            ("-0xff", "-255"),
            ("0b101", "5"),
            ("0o17", "15"),
            ("1_000_000", "1000000"),
            ("+1", "1"),
            ("007", "7"),
            ("00", "0"),
            (".5", "0.5"),
            ("5.", "5"),
            ("-nan", "nan"),
            ("+inf", "inf"),
            ("-Infinity", "-inf"),
        ] {
            let said = check(word).unwrap_err();
            assert_eq!(said, format!("`{word}` is no number here: write {meant}"));
        }
        for word in ["1x", "1-2", "1.2.3", "0xg", "1e", "-", "--1"] {
            assert_eq!(check(word), Err(format!("`{word}` is no number")));
        }
    }

    #[test]
    fn what_a_type_does_not_hold_is_said_to_be_so() {
        let said = |number, ty: Type| value(number, &ty).unwrap().unwrap_err();
        assert_eq!(said("256", Type::U8), "256 is not in its range, 0 to 255");
        assert_eq!(
            said("-1", Type::U64),
            "-1 is not in its range, 0 to 18446744073709551615"
        );
        assert_eq!(said("1.0", Type::S8), "1.0 is not an integer: write 1");
        assert_eq!(
            said("-2e2", Type::S32),
            "-2e2 is not an integer: write -200"
        );
        assert_eq!(said("1.5", Type::U32), "1.5 is not an integer");
        assert_eq!(
            said("1.8e19", Type::U64),
            "1.8e19 is not an integer: write all its digits"
        );
        let said_of = said("1.8446744073709552e19", Type::U64);
        assert!(said_of.contains("is not in its range"), "{said_of}");
        let said_of = said("1e30", Type::U8);
        assert_eq!(said_of, "1e30 is not in its range, 0 to 255");
        assert_eq!(said("nan", Type::U32), "nan is not an integer");
        assert_eq!(
            said("1e40", Type::Float32),
            "1e40 is not in its range; infinity is inf"
        );
        assert_eq!(
            said("1e999", Type::Float64),
            "1e999 is not in its range; infinity is inf"
        );
        let infinite = value("-inf", &Type::Float32).unwrap().unwrap();
        assert_eq!(infinite, Val::Float32(f32::NEG_INFINITY));
        assert!(value("1", &Type::Bool).is_none());
    }
}
