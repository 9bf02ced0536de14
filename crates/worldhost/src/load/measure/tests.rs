use super::*;
use crate::policy::load_limits::LoadLimit;
use std::fmt::Write as _;

fn counted(bytes: &[u8], limits: &LoadLimits) -> Result<(), LoadLimit> {
    measure("x", bytes, limits).map_err(|error| match error {
        Error::Exceeds { limit, .. } => limit,
        other => panic!("{other}"),
    })
}

fn text(wat: &str) -> Result<(), LoadLimit> {
    counted(&wat::parse_str(wat).unwrap(), &LoadLimits::default())
}

#[test]
fn print() {
    let dir = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/guests"));
    for file in std::fs::read_dir(dir).unwrap().chain(std::fs::read_dir("/tmp/w/big").unwrap()) {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|ext| ext != "wasm") { continue; }
        let bytes = std::fs::read(&path).unwrap();
        let limits = LoadLimits::default();
        let mut budget = Budget::new(&limits);
        let t = std::time::Instant::now();
        let plan = walk::walk(&bytes, &mut budget).unwrap();
        let w = t.elapsed();
        let read = budget.used();
        let r = expand::expand(&plan, &mut budget);
        println!("{path:?} {} read {read} all {} {w:?} {:?} {r:?}", bytes.len(), budget.used(), t.elapsed());
    }
    let mut w = String::new();
    let _ = write!(w, "");
    let _ = text("(component)");
}
