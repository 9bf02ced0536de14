//! A plugin of the host's world that uses what the world gives it: the host's
//! own functions and, through std, WASI's environment, files and output.

use std::io::Write;

wit_bindgen::generate!({
    path: "../../../crates/worldhost-fixture/wit",
    world: "worldhost:plugin/plugin",
    generate_all,
});

use worldhost::plugin::host;

struct Plugin;

impl Guest for Plugin {
    fn process(input: String) -> String {
        host::log(&format!("processing: {input}"));
        if let Ok(number) = input.parse() {
            return match host::compute(number) {
                Ok(doubled) => doubled.to_string(),
                Err(message) => format!("error: {message}"),
            };
        }
        match input.split_once(':').unwrap_or((&input, "")) {
            ("env", name) => std::env::var(name).unwrap_or_else(error),
            ("file", path) => std::fs::read_to_string(path).unwrap_or_else(error),
            ("stdout", text) => write(std::io::stdout(), text),
            ("stderr", text) => write(std::io::stderr(), text),
            ("panic", _) => panic!("asked to panic"),
            ("spin", _) => loop {
                std::hint::spin_loop();
            },
            _ => input.to_uppercase(),
        }
    }
}

fn write(mut out: impl Write, text: &str) -> String {
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => "written".into(),
        Err(e) => error(e),
    }
}

fn error(e: impl std::fmt::Display) -> String {
    format!("error: {e}")
}

export!(Plugin);
