//! Names that a guest looks up: those of the grants and no others, in WASI 0.2 and 0.3.
//! `localhost` needs no name server.

use crate::support::{Scratch, component, guest, worldhost};
use predicates::prelude::*;

/// `connect resolve NAME`, a guest of WASI 0.2: exit code, stdout and stderr.
fn resolve(options: &[&str], name: &str) -> assert_cmd::assert::Assert {
    let mut command = worldhost();
    command.arg("run").args(options).arg(guest("connect"));
    command.args(["resolve", name]).assert()
}

/// A command of WASI 0.3 that looks up `name` and ends with 0, or with 100 and the
/// number of the error.
fn looks_up_p3(name: &str) -> Vec<u8> {
    let wit = "package test:guest;
        world guest {
            import wasi:sockets/ip-name-lookup@0.3.0;
            import wasi:cli/exit@0.3.0;
            export wasi:cli/run@0.3.0;
        }
        package wasi:cli@0.3.0 {
            interface run { run: async func() -> result; }
            interface exit {
                exit: func(status: result);
                exit-with-code: func(status-code: u8);
            }
        }
        package wasi:sockets@0.3.0 {
            interface types {
                type ipv4-address = tuple<u8, u8, u8, u8>;
                type ipv6-address = tuple<u16, u16, u16, u16, u16, u16, u16, u16>;
                variant ip-address { ipv4(ipv4-address), ipv6(ipv6-address) }
            }
            interface ip-name-lookup {
                use types.{ip-address};
                variant error-code {
                    access-denied,
                    invalid-argument,
                    name-unresolvable,
                    temporary-resolver-failure,
                    permanent-resolver-failure,
                    other(option<string>),
                }
                resolve-addresses: async func(name: string)
                    -> result<list<ip-address>, error-code>;
            }
        }";
    let core = format!(
        r#"(module
            (import "wasi:sockets/ip-name-lookup@0.3.0" "resolve-addresses"
                (func $resolve (param i32 i32 i32)))
            (import "wasi:cli/exit@0.3.0" "exit-with-code" (func $exit (param i32)))
            (memory (export "memory") 1)
            (data (i32.const 64) "{name}")
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
            (func (export "wasi:cli/run@0.3.0#run") (result i32)
                (call $resolve (i32.const 64) (i32.const {length}) (i32.const 8))
                (if (i32.load8_u (i32.const 8))
                    (then (call $exit
                        (i32.add (i32.const 100) (i32.load8_u (i32.const 12))))))
                (i32.const 0)))"#,
        length = name.len()
    );
    component(wit, "guest", &core)
}

/// The exit code of [`looks_up_p3`].
fn resolve_p3(options: &[&str], name: &str) -> i32 {
    let scratch = Scratch::new();
    let file = scratch.file("lookup.wasm", looks_up_p3(name));
    let mut command = worldhost();
    let output = command.arg("run").args(options).arg(file).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    output.status.code().unwrap_or_else(|| panic!("{stderr}"))
}

const DENIED_P3: i32 = 100;

const NOT_GRANTED: [&[&str]; 3] = [
    &[],
    &["--allow-net", "127.0.0.1:80"],
    &["--allow-net", "example.com:443"],
];

const GRANTED: [&[&str]; 4] = [
    &["--allow-net", "localhost:80"],
    &["--allow-net", "LocalHost:*"],
    &[
        "--allow-net",
        "example.com:443",
        "--allow-net",
        "localhost:1",
    ],
    &["--inherit-network"],
];

#[test]
fn a_name_that_is_not_granted_is_not_looked_up() {
    for options in NOT_GRANTED {
        resolve(options, "localhost")
            .code(1)
            .stdout("")
            .stderr("access-denied\n");
        assert_eq!(resolve_p3(options, "localhost"), DENIED_P3, "{options:?}");
    }
}

#[test]
fn a_granted_name_is_looked_up_however_it_is_written() {
    for options in GRANTED {
        for name in ["localhost", "LOCALHOST"] {
            let found = predicate::str::contains("127.0.0.1").or(predicate::str::contains("::1"));
            resolve(options, name).success().stdout(found);
            assert_eq!(resolve_p3(options, name), 0, "{options:?} {name}");
        }
    }
}

#[test]
fn a_name_below_a_granted_one_is_another() {
    let options = ["--allow-net", "localhost:80"];
    for name in ["secret.localhost", "localhost.example.com"] {
        resolve(&options, name).code(1).stderr("access-denied\n");
        assert_eq!(resolve_p3(&options, name), DENIED_P3, "{name}");
    }
}

#[test]
fn an_address_is_read_and_not_asked_for() {
    resolve(&[], "127.0.0.1").code(1).stderr("access-denied\n");
    assert_eq!(resolve_p3(&[], "127.0.0.1"), DENIED_P3);
    for options in [
        ["--allow-net", "127.0.0.1:80"],
        ["--allow-net", "localhost:80"],
    ] {
        resolve(&options, "127.0.0.1")
            .success()
            .stdout("127.0.0.1\n");
        resolve(&options, "::1").success().stdout("::1\n");
        assert_eq!(resolve_p3(&options, "127.0.0.1"), 0, "{options:?}");
    }
}
