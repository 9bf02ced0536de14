//! The plugins, encoded from text.

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// A plugin of the shop: the item and the market's rate, put together by `operator`.
pub fn price(operator: &str) -> Vec<u8> {
    let wit = "package app:shop@0.1.0;
        interface market { rate: func() -> u32; }
        world plugin { import market; export price: func(item: u32) -> u32; }";
    let core = format!(
        r#"(module
            (import "app:shop/market@0.1.0" "rate" (func $rate (result i32)))
            (func (export "price") (param i32) (result i32)
                (call $rate) (local.get 0) ({operator})))"#
    );
    component(wit, &core)
}

/// A plugin with an asynchronous export.
pub fn timer() -> Vec<u8> {
    let wit = "package app:timer@0.1.0; world timer { export double: async func(n: u32) -> u32; }";
    let core = r#"(module
        (import "[export]$root" "[task-return]double" (func $return (param i32)))
        (func (export "[async-lift]double") (param i32) (result i32)
            (call $return (i32.mul (local.get 0) (i32.const 2)))
            (i32.const 0))
        (func (export "[callback][async-lift]double") (param i32 i32 i32) (result i32)
            unreachable))"#;
    component(wit, core)
}

fn component(wit: &str, core: &str) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let package = resolve.push_source("app.wit", wit).unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    let mut module = wat::parse_str(core).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    let mut encoder = ComponentEncoder::default().validate(true);
    encoder = encoder.module(&module).unwrap();
    encoder.encode().unwrap()
}
