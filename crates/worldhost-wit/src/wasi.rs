//! The text of WASI.

/// The release of WASI 0.2 whose text is in this library.
pub const WASI_P2: &str = "0.2.12";

/// The release of WASI 0.3 whose text is in this library.
pub const WASI_P3: &str = "0.3.0";

/// The text of a package of WASI, such as `wasi:cli@…`, if it is in this library.
pub fn wasi_text(package: &str) -> Option<&'static str> {
    let file = package.strip_prefix("wasi:")?.replace('@', "-");
    let path = format!("wasi/{file}.wit");
    let found = FILES.iter().find(|(known, _)| *known == path);
    found.map(|(_, text)| *text)
}

/// Every package of WASI that Wasmtime links: the file's path in this library, and its
/// text.
pub(crate) const FILES: &[(&str, &str)] = &[
    (
        "wasi/cli-0.2.12.wit",
        include_str!("../wasi/cli-0.2.12.wit"),
    ),
    ("wasi/cli-0.3.0.wit", include_str!("../wasi/cli-0.3.0.wit")),
    (
        "wasi/clocks-0.2.12.wit",
        include_str!("../wasi/clocks-0.2.12.wit"),
    ),
    (
        "wasi/clocks-0.3.0.wit",
        include_str!("../wasi/clocks-0.3.0.wit"),
    ),
    (
        "wasi/filesystem-0.2.12.wit",
        include_str!("../wasi/filesystem-0.2.12.wit"),
    ),
    (
        "wasi/filesystem-0.3.0.wit",
        include_str!("../wasi/filesystem-0.3.0.wit"),
    ),
    (
        "wasi/http-0.2.12.wit",
        include_str!("../wasi/http-0.2.12.wit"),
    ),
    (
        "wasi/http-0.3.0.wit",
        include_str!("../wasi/http-0.3.0.wit"),
    ),
    ("wasi/io-0.2.12.wit", include_str!("../wasi/io-0.2.12.wit")),
    (
        "wasi/random-0.2.12.wit",
        include_str!("../wasi/random-0.2.12.wit"),
    ),
    (
        "wasi/random-0.3.0.wit",
        include_str!("../wasi/random-0.3.0.wit"),
    ),
    (
        "wasi/sockets-0.2.12.wit",
        include_str!("../wasi/sockets-0.2.12.wit"),
    ),
    (
        "wasi/sockets-0.3.0.wit",
        include_str!("../wasi/sockets-0.3.0.wit"),
    ),
];
