//! A `wasi:cli/command`: each subcommand drives one part of WASI as the standard
//! library does it. Only `exit-code` calls WASI itself, because not every std
//! hands on a code other than 0 and 1.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::io::{BufRead, Write};
use std::time::{Duration, Instant, SystemTime};
use std::{env, fs, io, process, thread};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        [] => println!("hello from a command"),
        ["args", ref rest @ ..] => rest.iter().for_each(|arg| println!("{arg}")),
        ["env", name] => match env::var(name) {
            Ok(value) => println!("{value}"),
            Err(e) => fail(&format!("{name}: {e}")),
        },
        ["envs"] => env::vars().for_each(|(name, value)| println!("{name}={value}")),
        ["cat", path] => io::stdout().write_all(&fs::read(path)?)?,
        ["write", path, text] => fs::write(path, text)?,
        ["ls", path] => ls(path)?,
        ["stdin"] => upper_case_lines()?,
        ["stderr", text] => eprintln!("{text}"),
        ["clocks"] => clocks(),
        ["random"] => println!("{:016x} {:016x}", random(), random()),
        ["alloc", mib] => alloc(mib.parse()?),
        ["exit", code] => process::exit(code.parse()?),
        ["exit-code", code] => wasip2::cli::exit::exit_with_code(code.parse()?),
        ["panic"] => panic!("asked to panic"),
        ["spin"] => loop {
            std::hint::spin_loop();
        },
        _ => fail(&format!("unknown: {}", args.join(" "))),
    }
    Ok(())
}

fn fail(message: &str) -> ! {
    eprintln!("{message}");
    process::exit(1)
}

fn ls(path: &str) -> io::Result<()> {
    let entries = fs::read_dir(path)?.map(|entry| entry.map(|e| e.file_name()));
    let mut names = entries.collect::<io::Result<Vec<_>>>()?;
    names.sort();
    names.iter().for_each(|name| println!("{}", name.display()));
    Ok(())
}

/// Answers each line as it comes, without waiting for the end of the input.
fn upper_case_lines() -> io::Result<()> {
    for line in io::stdin().lock().lines() {
        println!("{}", line?.to_uppercase());
    }
    Ok(())
}

fn clocks() {
    let year_2020 = SystemTime::UNIX_EPOCH + Duration::from_secs(1_577_836_800);
    println!("wall-after-2020 {}", SystemTime::now() > year_2020);
    let start = Instant::now();
    thread::sleep(Duration::from_millis(5));
    let advanced = start.elapsed() >= Duration::from_millis(5);
    println!("monotonic-advances {advanced}");
}

/// std seeds its hash maps from the host's random numbers.
fn random() -> u64 {
    RandomState::new().hash_one(0)
}

fn alloc(mib: usize) {
    let block = vec![1u8; mib << 20];
    let sum: usize = std::hint::black_box(&block)
        .iter()
        .map(|&b| b as usize)
        .sum();
    println!("allocated {} MiB", sum >> 20);
}
