//! The Rust of a new project that `wit apply` does not write.

use super::call::Call;
use super::plan::{Flavour, Plan};

/// `src/state.rs`, where there is no engine that has it.
pub(super) fn state(plan: &Plan<'_>) -> String {
    let (uses, field, new, more) = match plan.wasi.has_http() {
        true => (HTTP_USES, HTTP_FIELD, HTTP_NEW, HTTP_MORE),
        false => ("", "", "", ""),
    };
    STATE
        .replace("USES", uses)
        .replace("FIELD", field)
        .replace("NEW", new)
        + more
}

const STATE: &str = "//! What is in a store: WASI's part, and this host's own.

use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
USES
/// Every instance has one. What the host functions work on goes here.
pub struct State {
    pub wasi: WasiCtx,
FIELD    /// What guests have handles to.
    pub table: ResourceTable,
}

impl State {
    pub fn new(wasi: WasiCtx) -> State {
        State {
            wasi,
NEW            table: ResourceTable::new(),
        }
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}
";

const HTTP_USES: &str = "use wasmtime_wasi_http::{
    Error, RequestOptions, WasiBody, WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView,
};
";
const HTTP_FIELD: &str = "    pub http: WasiHttpCtx,\n    pub requests: Requests,\n";
const HTTP_NEW: &str = "            http: WasiHttpCtx::new(),\n            requests: Requests,\n";
const HTTP_MORE: &str = "
/// Which requests of a guest go out: none.
pub struct Requests;

type Later<T> = Box<dyn Future<Output = Result<T, Error>> + Send>;

impl WasiHttpHooks for Requests {
    fn send_request(
        &mut self,
        _request: http::Request<WasiBody>,
        _options: Option<RequestOptions>,
        _sent: Later<()>,
    ) -> Later<(http::Response<WasiBody>, Later<()>)> {
        Box::new(async { Err(Error::HttpRequestDenied) })
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            ctx: &mut self.http,
            table: &mut self.table,
            hooks: &mut self.requests,
        }
    }
}
";

/// `src/bindings.rs`.
pub(super) fn bindings(plan: &Plan<'_>) -> String {
    let keys = plan.wasi.keys();
    let keys: String = keys.iter().map(|key| format!("        {key}\n")).collect();
    let wasi = match plan.wasi.is_there() {
        true => "//! WASI is aliased to the bindings that Wasmtime implements already.\n",
        false => "",
    };
    let world = &plan.world_name;
    format!(
        "//! The Rust side of `wit/`, generated anew whenever a file there changes.\n{wasi}\
         //! Host functions are `trappable`: with `?` an error there ends the guest, not the host.\n\n\
         wasmtime::component::bindgen!({{\n    path: \"wit\",\n    world: \"{world}\",\n    \
         imports: {{ default: async | trappable }},\n    exports: {{ default: async }},\n    \
         with: {{\n{keys}    }},\n}});\n"
    )
}

/// `src/main.rs`.
pub(super) fn main(plan: &Plan<'_>, world: &str, call: Option<&Call>) -> String {
    match plan.flavour {
        Flavour::Worldhost(_) => worldhost(world, call),
        Flavour::Plain => plain(plan, world, call),
    }
}

const PATH: &str = "    let path = std::env::args_os().nth(1);
    let path = path.unwrap_or(\"tests/guest.wasm\".into());
";

fn worldhost(world: &str, call: Option<&Call>) -> String {
    let rest = match call {
        None => "    // None of its exports can be called with values that are made up.\n    \
                 let _guest = guests.live().await?;\n    println!(\"instantiated\");\n"
            .to_string(),
        Some(call) => {
            let name = &call.name;
            let body = match call.is_async {
                false => call.on("guest", "store"),
                true => format!(
                    "store.run_concurrent(async |store| {}).await?",
                    call.on("guest", "store")
                ),
            };
            format!(
                "    let mut guest = guests.live().await?;\n    let result = guest\n        \
                 .call(\"{name}\", async |guest, store| {{\n            {body}\n        }})\n        \
                 .await?;\n    println!(\"{name}: {{result:?}}\");\n"
            )
        }
    };
    format!(
        "//! Grants, instantiates and calls a component: `cargo run [COMPONENT]`.\n\n\
         mod bindings;\nmod imports;\n\nuse bindings::{{{world}, {world}Pre}};\nuse imports::Imports;\n\
         use worldhost::{{Instances, Limits, Output, Runtime, Sandbox}};\n\n\
         worldhost::guest!({world}, {world}Pre);\n\n#[tokio::main]\n\
         async fn main() -> Result<(), Box<dyn std::error::Error>> {{\n{PATH}    \
         // WASI is in its linker before this host's own interfaces are.\n    \
         let runtime = Runtime::new(imports::add_to_linker)?;\n    \
         // What the component may touch: nothing else is granted.\n    \
         let sandbox = Sandbox::new().stdout(Output::Stdout);\n    \
         let limits = Limits::default();\n    \
         let guests = Instances::<{world}, Imports>::load(&runtime, path, sandbox, limits).await?;\n\
         {rest}    Ok(())\n}}\n"
    )
}

fn plain(plan: &Plan<'_>, world: &str, call: Option<&Call>) -> String {
    let (guest, rest) = match call {
        None => (
            "_guest",
            "    // None of its exports can be called with values that are made up.\n    \
             println!(\"instantiated\");\n"
                .to_string(),
        ),
        Some(call) => {
            let body = match call.is_async {
                false => call.on("guest", "&mut store") + "?",
                true => format!(
                    "store\n        .run_concurrent(async |store| {})\n        .await??",
                    call.on("guest", "store")
                ),
            };
            let name = &call.name;
            let text =
                format!("    let result = {body};\n    println!(\"{name}: {{result:?}}\");\n");
            ("guest", text)
        }
    };
    let engine = match plan.is_async {
        true => {
            "let mut config = Config::new();\n    config.wasm_component_model_async(true);\n    \
                 let engine = Engine::new(&config)?;"
        }
        false => "let engine = Engine::default();",
    };
    let config = if plan.is_async { "Config, " } else { "" };
    let p3 = match plan.wasi.is_p3 {
        true => "    wasmtime_wasi::p3::add_to_linker(&mut linker)?;\n",
        false => "",
    };
    let http = match (plan.wasi.has_http(), plan.wasi.is_p3) {
        (false, _) => "",
        (true, false) => {
            "    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;\n"
        }
        (true, true) => "    wasmtime_wasi_http::p3::add_to_linker(&mut linker)?;\n",
    };
    format!(
        "//! Grants, instantiates and calls a component: `cargo run [COMPONENT]`.\n\n\
         mod bindings;\nmod imports;\nmod state;\n\nuse bindings::{world};\nuse state::State;\n\
         use wasmtime::component::{{Component, Linker}};\nuse wasmtime::{{{config}Engine, Store}};\n\
         use wasmtime_wasi::WasiCtx;\n\n#[tokio::main]\nasync fn main() -> anyhow::Result<()> {{\n{PATH}    \
         {engine}\n    let mut linker = Linker::new(&engine);\n    \
         // WASI first, then this host's own interfaces.\n    \
         wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;\n{p3}{http}    \
         imports::add_to_linker(&mut linker)?;\n    \
         let component = Component::from_file(&engine, path)?;\n    \
         // What the component may touch: nothing else is granted.\n    \
         let wasi = WasiCtx::builder().inherit_stdout().inherit_stderr().build();\n    \
         let mut store = Store::new(&engine, State::new(wasi));\n    \
         let {guest} = {world}::instantiate_async(&mut store, &component, &linker).await?;\n\
         {rest}    Ok(())\n}}\n"
    )
}

/// `tests/guest.rs`.
pub(super) fn test(plan: &Plan<'_>, call: Option<&Call>) -> String {
    let name = &plan.name;
    let says = call.map_or("instantiated".to_string(), |call| {
        format!("{}: ", call.name)
    });
    format!(
        "//! The host as its users run it, with a component of its world.\n\n\
         use std::process::Command;\n\n/// It imports all that the world has, and answers with zeros.\n\
         /// After a change of the WIT it is of the world as it was:\n\
         /// `worldhost wit guest tests/guest.wasm` makes it anew.\n\
         #[test]\nfn a_component_is_called() {{\n    \
         let output = Command::new(env!(\"CARGO_BIN_EXE_{name}\"))\n        \
         .arg(\"tests/guest.wasm\")\n        .output()\n        .unwrap();\n    \
         let said = String::from_utf8_lossy(&output.stdout);\n    \
         let failed = String::from_utf8_lossy(&output.stderr);\n    \
         let anew = \"if wit/ has changed: worldhost wit guest tests/guest.wasm\";\n    \
         assert!(output.status.success(), \"{{failed}}{{anew}}\");\n    \
         assert!(said.starts_with(\"{says}\"), \"{{said}}\");\n}}\n"
    )
}
