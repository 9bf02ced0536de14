#[derive(Clone, Debug, Default)]
pub struct LinkOptions {}
impl LinkOptions {
    pub fn clocks_timezone(&mut self, enabled: bool) -> &mut Self {}
    pub fn network_error_code(&mut self, enabled: bool) -> &mut Self {}
}
pub use wasmtime_wasi::p2::bindings as __with_name0;
pub struct Plugin {}
impl Plugin {
    pub async fn call_process(
        &self,
        store: impl AsContextMut,
        arg0: &str,
    ) -> wasmtime::Result<String> {}
}
pub mod wasi {
    pub mod cli {
        pub mod environment {
            pub use super::super::super::__with_name0::cli::environment::*;
        }
        pub mod exit {
            pub use super::super::super::__with_name0::cli::exit::*;
        }
        pub mod stdin {
            pub use super::super::super::__with_name0::cli::stdin::*;
        }
        pub mod stdout {
            pub use super::super::super::__with_name0::cli::stdout::*;
        }
        pub mod stderr {
            pub use super::super::super::__with_name0::cli::stderr::*;
        }
        pub mod terminal_input {
            pub use super::super::super::__with_name0::cli::terminal_input::*;
        }
        pub mod terminal_output {
            pub use super::super::super::__with_name0::cli::terminal_output::*;
        }
        pub mod terminal_stdin {
            pub use super::super::super::__with_name0::cli::terminal_stdin::*;
        }
        pub mod terminal_stdout {
            pub use super::super::super::__with_name0::cli::terminal_stdout::*;
        }
        pub mod terminal_stderr {
            pub use super::super::super::__with_name0::cli::terminal_stderr::*;
        }
    }
    pub mod clocks {
        pub mod monotonic_clock {
            pub use super::super::super::__with_name0::clocks::monotonic_clock::*;
        }
        pub mod wall_clock {
            pub use super::super::super::__with_name0::clocks::wall_clock::*;
        }
        pub mod timezone {
            pub use super::super::super::__with_name0::clocks::timezone::*;
        }
    }
    pub mod filesystem {
        pub mod types {
            pub use super::super::super::__with_name0::filesystem::types::*;
        }
        pub mod preopens {
            pub use super::super::super::__with_name0::filesystem::preopens::*;
        }
    }
    pub mod io {
        pub mod error {
            pub use super::super::super::__with_name0::io::error::*;
        }
        pub mod poll {
            pub use super::super::super::__with_name0::io::poll::*;
        }
        pub mod streams {
            pub use super::super::super::__with_name0::io::streams::*;
        }
    }
    pub mod random {
        pub mod random {
            pub use super::super::super::__with_name0::random::random::*;
        }
        pub mod insecure {
            pub use super::super::super::__with_name0::random::insecure::*;
        }
        pub mod insecure_seed {
            pub use super::super::super::__with_name0::random::insecure_seed::*;
        }
    }
    pub mod sockets {
        pub mod network {
            pub use super::super::super::__with_name0::sockets::network::*;
        }
        pub mod instance_network {
            pub use super::super::super::__with_name0::sockets::instance_network::*;
        }
        pub mod udp {
            pub use super::super::super::__with_name0::sockets::udp::*;
        }
        pub mod udp_create_socket {
            pub use super::super::super::__with_name0::sockets::udp_create_socket::*;
        }
        pub mod tcp {
            pub use super::super::super::__with_name0::sockets::tcp::*;
        }
        pub mod tcp_create_socket {
            pub use super::super::super::__with_name0::sockets::tcp_create_socket::*;
        }
        pub mod ip_name_lookup {
            pub use super::super::super::__with_name0::sockets::ip_name_lookup::*;
        }
    }
}
pub mod worldhost {
    pub mod plugin {
        pub mod host {
            pub trait Host: Send {
                async fn log(&mut self, msg: String) -> wasmtime::Result<()>;
                async fn compute(
                    &mut self,
                    x: i32,
                ) -> wasmtime::Result<Result<i32, String>>;
            }
        }
    }
}
