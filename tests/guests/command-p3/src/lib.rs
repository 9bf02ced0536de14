//! A command of WASI 0.3: its entry point is async, its input and output are
//! streams, and nothing of WASI 0.2 is imported.

use std::collections::HashMap;

use wasip3::cli::{environment, exit, stderr, stdin, stdout};
use wasip3::clocks::monotonic_clock;
use wasip3::filesystem::preopens;
use wasip3::filesystem::types::{DescriptorFlags, OpenFlags, PathFlags};
use wasip3::wit_bindgen::rt::async_support::{StreamReader, StreamResult, StreamWriter};

wasip3::cli::command::export!(Command);

struct Command;

impl wasip3::exports::cli::run::Guest for Command {
    async fn run() -> Result<(), ()> {
        let args = environment::get_arguments();
        let args: Vec<&str> = args.iter().skip(1).map(String::as_str).collect();
        let (mut out, read_end) = wasip3::wit_stream::new();
        let written = stdout::write_via_stream(read_end);
        match args[..] {
            [] => print(&mut out, "hello from a 0.3 command\n").await,
            ["args", ref rest @ ..] => {
                for arg in rest {
                    print(&mut out, &format!("{arg}\n")).await;
                }
            }
            ["env", name] => {
                let vars: HashMap<_, _> = environment::get_environment().into_iter().collect();
                match vars.get(name) {
                    Some(value) => print(&mut out, &format!("{value}\n")).await,
                    None => return fail(&format!("{name} is not set")).await,
                }
            }
            ["stdin"] => copy(stdin::read_via_stream().0, &mut out, true).await,
            ["cat", path] => match open(path).await {
                Ok(contents) => copy(contents, &mut out, false).await,
                Err(message) => return fail(&message).await,
            },
            ["sleep", millis] => {
                monotonic_clock::wait_for(millis.parse::<u64>().unwrap() * 1_000_000).await;
                print(&mut out, "slept\n").await;
            }
            ["exit", code] => exit::exit_with_code(code.parse().unwrap()),
            ["panic"] => panic!("asked to panic"),
            ["spin"] => loop {
                std::hint::spin_loop();
            },
            _ => return fail(&format!("unknown: {}", args.join(" "))).await,
        }
        drop(out);
        written.await.map_err(|_| ())
    }
}

async fn print(out: &mut StreamWriter<u8>, text: &str) {
    out.write_all(text.into()).await;
}

async fn fail(message: &str) -> Result<(), ()> {
    let (mut out, read_end) = wasip3::wit_stream::new();
    let written = stderr::write_via_stream(read_end);
    print(&mut out, &format!("{message}\n")).await;
    drop(out);
    written.await.map_err(|_| ())?;
    Err(())
}

/// Hands on each piece as it comes.
async fn copy(mut from: StreamReader<u8>, to: &mut StreamWriter<u8>, upper_case: bool) {
    loop {
        let (status, mut piece) = from.read(Vec::with_capacity(4096)).await;
        if upper_case {
            piece.make_ascii_uppercase();
        }
        to.write_all(piece).await;
        if status == StreamResult::Dropped {
            return;
        }
    }
}

/// A file by its path, from the directory that holds it.
async fn open(path: &str) -> Result<StreamReader<u8>, String> {
    for (directory, name) in preopens::get_directories() {
        let Some(rest) = path.strip_prefix(&name) else {
            continue;
        };
        let rest = rest.trim_start_matches('/').to_string();
        let file = directory
            .open_at(
                PathFlags::empty(),
                rest,
                OpenFlags::empty(),
                DescriptorFlags::READ,
            )
            .await
            .map_err(|code| format!("{path}: {code:?}"))?;
        return Ok(file.read_via_stream(0).0);
    }
    Err(format!("{path}: in no directory that was given"))
}
