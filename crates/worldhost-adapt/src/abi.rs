//! The systems that core modules are built for, and that are not WASI preview 1.

use super::module::{Module, PREVIEW1};

/// What the module needs that nothing here gives it, in words.
pub fn foreign(module: &Module) -> Option<String> {
    let mut imports = module.imports.iter();
    let system = imports.find_map(|(from, name)| Some((system(from, name)?, from, name)));
    if let Some((system, from, name)) = system {
        return Some(format!(
            "it is built for {system}: it imports `{name}` from `{from}`"
        ));
    }
    // What has a component type imports what that names, and the encoder tells.
    if module.has_type || !module.is_of_preview1() {
        return None;
    }
    let mut imports = module.imports.iter();
    let (from, name) = imports.find(|(from, _)| from != PREVIEW1)?;
    Some(format!(
        "it imports `{name}` from `{from}`, which is not of WASI preview 1"
    ))
}

/// The system that an import is of.
fn system(from: &str, name: &str) -> Option<&'static str> {
    let emscripten = [
        "emscripten_",
        "__syscall_",
        "invoke_",
        "_emscripten",
        "_embind",
    ];
    let proxy = name.starts_with("proxy_");
    Some(match from {
        "wasi_unstable" => "the WASI of before preview 1",
        "wasi" if name.starts_with("thread-spawn") => "wasi-threads",
        "wasix_32v1" | "wasix_64v1" => "WASIX",
        "wbg" | "__wbindgen_placeholder__" | "__wbindgen_externref_xform__" => {
            "JavaScript, by wasm-bindgen"
        }
        "go" | "gojs" => "JavaScript, by Go (GOOS=js)",
        "env" if emscripten.iter().any(|start| name.starts_with(start)) => {
            "JavaScript, by Emscripten"
        }
        "env" if proxy => "Proxy-Wasm",
        "env" if name == "abort" => "AssemblyScript's host",
        _ if from.starts_with("extism:host/") => "Extism",
        _ if from.starts_with("wasi_ephemeral_") => "an extension of WASI preview 1",
        _ if from.ends_with("_bg.js") => "JavaScript, by wasm-bindgen",
        _ => return None,
    })
}
