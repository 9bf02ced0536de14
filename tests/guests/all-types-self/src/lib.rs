//! A guest with a function of every WIT type that hands its value back, by itself:
//! it imports nothing but WASI.

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicU32, Ordering};

wit_bindgen::generate!({
    path: "../../worlds/all-types",
    world: "test:all-types/all-types-self",
    generate_all,
});

use exports::test::all_types::{echo, round_trip};
use test::all_types::types::*;

macro_rules! identity {
    ($($name:ident: $type:ty;)*) => {
        $(fn $name(v: $type) -> $type { v })*
    };
}

macro_rules! identities {
    ($token:ty, $borrow:ty) => {
        identity! {
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
            string_value: String;
            list_u8: Vec<u8>;
            list_string: Vec<String>;
            list_list: Vec<Vec<u32>>;
            list_record: Vec<Point>;
            list_option: Vec<Option<String>>;
            option_u32: Option<u32>;
            option_string: Option<String>;
            option_option: Option<Option<u32>>;
            result_both: Result<u32, String>;
            result_ok: Result<String, ()>;
            result_err: Result<(), Color>;
            result_bare: Result<(), ()>;
            tuple_value: (u8, String, f64);
            record_value: Point;
            record_nested: Segment;
            variant_value: Shape;
            list_variant: Vec<Shape>;
            enum_value: Color;
            flags_small: Permissions;
            flags_wide: Wide;
            own_token: $token;
            list_token: Vec<$token>;
            option_token: Option<$token>;
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
            ((a, b, c, d, e, f, g, h), (i, j, k, l), (m, n, o, p))
        }

        fn nothing() {}

        fn borrow_token(v: $borrow) -> String {
            v.get::<MyToken>().0.borrow().clone()
        }
    };
}

struct AllTypes;

impl echo::Guest for AllTypes {
    type Token = MyToken;

    identities!(echo::Token, echo::TokenBorrow<'_>);
}

impl round_trip::Guest for AllTypes {
    type Counter = MyCounter;

    identities!(round_trip::Token, round_trip::TokenBorrow<'_>);

    fn use_token(a: String, b: String) -> round_trip::Token {
        round_trip::Token::new(MyToken(RefCell::new(format!("{a}+{b}!"))))
    }

    fn own_counter(v: round_trip::Counter) -> round_trip::Counter {
        v
    }

    fn borrow_counter(v: round_trip::CounterBorrow<'_>) -> u64 {
        v.get::<MyCounter>().0.get()
    }

    fn list_counter(v: Vec<round_trip::Counter>) -> Vec<round_trip::Counter> {
        v
    }
}

struct MyToken(RefCell<String>);

impl echo::GuestToken for MyToken {
    fn new(name: String) -> Self {
        MyToken(RefCell::new(name))
    }

    fn name(&self) -> String {
        self.0.borrow().clone()
    }

    fn rename(&self, name: String) {
        *self.0.borrow_mut() = name;
    }

    fn join(left: echo::Token, right: echo::TokenBorrow<'_>) -> echo::Token {
        let left = left.get::<MyToken>().0.borrow().clone();
        let right = right.get::<MyToken>().0.borrow().clone();
        echo::Token::new(MyToken(RefCell::new(format!("{left}+{right}"))))
    }
}

static ALIVE: AtomicU32 = AtomicU32::new(0);

struct MyCounter(Cell<u64>);

impl round_trip::GuestCounter for MyCounter {
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

    fn sum(left: round_trip::Counter, right: round_trip::CounterBorrow<'_>) -> round_trip::Counter {
        let sum = left.get::<MyCounter>().0.get() + right.get::<MyCounter>().0.get();
        round_trip::Counter::new(<MyCounter as round_trip::GuestCounter>::new(sum))
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
