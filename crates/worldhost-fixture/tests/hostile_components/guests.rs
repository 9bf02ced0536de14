//! Components that do something by each command: it is in their `run` and in their `process`.

use crate::support::component;

/// The core module of a guest, in parts.
pub struct Guest<'a> {
    /// Imports of WASI, globals, functions, data.
    pub fields: &'a str,
    /// What is done first by either export.
    pub does: &'a str,
    /// What comes behind it: of `run` a number, of `process` where its result is.
    pub run: &'a str,
    pub process: &'a str,
    /// The body of `cabi_realloc`.
    pub realloc: &'a str,
    /// The body of what is called after either has returned.
    pub post: &'a str,
}

/// Hands out memory from the second page onwards, and takes none back.
pub const REALLOC: &str = "(local $at i32)
    (local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
    (global.set $free (i32.add (local.get $at) (local.get 3)))
    (local.get $at)";

impl Default for Guest<'_> {
    fn default() -> Self {
        Guest {
            fields: "",
            does: "",
            run: "(i32.const 0)",
            process: "(i32.const 8)",
            realloc: REALLOC,
            post: "",
        }
    }
}

/// What of `wasi:http` they use.
const HTTP: &str = "package wasi:http@0.2.12 { interface types {
    variant header-error { invalid-syntax, forbidden, immutable }
    resource fields {
        constructor();
        append: func(name: string, value: list<u8>) -> result<_, header-error>;
    }
    resource outgoing-request { constructor(headers: fields); }
} }";

impl Guest<'_> {
    pub fn build(&self) -> Vec<u8> {
        let wit = format!(
            "package test:guest; {HTTP}
             world guest {{
                import worldhost:plugin/host@0.1.0; include wasi:cli/imports@0.2.12;
                import wasi:http/types@0.2.12;
                export wasi:cli/run@0.2.12; export process: func(input: string) -> string;
             }}"
        );
        component(&wit, "guest", &self.core("wasi:cli/run@0.2.12#run"))
    }

    /// Of WASI 0.3, with these imports.
    pub fn build_p3(&self, imports: &str) -> Vec<u8> {
        let wit = format!(
            "package test:guest; {P3}
             world guest {{
                {imports}
                export wasi:cli/run@0.3.0; export process: func(input: string) -> string;
             }}"
        );
        component(&wit, "guest", &self.core("wasi:cli/run@0.3.0#run"))
    }

    fn core(&self, export: &str) -> String {
        let Guest {
            fields,
            does,
            run,
            process,
            realloc,
            post,
        } = self;
        format!(
            r#"(module
                {fields}
                (memory (export "memory") 2)
                (global $free (mut i32) (i32.const 65536))
                (func $realloc (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
                    {realloc})
                (func $does (local $n i32) (local $m i32) {does})
                (func (export "{export}") (result i32)
                    (call $does) {run})
                (func (export "cabi_post_{export}") (param i32) {post})
                (func (export "process") (param $ptr i32) (param $len i32) (result i32)
                    (call $does) {process})
                (func (export "cabi_post_process") (param i32) {post}))"#
        )
    }
}

/// One that does this.
pub fn does(fields: &str, does: &str) -> Vec<u8> {
    Guest {
        fields,
        does,
        ..Guest::default()
    }
    .build()
}

/// One that does this again and again.
pub fn again(fields: &str, body: &str) -> Vec<u8> {
    does(fields, &format!("(loop $again {body} (br $again))"))
}

/// A component of this text, whose core instance `$i` has `memory`, `realloc`, `run` and
/// `process`.
pub fn text(fields: &str) -> Vec<u8> {
    let text = format!(
        r#"(component
            {fields}
            (func $run (result (result)) (canon lift (core func $i "run")))
            (instance $cli (export "run" (func $run)))
            (export "wasi:cli/run@0.2.12" (instance $cli))
            (func (export "process") (param "input" string) (result string)
                (canon lift (core func $i "process") (memory (core memory $i "memory"))
                    (realloc (core func $i "realloc")))))"#
    );
    wat::parse_str(&text).unwrap_or_else(|error| panic!("{error}"))
}

/// What the core module of [`text`] has, where `$does` is a function of no parameter.
pub const EXPORTS: &str = r#"
    (memory (export "memory") 2)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 65536))
    (func (export "run") (result i32) (call $does) (i32.const 0))
    (func (export "process") (param i32 i32) (result i32) (call $does) (i32.const 8))"#;

/// What of WASI 0.3 they use.
const P3: &str = "
    package wasi:cli@0.3.0 {
        interface types { enum error-code { io, illegal-byte-sequence, pipe } }
        interface run { run: async func() -> result; }
        interface exit {
            exit: func(status: result);
            exit-with-code: func(status-code: u8);
        }
        interface stdin {
            use types.{error-code};
            read-via-stream: func() -> tuple<stream<u8>, future<result<_, error-code>>>;
        }
        interface stdout {
            use types.{error-code};
            write-via-stream: func(data: stream<u8>) -> future<result<_, error-code>>;
        }
    }
    package wasi:clocks@0.3.0 {
        interface types { type duration = u64; }
        interface monotonic-clock {
            use types.{duration};
            type mark = u64;
            now: func() -> mark;
            wait-for: async func(how-long: duration);
        }
    }
    package wasi:random@0.3.0 {
        interface random { get-random-bytes: func(max-len: u64) -> list<u8>; }
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
                access-denied, invalid-argument, name-unresolvable, temporary-resolver-failure,
                permanent-resolver-failure, other(option<string>),
            }
            resolve-addresses: async func(name: string) -> result<list<ip-address>, error-code>;
        }
    }";
