//! Every WIT type crosses between a host and a guest four times: a world of the
//! tests' own, generated in this crate and served by the library.

use crate::support::guest;
use wasmtime::component::{HasSelf, Linker, Resource};
use worldhost::{Limits, Runtime, Sandbox, State, Store};

mod bindings {
    wasmtime::component::bindgen!({
        path: "../../tests/worlds/all-types",
        world: "all-types",
        imports: {
            "test:all-types/echo.[constructor]token": trappable,
            "test:all-types/echo.[method]token.name": trappable,
            "test:all-types/echo.[method]token.rename": trappable,
            "test:all-types/echo.[static]token.join": trappable,
            "test:all-types/echo.[drop]token": trappable,
            "test:all-types/echo.borrow-token": trappable,
        },
        exports: { default: async },
        additional_derives: [PartialEq],
        with: {
            "wasi": wasmtime_wasi::p2::bindings,
            "test:all-types/echo.token": super::Token,
        },
    });
}

use bindings::exports::test::all_types::round_trip::Guest;
use bindings::test::all_types::echo::{self, Color, Permissions, Point, Segment, Shape, Wide};
use bindings::{AllTypes, AllTypesPre};

/// What the host keeps for a `token` handle.
pub struct Token(String);

/// How many tokens the guest gave back or dropped.
#[derive(Default)]
struct Data {
    dropped: u32,
}

macro_rules! echo {
    ($($name:ident: $ty:ty),* $(,)?) => {
        impl echo::Host for State<Data> {
            $(fn $name(&mut self, v: $ty) -> $ty { v })*

            #[allow(clippy::too_many_arguments, reason = "that is what is tested")]
            fn many(
                &mut self, a: u8, b: i8, c: u16, d: i16, e: u32, f: i32, g: u64, h: i64, i: f32,
                j: f64, k: char, l: bool, m: String, n: Vec<u8>, o: Point, p: Option<u8>,
            ) -> Many {
                ((a, b, c, d, e, f, g, h), (i, j, k, l), (m, n, o, p))
            }

            fn nothing(&mut self) {}

            fn borrow_token(&mut self, v: Resource<Token>) -> wasmtime::Result<String> {
                Ok(self.table().get(&v)?.0.clone())
            }
        }
    };
}

type Many = (
    (u8, i8, u16, i16, u32, i32, u64, i64),
    (f32, f64, char, bool),
    (String, Vec<u8>, Point, Option<u8>),
);

echo! {
    bool_value: bool, u8_value: u8, u16_value: u16, u32_value: u32, u64_value: u64,
    s8_value: i8, s16_value: i16, s32_value: i32, s64_value: i64,
    f32_value: f32, f64_value: f64, char_value: char, string_value: String,
    list_u8: Vec<u8>, list_string: Vec<String>, list_list: Vec<Vec<u32>>,
    list_record: Vec<Point>, list_option: Vec<Option<String>>,
    option_u32: Option<u32>, option_string: Option<String>, option_option: Option<Option<u32>>,
    result_both: Result<u32, String>, result_ok: Result<String, ()>,
    result_err: Result<(), Color>, result_bare: Result<(), ()>,
    tuple_value: (u8, String, f64), record_value: Point, record_nested: Segment,
    variant_value: Shape, list_variant: Vec<Shape>, enum_value: Color,
    flags_small: Permissions, flags_wide: Wide,
    own_token: Resource<Token>, list_token: Vec<Resource<Token>>,
    option_token: Option<Resource<Token>>,
}

impl echo::HostToken for State<Data> {
    fn new(&mut self, name: String) -> wasmtime::Result<Resource<Token>> {
        Ok(self.table().push(Token(name))?)
    }

    fn name(&mut self, this: Resource<Token>) -> wasmtime::Result<String> {
        Ok(self.table().get(&this)?.0.clone())
    }

    fn rename(&mut self, this: Resource<Token>, name: String) -> wasmtime::Result<()> {
        self.table().get_mut(&this)?.0 = name;
        Ok(())
    }

    fn join(
        &mut self,
        left: Resource<Token>,
        right: Resource<Token>,
    ) -> wasmtime::Result<Resource<Token>> {
        let left = self.table().delete(left)?.0;
        let right = &self.table().get(&right)?.0;
        let joined = format!("{left}+{right}");
        Ok(self.table().push(Token(joined))?)
    }

    fn drop(&mut self, this: Resource<Token>) -> wasmtime::Result<()> {
        let (data, table) = self.split();
        table.delete(this)?;
        data.dropped += 1;
        Ok(())
    }
}

impl bindings::test::all_types::types::Host for State<Data> {}

struct Live {
    store: Store<Data>,
    world: AllTypes,
}

impl Live {
    async fn new() -> Live {
        let runtime: Runtime<Data> = Runtime::new(|linker: &mut Linker<State<Data>>| {
            echo::add_to_linker::<_, HasSelf<_>>(linker, |state| state)
        })
        .unwrap();
        let component = runtime.load(guest("all-types")).await.unwrap();
        let pre = component.typed(AllTypesPre::new).unwrap();
        let mut store = component
            .store(&Sandbox::new(), &Limits::default(), Data::default())
            .unwrap();
        let world = store
            .call("all-types", async |s| pre.instantiate_async(s).await)
            .await
            .unwrap();
        Live { store, world }
    }
}

/// Calls a function of `round-trip` and gives what came back.
macro_rules! call {
    ($live:ident, $function:ident($($arg:expr),*)) => {{
        let guest: &Guest = $live.world.test_all_types_round_trip();
        $live
            .store
            .call(stringify!($function), async |s| guest.$function(s, $($arg),*).await)
            .await
            .unwrap()
    }};
}

/// Sends each value and expects the same back.
macro_rules! same {
    ($live:ident, $function:ident, [$($value:expr),* $(,)?]) => {
        $( assert_eq!(call!($live, $function($value)), $value, stringify!($function)); )*
    };
}

#[tokio::test]
async fn integers_at_their_limits() {
    let mut live = Live::new().await;
    same!(live, call_bool_value, [true, false]);
    same!(live, call_u8_value, [0, u8::MAX]);
    same!(live, call_u16_value, [0, u16::MAX]);
    same!(live, call_u32_value, [0, u32::MAX]);
    same!(live, call_u64_value, [0, u64::MAX]);
    same!(live, call_s8_value, [i8::MIN, -1, i8::MAX]);
    same!(live, call_s16_value, [i16::MIN, -1, i16::MAX]);
    same!(live, call_s32_value, [i32::MIN, -1, i32::MAX]);
    same!(live, call_s64_value, [i64::MIN, -1, i64::MAX]);
}

#[tokio::test]
async fn floats_with_nan_and_infinities() {
    let mut live = Live::new().await;
    let f32s = [
        0.0,
        -0.0,
        f32::MIN,
        f32::MAX,
        f32::MIN_POSITIVE,
        f32::INFINITY,
        f32::NEG_INFINITY,
    ];
    for value in f32s {
        assert_eq!(
            call!(live, call_f32_value(value)).to_bits(),
            value.to_bits()
        );
    }
    let f64s = [
        0.0,
        -0.0,
        f64::MIN,
        f64::MAX,
        f64::MIN_POSITIVE,
        f64::INFINITY,
        f64::NEG_INFINITY,
    ];
    for value in f64s {
        assert_eq!(
            call!(live, call_f64_value(value)).to_bits(),
            value.to_bits()
        );
    }
    assert!(call!(live, call_f32_value(f32::NAN)).is_nan());
    assert!(call!(live, call_f64_value(f64::NAN)).is_nan());
}

#[tokio::test]
async fn characters_and_strings() {
    let mut live = Live::new().await;
    same!(
        live,
        call_char_value,
        ['\0', 'a', 'é', '\u{d7ff}', '\u{e000}', '😀', char::MAX]
    );
    let long = "ü".repeat(100_000);
    for text in [
        "",
        "plain",
        "naïve Ω 漢字 😀 \u{10ffff}",
        "nul \0 inside",
        &long,
    ] {
        assert_eq!(call!(live, call_string_value(text)), text);
    }
}

#[tokio::test]
async fn lists_options_and_results() {
    let mut live = Live::new().await;
    let point = |x, y| Point { x, y };
    same!(live, call_list_u8, [&[] as &[u8], &[0, 127, 255]]);
    let strings = ["".to_string(), "é".to_string()];
    same!(live, call_list_string, [&strings[..]]);
    same!(live, call_list_list, [&[vec![], vec![1, u32::MAX]][..]]);
    let points = vec![point(1, -1), point(i32::MIN, i32::MAX)];
    assert_eq!(call!(live, call_list_record(&points)), points);
    let options = [None, Some("some".to_string())];
    assert_eq!(call!(live, call_list_option(&options)), options);

    same!(live, call_option_u32, [None, Some(0), Some(u32::MAX)]);
    assert_eq!(call!(live, call_option_string(None)), None);
    assert_eq!(
        call!(live, call_option_string(Some("é"))).as_deref(),
        Some("é")
    );
    same!(live, call_option_option, [None, Some(None), Some(Some(7))]);

    assert_eq!(call!(live, call_result_both(Ok(7))), Ok(7));
    assert_eq!(
        call!(live, call_result_both(Err("why"))),
        Err("why".to_string())
    );
    assert_eq!(
        call!(live, call_result_ok(Ok("fine"))),
        Ok("fine".to_string())
    );
    assert_eq!(call!(live, call_result_ok(Err(()))), Err(()));
    same!(live, call_result_err, [Ok(()), Err(Color::Blue)]);
    same!(live, call_result_bare, [Ok(()), Err(())]);
}

#[tokio::test]
async fn tuples_records_variants_enums_and_flags() {
    let mut live = Live::new().await;
    let tuple = call!(live, call_tuple_value((255, "é", f64::INFINITY)));
    assert_eq!(tuple, (255, "é".to_string(), f64::INFINITY));

    let (start, end) = (Point { x: i32::MIN, y: 0 }, Point { x: 1, y: i32::MAX });
    same!(live, call_record_value, [start, end]);
    for label in [None, Some("from here to there".to_string())] {
        let segment = Segment { start, end, label };
        assert_eq!(call!(live, call_record_nested(&segment)), segment);
    }

    let segment = Segment {
        start,
        end,
        label: Some("é".into()),
    };
    let shapes = [
        Shape::Empty,
        Shape::Circle(f64::MAX),
        Shape::Polygon(vec![start, end]),
        Shape::Segment(segment),
        Shape::Named(("shape".into(), 255)),
    ];
    for shape in &shapes {
        assert_eq!(call!(live, call_variant_value(shape)), *shape);
    }
    assert_eq!(call!(live, call_list_variant(&shapes)), shapes);

    same!(
        live,
        call_enum_value,
        [Color::Red, Color::Green, Color::Blue]
    );
    let some = Permissions::READ | Permissions::EXEC;
    same!(
        live,
        call_flags_small,
        [Permissions::empty(), some, Permissions::all()]
    );
    same!(
        live,
        call_flags_wide,
        [Wide::empty(), Wide::B0 | Wide::B31, Wide::all()]
    );
}

#[tokio::test]
async fn more_parameters_than_are_passed_flat() {
    let mut live = Live::new().await;
    let point = Point { x: -1, y: 1 };
    let many = call!(
        live,
        call_many(
            u8::MAX,
            i8::MIN,
            u16::MAX,
            i16::MIN,
            u32::MAX,
            i32::MIN,
            u64::MAX,
            i64::MIN,
            0.5,
            -0.5,
            'é',
            true,
            "text",
            &[1, 2, 3],
            point,
            Some(9)
        )
    );
    let numbers = (
        u8::MAX,
        i8::MIN,
        u16::MAX,
        i16::MIN,
        u32::MAX,
        i32::MIN,
        u64::MAX,
        i64::MIN,
    );
    assert_eq!(many.0, numbers);
    assert_eq!(many.1, (0.5, -0.5, 'é', true));
    assert_eq!(many.2, ("text".to_string(), vec![1, 2, 3], point, Some(9)));
    call!(live, call_nothing());
}

#[tokio::test]
async fn resources_of_the_host_owned_and_borrowed() {
    let mut live = Live::new().await;
    let push = |live: &mut Live, name: &str| {
        live.store
            .state_mut()
            .table()
            .push(Token(name.into()))
            .unwrap()
    };
    let name = |live: &mut Live, token: &Resource<Token>| {
        live.store.state_mut().table().get(token).unwrap().0.clone()
    };

    let token = push(&mut live, "é");
    let token = call!(live, call_own_token(token));
    assert_eq!(name(&mut live, &token), "é");

    let borrowed = Resource::new_borrow(token.rep());
    assert_eq!(call!(live, call_borrow_token(borrowed)), "é");
    assert_eq!(name(&mut live, &token), "é", "lent, not given");

    let other = push(&mut live, "other");
    let back = call!(live, call_list_token(&[token, other]));
    let names: Vec<String> = back.iter().map(|token| name(&mut live, token)).collect();
    assert_eq!(names, ["é", "other"]);

    assert!(call!(live, call_option_token(None)).is_none());
    assert_eq!(live.store.state().data().dropped, 0);
}

#[tokio::test]
async fn the_guest_uses_every_method_of_a_resource_of_the_host() {
    let mut live = Live::new().await;
    let token = call!(live, call_use_token("a", "b"));
    let name = live
        .store
        .state_mut()
        .table()
        .get(&token)
        .unwrap()
        .0
        .clone();
    assert_eq!(name, "a+b!");
    assert_eq!(
        live.store.state().data().dropped,
        1,
        "`b` was dropped, `a` consumed"
    );
}

#[tokio::test]
async fn resources_of_the_guest_owned_and_borrowed() {
    let mut live = Live::new().await;
    let Live { store, world } = &mut live;
    let guest = world.test_all_types_round_trip();
    store
        .call("counter", async |s| {
            let counter = guest.counter();
            let one = counter.call_constructor(&mut *s, u64::MAX - 10).await?;
            counter.call_add(&mut *s, one, 3).await?;
            assert_eq!(counter.call_value(&mut *s, one).await?, u64::MAX - 7);
            let one = guest.call_own_counter(&mut *s, one).await?;
            assert_eq!(guest.call_borrow_counter(&mut *s, one).await?, u64::MAX - 7);

            let two = counter.call_constructor(&mut *s, 5).await?;
            let sum = counter.call_sum(&mut *s, one, two).await?;
            assert_eq!(counter.call_value(&mut *s, sum).await?, u64::MAX - 2);
            let back = guest.call_list_counter(&mut *s, &[sum, two]).await?;
            assert_eq!(counter.call_alive(&mut *s).await?, 2);
            for handle in back {
                handle.resource_drop_async(&mut *s).await?;
            }
            assert_eq!(counter.call_alive(&mut *s).await?, 0);
            Ok(())
        })
        .await
        .unwrap();
}
