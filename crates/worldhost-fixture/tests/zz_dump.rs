mod support;
#[test]
fn dump() { std::fs::create_dir_all("/tmp/w/bombs").unwrap(); for b in support::bombs::all() { std::fs::write(format!("/tmp/w/bombs/{}.wasm", b.name), b.bytes).unwrap(); } }
