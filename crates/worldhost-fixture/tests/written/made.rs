//! `worldhost new`, the world that most of its tests give it, and the ways it is asked.

use crate::project::{Project, Said};
use std::process::Command;

const SHOP: &str = "package acme:shop@1.2.0;

interface store {
  record item { name: string, count: u32 }
  variant store-error { missing(string), full }
  resource bucket {
    constructor(name: string);
    get: func(key: string) -> result<item, store-error>;
  }
  names: func() -> list<string>;
}

interface orders {
  use store.{item};
  enum speed { slow, fast }
  flags extras { gift, note }
  record order { items: list<item>, speed: speed, extras: extras, first: option<item> }
  place: func(order: order, by: tuple<string, char>) -> result<u32, string>;
}

world shop {
  include wasi:cli/imports@WASI;
  import store;
  import now: func() -> u64;
  export orders;
}
";

pub fn shop() -> String {
    SHOP.replace("WASI", worldhost_wit::WASI_P2)
}

pub fn new(at: &Project, args: &[&str]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_worldhost-fixture"));
    command.current_dir(at.path("")).arg("new").args(args);
    Said::of(&command.output().unwrap())
}

/// The flavours, by the options that make them.
pub const FLAVOURS: [&[&str]; 2] = [&[], &["--plain"]];
