//! WASI's context, by what a sandbox grants.

use super::meter::Meter;
use super::printed::Printed;
use super::sink::{Sink, Tail, Tailed};
use crate::error::Result;
use crate::policy::limits::Limits;
use crate::policy::resolver::Resolver;
use crate::policy::sandbox::Sandbox;
use crate::policy::stdio::{Input, Output, Writer};
use wasmtime_wasi::cli::{AsyncStdinStream, AsyncStdoutStream};
use wasmtime_wasi::p2::pipe::MemoryInputPipe;
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder};

/// What is known of what a guest prints.
pub(super) struct Streams<'a> {
    pub(super) stderr: &'a Tail,
    pub(super) printed: &'a Printed,
    pub(super) output: &'a Meter,
}

pub(super) fn wasi(
    sandbox: &Sandbox,
    limits: &Limits,
    streams: Streams<'_>,
    resolver: &Resolver,
) -> Result<WasiCtx> {
    let mut wasi = WasiCtxBuilder::new();
    wasi.args(&sandbox.args)
        .envs(&sandbox.env)
        .max_random_size(limits.random_bytes);
    let Streams {
        stderr,
        printed,
        output,
    } = streams;
    let tail = || Some(stderr.clone());
    match &sandbox.stdout {
        Output::Writer(writer) => wasi.stdout(writing(writer, None, output)),
        to => wasi.stdout(Sink::new(to, None, printed, output)),
    };
    match &sandbox.stderr {
        Output::Writer(writer) => wasi.stderr(writing(writer, tail(), output)),
        to => wasi.stderr(Sink::new(to, tail(), printed, output)),
    };
    match &sandbox.stdin {
        Input::Null => {}
        Input::Inherit => {
            wasi.inherit_stdin();
        }
        Input::Bytes(bytes) => {
            wasi.stdin(MemoryInputPipe::new(bytes.clone()));
        }
        Input::Reader(reader) => {
            wasi.stdin(AsyncStdinStream::new((reader.0)()));
        }
    }
    if !sandbox.network.is_denied() {
        sandbox.network.apply(&mut wasi, resolver);
    }
    if let Some(set) = &sandbox.hatches.wasi {
        // It may open more beside them, and only the builder has room for both.
        sandbox.dirs.open_into(&mut wasi)?;
        set(&mut wasi);
        return Ok(wasi.build());
    }
    let mut wasi = wasi.build();
    *wasi.filesystem() = sandbox.dirs.opened();
    Ok(wasi)
}

/// How much a guest can write before it waits for the writer.
const AHEAD: usize = 64 << 10;

fn writing(writer: &Writer, tail: Option<Tail>, output: &Meter) -> AsyncStdoutStream {
    AsyncStdoutStream::new(AHEAD, Tailed::new((writer.0)(), tail, output.clone()))
}
