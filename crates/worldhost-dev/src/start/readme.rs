//! `README.md` of a new project.

use super::call::Call;
use super::guests::Language;
use super::plan::{Flavour, Plan};

pub(super) fn text(
    plan: &Plan<'_>,
    call: Option<&Call>,
    guest: Option<Language>,
    notes: &[String],
) -> String {
    let (name, world) = (&plan.name, &plan.world_name);
    let stands = match plan.flavour {
        Flavour::Worldhost(_) => "the crate `worldhost`",
        Flavour::Plain => "Wasmtime and its WASI alone",
    };
    let calls = match call {
        Some(call) => format!("calls its export `{}`", call.name),
        None => "instantiates it".to_string(),
    };
    let state = match plan.flavour {
        Flavour::Worldhost(_) => {
            "| `src/imports/mod.rs` | which interfaces are linked, and `Imports`, the data that they work on |\n"
        }
        Flavour::Plain => {
            "| `src/imports/mod.rs` | which interfaces are linked |\n| `src/state.rs` | the data that they work on, and WASI's |\n"
        }
    };
    let notes: String = notes.iter().map(|note| format!("- {note}\n")).collect();
    let notes = match notes.is_empty() {
        true => notes,
        false => format!("\nAt its making:\n\n{notes}"),
    };
    let guest = guest.map_or_else(String::new, beside);
    format!(
        "# {name}\n\nA host for components of the world `{world}`, on {stands}.\n\n\
         ```sh\ncargo test\ncargo run -- component.wasm\n```\n\n\
         It loads a component, grants it nothing but its output, and {calls}.\n\n\
         | | |\n|---|---|\n| `wit/` | the world, and in `deps` the packages that it uses |\n\
         | `src/bindings.rs` | `bindgen!` and nothing else |\n\
         | `src/imports/<interface>.rs` | what the host does: replace each `todo!()` |\n{state}\
         | `src/main.rs` | what is granted, and what is called |\n\
         | `tests/guest.wasm` | a component that imports all of the world and answers with zeros; after a change of `wit/`, `worldhost wit guest tests/guest.wasm` makes it anew. Or put one of yours in its place |\n\n\
         After a change of `wit/`, `worldhost wit apply` brings the host up to date, and \
         `worldhost wit diff` says what it means for components. Both compare with the last \
         commit: `git init` and commit first.\n{guest}{notes}"
    )
}

/// How the guest is built and run.
fn beside(guest: Language) -> String {
    let (source, needs) = (guest.source(), guest.needs());
    format!(
        "\n## The guest\n\n`guest/` has a component of this world in {guest}. What it does goes into \
         `{source}`.\n\n```sh\nguest/build.sh                 # once before: {needs}\n\
         cargo run -- guest/guest.wasm\n```\n"
    )
}
