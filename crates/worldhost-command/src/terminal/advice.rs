//! What to do next about an error, where there is something to do.

use super::causes::{BadCall, Cause};
use crate::project::Names;
use std::path::Path;
use worldhost::version::{WASI_P2, WASI_P3, Wasi, unstable};
use worldhost::{Error, LimitHit, Trap};
use worldhost_check::{Lack, Misfit, Remedy, Side};

/// What to do about it; a line of its own where it begins with one.
pub fn on(cause: &Cause<'_>, project: Names) -> Option<String> {
    match cause {
        Cause::Host(error) => on_host(error, project),
        Cause::Call(call) => on_call(call),
        Cause::Wit(error) => on_wit(error).map(String::from),
        Cause::Dev(error) => on_dev(error).map(String::from),
        Cause::Registry(error) => on_registry(error),
        Cause::Usage | Cause::Other => None,
    }
}

fn on_host(error: &Error, project: Names) -> Option<String> {
    Some(match error {
        Error::NotFound { .. } => "check the path, or build the component first".into(),
        Error::Read { path, .. } if path.is_dir() => "name the .wasm file in it".into(),
        Error::NotWasm { name, found } if found.contains("WebAssembly text") => {
            format!("encode it: wasm-tools parse {name} -o {name}.wasm")
        }
        Error::NotWasm { found, .. } if found.contains("WIT text") => {
            "it says what a component is to be: give the .wasm file that was built for it".into()
        }
        Error::WitPackage { name } => {
            format!(
                "give a component that was built for it; wasm-tools component wit {name} shows it"
            )
        }
        Error::Lacks { proposals, .. } => {
            let lacks: Vec<Lack> = proposals.iter().copied().map(Lack::from).collect();
            on_lacks(&lacks.iter().collect::<Vec<_>>())
        }
        Error::NotWasm { .. } => "give a .wasm file that a component toolchain built".into(),
        Error::Adapt { .. } => "build it as a component, or for WASI preview 1: wasm32-wasip2 or \
                                wasm32-wasip1"
            .into(),
        Error::CoreModule { name, preview1 } => on_core_module(name, *preview1, project),
        Error::Invalid { name, .. } => {
            format!("build or copy it again; wasm-tools validate {name} tells more")
        }
        Error::Compiled { .. } => {
            "if you made it, say so with --trust-compiled; else give the component".into()
        }
        Error::Stale { .. } => "compile it with this version: worldhost compile".into(),
        Error::Target { .. } => {
            "this build compiles for its own kind of CPU alone; compile it there".into()
        }
        Error::Distrusted { .. } | Error::Cache { .. } => {
            "name a directory of your own with WORLDHOST_CACHE_DIR, or use --no-cache".into()
        }
        Error::Exposed { dir, code } => on_exposed(dir, code),
        Error::Link { missing, .. } => on_link(missing),
        Error::NoExport {
            wanted, exports, ..
        } => on_export(wanted, exports, project),
        Error::World { .. } => "build it against this host's wit/ directory".into(),
        Error::Preopen { .. } => "create the directory, or name another with --dir".into(),
        Error::Timeout { .. } | Error::Stalled { .. } => {
            "allow more with --timeout, or --timeout none".into()
        }
        Error::Exceeds { limit: hit, .. } => {
            format!("if you trust it, allow more with --{}", hit.limit.name())
        }
        Error::Pinned { .. } => {
            "if another is meant, name its digest with --digest, else get the one that was".into()
        }
        Error::Trap(trap) => return on_trap(trap),
        _ => return None,
    })
}

fn on_registry(error: &worldhost_registry::Error) -> Option<String> {
    use worldhost_registry::Error as E;
    Some(match error {
        E::NotFound { .. } => "check the name, and the tag or version".into(),
        E::NoRegistry { .. } => "name one for its namespace: wkg config --edit".into(),
        E::Offline { address } => format!("pull it before: worldhost pull {address}"),
        E::Unreachable { .. } => "check the name of the host, or try again later".into(),
        E::Denied { .. } => "log in with docker login HOST".into(),
        E::NotComponent { .. } => "what worldhost push and wkg put there is one".into(),
        E::Moved { address, .. } => {
            format!("worldhost pull --update {address} takes what it is now, --lock FILE in a lock")
        }
        E::Lock { .. } => "worldhost pull --lock writes one".into(),
        _ => return None,
    })
}

/// What to do about proposals that are off.
pub fn on_lacks(lacks: &[&Lack]) -> String {
    let names = |of: &[&&Lack]| {
        let names: Vec<&str> = of.iter().map(|lack| lack.proposal.as_str()).collect();
        names.join(",")
    };
    let (can, cannot): (Vec<_>, Vec<_>) = lacks.iter().partition(|lack| lack.optional);
    match (can.as_slice(), cannot.as_slice()) {
        (can, []) => format!("turn {} on with -W {}", it(can), names(can)),
        (_, cannot) => format!(
            "this host cannot turn {} on: build the component without {}",
            names(cannot),
            it(cannot)
        ),
    }
}

fn it(of: &[&&Lack]) -> &'static str {
    match of {
        [_] => "it",
        _ => "them",
    }
}

fn on_core_module(name: &str, preview1: bool, project: Names) -> String {
    let world = project.world;
    match preview1 {
        true => format!(
            "make it a component: wasm-tools component new {name} --adapt \
             wasi_snapshot_preview1.command.wasm -o {name}, or build it for wasm32-wasip2"
        ),
        false => format!(
            "make it a component: wasm-tools component embed wit --world {world} {name} -o {name}, \
             then wasm-tools component new {name} -o {name}"
        ),
    }
}

fn on_exposed(dir: &Path, code: &Path) -> String {
    let mut ways = vec![READ_ONLY];
    if code.is_dir() {
        ways.extend(cache_elsewhere(dir));
        ways.push("use --no-cache");
    } else if !is_root(dir) {
        ways.push("move the file out of it");
    }
    ways.join(", or ")
}

/// The advice for code that later runs would run: a component that has `dir` can put
/// it into the cache.
pub fn later_advice(dir: &Path) -> String {
    let ways = [READ_ONLY].into_iter().chain(cache_elsewhere(dir));
    ways.collect::<Vec<_>>().join(", or ")
}

const READ_ONLY: &str = "grant it with --dir-ro";

fn cache_elsewhere(dir: &Path) -> Option<&'static str> {
    let way = "set WORLDHOST_CACHE_DIR, for later runs too, to a directory elsewhere";
    (!is_root(dir)).then_some(way)
}

/// Outside of which there is nothing.
fn is_root(dir: &Path) -> bool {
    dir.canonicalize().is_ok_and(|dir| dir.parent().is_none())
}

fn on_link(missing: &[String]) -> String {
    if !missing.is_empty() && missing.iter().all(|import| unstable(import).is_some()) {
        "build the component without it".into()
    } else if !missing.is_empty() && missing.iter().all(|import| import.starts_with("wasi:")) {
        format!("build it against WASI {WASI_P2} or {WASI_P3}")
    } else {
        "build it against this host's wit/ directory, or add the interface to wit/ and src/imports/"
            .into()
    }
}

fn on_export(wanted: &str, exports: &[String], project: Names) -> String {
    let own = project.export;
    let has = |name: &str| exports.iter().any(|export| export.starts_with(name));
    if wanted != own && has(own) {
        "call it with: worldhost process".into()
    } else if !wanted.starts_with("wasi:cli/run") && has("wasi:cli/run@") {
        "run it with: worldhost run".into()
    } else if !wanted.starts_with("wasi:http/") && is_handler(exports) {
        "serve it with: worldhost serve".into()
    } else if wanted.starts_with("wasi:http/") && !exports.is_empty() {
        "call its exports with: worldhost call; --list shows them".into()
    } else {
        format!("build it for a world that exports {wanted}")
    }
}

fn is_handler(exports: &[String]) -> bool {
    let mut exports = exports.iter();
    exports.any(|export| Wasi::of_handler(export).is_some())
}

fn on_trap(trap: &Trap) -> Option<String> {
    let condition = match trap.is_by_limit {
        true => "",
        false => "if that is why, ",
    };
    match &trap.limit {
        // Its number is not that of the option.
        Some(LimitHit {
            of_pool: true,
            limit,
            ..
        }) => Some(format!(
            "{condition}--{} allows more, which there is without --fresh",
            limit.name()
        )),
        Some(LimitHit { limit, .. }) => {
            Some(format!("{condition}raise it with --{}", limit.name()))
        }
        None if trap.frames.is_empty() => None,
        _ => Some("-v shows the guest's frames".into()),
    }
}

fn on_call(call: &BadCall<'_>) -> Option<String> {
    // No export's name begins so.
    if call.text.trim_start().starts_with('-') {
        return Some("options for worldhost come before COMPONENT".into());
    }
    match call.nearest {
        [] => None,
        [one] => Some(format!("did you mean {one}?")),
        several => Some(format!("did you mean {}?", several.join(" or "))),
    }
}

fn on_wit(error: &worldhost_wit::Error) -> Option<&'static str> {
    use worldhost_wit::Error as E;
    Some(match error {
        E::NotFound { .. } => "check the path; --wit names the directory",
        E::Parse {
            missing: Some(_), ..
        } => "\nfetch it into deps, or correct its version; worldhost wit verify tells more",
        E::NoWorld { .. } | E::WhichWorld { .. } => {
            "name one with --world, and in the project's bindgen!"
        }
        E::WorldGone { .. } => {
            "what was built for it has no world here; name another in the project's bindgen!"
        }
        E::WorldNew { .. } => "nothing was built for it yet; compare with a later revision",
        E::Git { .. } => "give a revision that git log shows, or a path",
        _ => return None,
    })
}

fn on_dev(error: &worldhost_dev::Error) -> Option<&'static str> {
    use worldhost_dev::Error as E;
    Some(match error {
        E::Options { .. } => "correct it, or name another file with --bindings",
        E::Generate { .. } => "change the options of bindgen! or the WIT",
        E::Released { .. } => "give the package a new version",
        E::NoVersion { .. } => "give it one: package name@0.1.0;",
        _ => return None,
    })
}

/// What to do about something whose misfits are known: where the error itself does not
/// tell what is missing, they do.
pub fn on_explained(error: &Error, misfits: &[Misfit]) -> Option<String> {
    match (error, misfits) {
        (Error::Link { missing, .. }, [first, ..]) if missing.is_empty() => Some(remedy(first)),
        _ => None,
    }
}

/// A misfit on one line.
pub fn on_misfit(misfit: &Misfit) -> String {
    let words = misfit.to_string();
    match &misfit.remedy {
        Remedy::Unstable { .. } => {
            let ours = misfit.remedy.to_string();
            let words = words.strip_suffix(&ours).unwrap_or(&words);
            format!("{words}{}", remedy(misfit))
        }
        _ => words,
    }
}

/// What to do about one misfit.
pub fn remedy(misfit: &Misfit) -> String {
    let words = misfit.remedy.to_string();
    match &misfit.remedy {
        Remedy::Unstable {
            feature,
            optional: true,
        } => format!(
            "it is unstable in WASI, and off here: turn it on with -S {feature}, or build the \
             component without it"
        ),
        Remedy::NotOffered { .. } if misfit.item.is_none() => {
            format!("{words}, or add the interface to wit/ and src/imports/")
        }
        Remedy::Wit { .. } if misfit.side == Side::Export && misfit.component.is_none() => {
            format!("{words}; or call what it has: worldhost call --list")
        }
        _ => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: Names = Names {
        world: "shop",
        export: "serve",
    };

    fn advice(error: Error) -> String {
        on(&Cause::Host(&error), SHOP).unwrap()
    }

    #[test]
    fn advice_names_the_project_s_own_world_and_export() {
        let name = || "a.wasm".to_string();
        let preview1 = false;
        let module = advice(Error::CoreModule {
            name: name(),
            preview1,
        });
        assert!(module.contains("embed wit --world shop a.wasm"), "{module}");
        let lacks = |wanted: &str, exports: &[&str]| {
            let exports = exports.iter().map(|name| name.to_string()).collect();
            let (name, wanted) = (name(), wanted.to_string());
            advice(Error::NoExport {
                name,
                wanted,
                exports,
            })
        };
        assert_eq!(
            lacks("wasi:cli/run", &["serve"]),
            "call it with: worldhost process"
        );
        assert_eq!(
            lacks("serve", &["wasi:cli/run@0.2.0"]),
            "run it with: worldhost run"
        );
        assert_eq!(
            lacks("serve", &["process"]),
            "build it for a world that exports serve"
        );
        let handler = "wasi:http/incoming-handler";
        assert_eq!(
            lacks("serve", &["wasi:http/incoming-handler@0.2.0"]),
            "serve it with: worldhost serve"
        );
        assert_eq!(
            lacks(handler, &["wasi:cli/run@0.2.0"]),
            "run it with: worldhost run"
        );
        assert_eq!(
            lacks(handler, &["process"]),
            "call its exports with: worldhost call; --list shows them"
        );
        assert_eq!(
            lacks(handler, &["serve"]),
            "call it with: worldhost process"
        );
    }
}
