//! A guest that hands every WIT type back to the host that it got it from.

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};

wit_bindgen::generate!({
    path: "../../worlds/all-types",
    world: "test:all-types/all-types",
    generate_all,
});

use exports::test::all_types::round_trip::{Counter, CounterBorrow, Guest, GuestCounter, Token};
use test::all_types::echo;
use test::all_types::types::*;

/// `f(by value)` and `f(&by reference)`, as the bindings of `echo` take them.
macro_rules! forward {
    ($($name:ident: $type:ty;)* & $($ref_name:ident: $ref_type:ty;)*) => {
        $(fn $name(v: $type) -> $type { echo::$name(v) })*
        $(fn $ref_name(v: $ref_type) -> $ref_type { echo::$ref_name(&v) })*
    };
}

struct AllTypes;

impl Guest for AllTypes {
    type Counter = MyCounter;

    forward! {
        bool_value: bool;
        u8_value: u8;
        u16_value: u16;
        u32_value: u32;
        u64_value: u64;
        s8_value: i8;
        s16_value: i16;
        s32_value: i32;
        s64_value: i64;
        f32_value: f32;
        f64_value: f64;
        char_value: char;
        option_u32: Option<u32>;
        option_option: Option<Option<u32>>;
        result_err: Result<(), Color>;
        result_bare: Result<(), ()>;
        record_value: Point;
        enum_value: Color;
        flags_small: Permissions;
        flags_wide: Wide;
        own_token: Token;
        list_token: Vec<Token>;
        option_token: Option<Token>;
        &
        string_value: String;
        list_u8: Vec<u8>;
        list_string: Vec<String>;
        list_list: Vec<Vec<u32>>;
        list_record: Vec<Point>;
        list_option: Vec<Option<String>>;
        record_nested: Segment;
        variant_value: Shape;
        list_variant: Vec<Shape>;
    }

    fn option_string(v: Option<String>) -> Option<String> {
        echo::option_string(v.as_deref())
    }

    fn result_both(v: Result<u32, String>) -> Result<u32, String> {
        echo::result_both(v.as_ref().map(|ok| *ok).map_err(String::as_str))
    }

    fn result_ok(v: Result<String, ()>) -> Result<String, ()> {
        echo::result_ok(v.as_deref().map_err(|()| ()))
    }

    fn tuple_value((a, b, c): (u8, String, f64)) -> (u8, String, f64) {
        echo::tuple_value((a, &b, c))
    }

    #[rustfmt::skip]
    fn many(
        a: u8, b: i8, c: u16, d: i16, e: u32, f: i32, g: u64, h: i64, i: f32,
        j: f64, k: char, l: bool, m: String, n: Vec<u8>, o: Point, p: Option<u8>,
    ) -> (
        (u8, i8, u16, i16, u32, i32, u64, i64),
        (f32, f64, char, bool),
        (String, Vec<u8>, Point, Option<u8>),
    ) {
        echo::many(a, b, c, d, e, f, g, h, i, j, k, l, &m, &n, o, p)
    }

    fn nothing() {
        echo::nothing();
    }

    fn borrow_token(v: &Token) -> String {
        echo::borrow_token(v)
    }

    fn use_token(a: String, b: String) -> Token {
        let (left, right) = (Token::new(&a), Token::new("to be renamed"));
        right.rename(&format!("{b}!"));
        assert_eq!(right.name(), format!("{b}!"));
        Token::join(left, &right)
    }

    fn own_counter(v: Counter) -> Counter {
        v
    }

    fn borrow_counter(v: CounterBorrow<'_>) -> u64 {
        v.get::<MyCounter>().value()
    }

    fn list_counter(v: Vec<Counter>) -> Vec<Counter> {
        v
    }
}

static ALIVE: AtomicU32 = AtomicU32::new(0);

struct MyCounter(Cell<u64>);

impl GuestCounter for MyCounter {
    fn new(start: u64) -> Self {
        ALIVE.fetch_add(1, Ordering::Relaxed);
        MyCounter(Cell::new(start))
    }

    fn value(&self) -> u64 {
        self.0.get()
    }

    fn add(&self, n: u64) -> u64 {
        self.0.set(self.0.get() + n);
        self.0.get()
    }

    fn sum(left: Counter, right: CounterBorrow<'_>) -> Counter {
        let (left, right) = (left.get::<MyCounter>(), right.get::<MyCounter>());
        Counter::new(MyCounter::new(left.value() + right.value()))
    }

    fn alive() -> u32 {
        ALIVE.load(Ordering::Relaxed)
    }
}

impl Drop for MyCounter {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

export!(AllTypes);
