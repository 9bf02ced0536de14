//! A command that uses WASI 0.2's sockets: `connect ADDRESS:PORT` sends `ping`
//! over TCP and prints the reply, `resolve NAME` prints the name's addresses.
//! An error is told by WASI's own name for it on stderr.

use std::net::{IpAddr, SocketAddr};
use std::process::ExitCode;

use wasip2::io::streams::StreamError;
use wasip2::sockets::instance_network::instance_network;
use wasip2::sockets::ip_name_lookup::resolve_addresses;
use wasip2::sockets::network::{
    ErrorCode, IpAddress, IpAddressFamily, IpSocketAddress, Ipv4SocketAddress, Ipv6SocketAddress,
};
use wasip2::sockets::tcp_create_socket::create_tcp_socket;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let result = match &args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["resolve", name] => resolve(name),
        [address] => ping(address.parse().expect("ADDRESS:PORT")),
        _ => panic!("ADDRESS:PORT or resolve NAME"),
    };
    if let Err(code) = result {
        eprintln!("{}", code.name());
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn ping(address: SocketAddr) -> Result<(), ErrorCode> {
    let (family, address) = match address {
        SocketAddr::V4(v4) => (
            IpAddressFamily::Ipv4,
            IpSocketAddress::Ipv4(Ipv4SocketAddress {
                port: v4.port(),
                address: v4.ip().octets().into(),
            }),
        ),
        SocketAddr::V6(v6) => (
            IpAddressFamily::Ipv6,
            IpSocketAddress::Ipv6(Ipv6SocketAddress {
                port: v6.port(),
                flow_info: v6.flowinfo(),
                address: v6.ip().segments().into(),
                scope_id: v6.scope_id(),
            }),
        ),
    };
    let socket = create_tcp_socket(family)?;
    socket.start_connect(&instance_network(), address)?;
    let (input, output) = wait(|| socket.finish_connect(), || socket.subscribe().block())?;
    output.blocking_write_and_flush(b"ping\n").map_err(closed)?;
    let reply = input.blocking_read(1024).map_err(closed)?;
    print!("{}", String::from_utf8_lossy(&reply));
    Ok(())
}

fn resolve(name: &str) -> Result<(), ErrorCode> {
    let addresses = resolve_addresses(&instance_network(), name)?;
    let next = || addresses.resolve_next_address();
    while let Some(address) = wait(next, || addresses.subscribe().block())? {
        let address: IpAddr = match address {
            IpAddress::Ipv4((a, b, c, d)) => [a, b, c, d].into(),
            IpAddress::Ipv6((a, b, c, d, e, f, g, h)) => [a, b, c, d, e, f, g, h].into(),
        };
        println!("{address}");
    }
    Ok(())
}

/// Calls `step` until it no longer asks to be called again, pausing in between.
fn wait<T>(step: impl Fn() -> Result<T, ErrorCode>, pause: impl Fn()) -> Result<T, ErrorCode> {
    loop {
        match step() {
            Err(ErrorCode::WouldBlock) => pause(),
            result => return result,
        }
    }
}

fn closed(_: StreamError) -> ErrorCode {
    ErrorCode::ConnectionReset
}
