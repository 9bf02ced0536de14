//! What a changed world leaves to do in its host: the bindings of both worlds,
//! compared.

mod calls;
mod link;
mod list;
mod make;
mod paste;
mod project;
mod renamed;
mod render;
mod rewrite;
mod sides;
mod spelling;
mod work;

pub use list::{CallWork, FileAction, FileWork, Line, Signature, Todo, TypeWork};
pub(crate) use make::todo;
