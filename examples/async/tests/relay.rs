//! The example runs, and gives each line back before it is sent the next.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

#[test]
fn lines_come_back_while_others_are_to_come() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_relay"))
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut line = || lines.next().map(Result::unwrap);
    let (ada, bob) = (line().unwrap(), line().unwrap());
    let of = |greeting: &str| greeting.split_once(", at tick ").unwrap().0.to_string();
    assert_eq!((&*of(&ada), &*of(&bob)), ("hello Ada", "hello Bob"));
    let mut stdin = child.stdin.take().unwrap();
    for word in ["one", "two"] {
        writeln!(stdin, "{word}").unwrap();
        assert_eq!(line(), Some(word.to_uppercase()));
    }
    drop(stdin);
    assert_eq!(line(), None);
    assert!(child.wait().unwrap().success());
}
