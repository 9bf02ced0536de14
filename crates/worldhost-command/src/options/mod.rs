//! What several subcommands take.

pub mod amount;
pub mod apart;
pub mod background;
pub mod cache;
pub mod code;
pub mod deferred;
pub mod document;
pub mod grants;
pub mod guest;
pub mod limits;
pub mod loading;
pub mod origin;
pub mod output;
pub mod policy;
pub mod proposals;
pub mod source;
pub mod tables;
pub mod unstable;

/// What stands before and after the `=` of `NAME[=y|n]`.
fn switch(text: &str) -> Result<(&str, bool), String> {
    let (name, value) = text.split_once('=').unwrap_or((text, "y"));
    match value {
        "y" | "yes" | "true" => Ok((name, true)),
        "n" | "no" | "false" => Ok((name, false)),
        _ => Err("is neither y nor n".into()),
    }
}
