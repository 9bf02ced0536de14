#![no_main]

#[path = "../targets/mod.rs"]
#[allow(dead_code, reason = "each binary runs one")]
mod targets;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::policy::run(bytes));
