//! The process that compiles.

use super::order::{Answer, Order};
use crate::engine::settings::compiling_engine;
use crate::error::Result;
use crate::load::image;
use crate::policy::load_limits::LoadLimits;
use std::io::{self, BufReader, Read};
use std::time::Duration;

/// The exit code of one that took too long.
pub(crate) const OUT_OF_TIME: i32 = 124;

/// Compiles what stdin asks for, writes the code to stdout and gives the exit code: for a
/// process that [`Apart`](crate::Apart) started, and does nothing else. Its memory and time
/// are bounded from here on, and it ends when the one that started it does.
pub fn serve() -> i32 {
    let mut stdin = BufReader::new(io::stdin());
    let Some((order, len)) = Order::read(&mut stdin) else {
        eprintln!("this is for a process that another one starts, which tells it what to compile");
        return 2;
    };
    bound(&order.config.load);
    let mut component = Vec::with_capacity(len);
    let read = (&mut stdin).take(len as u64).read_to_end(&mut component);
    if read.is_err() || component.len() != len {
        return 1;
    }
    // Its stdin ends when nobody waits for it any more.
    std::thread::spawn(move || {
        let _ = io::copy(&mut stdin, &mut io::sink());
        std::process::exit(1);
    });
    let answer = Answer::of(compile(&order, &component));
    match answer.write(&mut io::stdout().lock()) {
        Ok(()) => 0,
        Err(_) => 1,
    }
}

fn compile(order: &Order, component: &[u8]) -> Result<Vec<u8>> {
    let Order {
        config,
        kind,
        target,
    } = order;
    let engine = compiling_engine(config, *kind, target.as_deref())?;
    image::compile(&engine, kind.compiler, "", component)
}

fn bound(limits: &LoadLimits) {
    let time = limits.compile_time;
    std::thread::spawn(move || {
        std::thread::sleep(time);
        std::process::exit(OUT_OF_TIME);
    });
    bound_by_system(limits.compile_memory, time);
}

/// Also where threads have no turn any more.
#[cfg(unix)]
fn bound_by_system(memory: u64, time: Duration) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let lower = |resource, most: u64| {
        let Rlimit { current, maximum } = getrlimit(resource);
        let most = |now: Option<u64>| Some(now.map_or(most, |now| now.min(most)));
        let limit = Rlimit {
            current: most(current),
            maximum: most(maximum),
        };
        let _ = setrlimit(resource, limit);
    };
    // What is reserved and not used does not count, as it would for the address space.
    lower(Resource::Data, memory);
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    lower(Resource::Cpu, (time.as_secs() + 2) * cores);
    lower(Resource::Core, 0);
    // The first to go, when memory is short.
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
}

#[cfg(not(unix))]
fn bound_by_system(_: u64, _: Duration) {}

/// How much memory the system lets this process, and those that it starts, have.
#[cfg(unix)]
pub(crate) fn memory_here() -> Option<u64> {
    use rustix::process::{Resource, getrlimit};
    let limits = [Resource::Data, Resource::As].map(|resource| getrlimit(resource).current);
    limits.into_iter().flatten().min()
}

#[cfg(not(unix))]
pub(crate) fn memory_here() -> Option<u64> {
    None
}
