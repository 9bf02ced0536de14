//! The process that compiles.

use super::bounds::bound_this_process;
use super::order::{Answer, Order};
use crate::engine::settings::compiling_engine;
use crate::error::{Error, Result};
use crate::load::image;
use crate::policy::load_limits::LoadLimits;
use crate::wording;
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
    beside(move || {
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
    match image::compile(&engine, kind.compiler, "", component) {
        // It was not the component that was refused something.
        Err(Error::Refused { message, .. }) if wording::is_out_of_memory(&message) => {
            Err(Error::Host(message))
        }
        result => result,
    }
}

fn bound(limits: &LoadLimits) {
    let time = limits.compile_time;
    beside(move || {
        std::thread::sleep(time);
        std::process::exit(OUT_OF_TIME);
    });
    // Also where threads have no turn any more.
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get() as u32);
    let of_cores = (time + Duration::from_secs(2)).saturating_mul(cores);
    bound_this_process(limits.compile_memory, of_cores);
}

/// Where the system has no thread more, the bounds are the system's own.
fn beside(work: impl FnOnce() + Send + 'static) {
    let _ = std::thread::Builder::new().spawn(work);
}
