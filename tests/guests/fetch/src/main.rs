//! A command that sends one GET through wasi:http: `fetch AUTHORITY PATH` prints
//! the status, or wasi:http's own name for the error on stderr.

use std::process::ExitCode;

use wasip2::http::outgoing_handler::handle;
use wasip2::http::types::{ErrorCode, Fields, OutgoingRequest, Scheme};

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (Some(authority), Some(path)) = (args.next(), args.next()) else {
        panic!("AUTHORITY PATH");
    };
    match get(&authority, &path) {
        Ok(status) => {
            println!("{status}");
            ExitCode::SUCCESS
        }
        Err(code) => {
            eprintln!("{code:?}");
            ExitCode::FAILURE
        }
    }
}

fn get(authority: &str, path: &str) -> Result<u16, ErrorCode> {
    let request = OutgoingRequest::new(Fields::new());
    request.set_scheme(Some(&Scheme::Http)).expect("a scheme");
    request
        .set_authority(Some(authority))
        .expect("an authority");
    request.set_path_with_query(Some(path)).expect("a path");
    let response = handle(request, None)?;
    response.subscribe().block();
    let response = response.get().expect("ready").expect("not taken yet")?;
    Ok(response.status())
}
