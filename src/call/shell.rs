//! A component's exports without its code: the same types around functions that
//! only trap, which compile in no time.

use super::export::{Callable, callables};
use crate::check::decode;
use crate::{Error, Result, Runtime};
use std::collections::HashSet;
use wasmtime::component::Component;
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{InterfaceId, LiftLowerAbi, ManglingAndAbi, Resolve, WorldId, WorldItem};

impl<T: Send + 'static> Runtime<T> {
    /// Every function that a component exports, without compiling or linking it.
    ///
    /// # Errors
    ///
    /// [`Error::NotWasm`], [`Error::CoreModule`] or [`Error::Invalid`] when the
    /// bytes are no component.
    pub fn callables(&self, name: &str, bytes: &[u8]) -> Result<Vec<Callable>> {
        let (resolve, world) = decode(name, bytes)?;
        let shell = encode(resolve, world).ok();
        let shell = shell.and_then(|shell| Component::from_binary(self.engine(), &shell).ok());
        let component = match shell {
            Some(shell) => shell,
            // What cannot be imitated has to be compiled.
            None => {
                Component::from_binary(self.engine(), bytes).map_err(|error| Error::Invalid {
                    name: name.to_string(),
                    message: format!("{error:#}"),
                })?
            }
        };
        Ok(callables(&component))
    }
}

fn encode(mut resolve: Resolve, world: WorldId) -> anyhow::Result<Vec<u8>> {
    // Of the imports only the types matter.
    let interfaces = |items: &mut dyn Iterator<Item = &WorldItem>| -> HashSet<InterfaceId> {
        items
            .filter_map(|item| match item {
                WorldItem::Interface { id, .. } => Some(*id),
                _ => None,
            })
            .collect()
    };
    let exported = interfaces(&mut resolve.worlds[world].exports.values());
    for id in interfaces(&mut resolve.worlds[world].imports.values()) {
        if !exported.contains(&id) {
            resolve.interfaces[id].functions.clear();
        }
    }
    let mangling = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);
    let mut module = dummy_module(&resolve, world, mangling);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)?;
    ComponentEncoder::default()
        .merge_imports_based_on_semver(false)
        .module(&module)?
        .encode()
}
