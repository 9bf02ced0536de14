//! What a changed world leaves to do in its host: the bindings of both worlds,
//! compared.

mod calls;
mod edit;
mod gone;
mod host;
mod interfaces;
mod keys;
mod layout;
mod link;
mod list;
mod make;
mod making;
mod modules;
mod moves;
mod own;
mod paste;
mod plan;
mod renamed;
mod render;
mod scope;
mod shown;
mod sides;
mod traits;

pub use list::{CallWork, FileAction, FileWork, Line, Signature, Todo, TypeWork};
pub(crate) use make::{todo, todo_of};
pub(crate) use own::Own;
pub(crate) use paste::written;
pub(crate) use sides::Sides;
