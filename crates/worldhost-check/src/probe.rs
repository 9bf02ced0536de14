//! Asking the linker about single items: it tells only whether a whole component
//! links, so each question is a component that imports nothing else.

use crate::item::{Item, Kind};
use crate::narrowed::Narrowed;
use anyhow::Result;
use std::cell::RefCell;
use wasm_encoder::{
    EntityType, ExportKind, ExportSection, ImportSection, MemorySection, MemoryType, Module,
    TypeSection, ValType,
};
use wasmtime::Engine;
use wasmtime::component::{Component, Linker};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::abi::WasmType;
use wit_parser::{
    LiftLowerAbi, ManglingAndAbi, Resolve, ResourceIntrinsic, WasmImport, WorldId, WorldKey,
};

/// Components that import single items of a world.
pub(crate) struct Probe<'a> {
    engine: &'a Engine,
    resolve: RefCell<Resolve>,
    world: WorldId,
}

impl<'a> Probe<'a> {
    /// A probe with the types of a component.
    pub fn new(engine: &'a Engine, resolve: &Resolve, world: WorldId) -> Self {
        let mut resolve = resolve.clone();
        resolve.worlds[world].exports.clear();
        Probe {
            engine,
            resolve: RefCell::new(resolve),
            world,
        }
    }

    /// Whether a component that imports just these links; if not, the linker's
    /// words. The outer error is an import that cannot be asked about.
    pub fn ask<T: 'static>(
        &self,
        linker: &Linker<T>,
        items: &[Item<'_>],
    ) -> Result<std::result::Result<(), String>> {
        let linked = linker.instantiate_pre(&self.component(items)?);
        Ok(linked.map(drop).map_err(|error| format!("{error:#}")))
    }

    /// A component that imports just these.
    pub fn component(&self, items: &[Item<'_>]) -> Result<Component> {
        let bytes = self.encode(items)?;
        Component::from_binary(self.engine, &bytes).map_err(|error| anyhow::anyhow!("{error:#}"))
    }

    /// What an import is called.
    pub fn name(&self, key: &WorldKey) -> String {
        self.resolve.borrow().name_world_key(key)
    }

    fn encode(&self, items: &[Item<'_>]) -> Result<Vec<u8>> {
        let mut module = self.core_module(items);
        let resolve = &mut self.resolve.borrow_mut();
        let narrowed = Narrowed::to(resolve, self.world, items);
        let embedded =
            embed_component_metadata(&mut module, resolve, self.world, StringEncoding::UTF8);
        narrowed.restore(resolve);
        embedded?;
        ComponentEncoder::default()
            .merge_imports_based_on_semver(false)
            .module(&module)?
            .encode()
    }

    /// A module that imports the items and does nothing.
    fn core_module(&self, items: &[Item<'_>]) -> Vec<u8> {
        let mut types = TypeSection::new();
        let mut imports = ImportSection::new();
        for (index, item) in (0..).zip(items) {
            let (module, name, params, results) = self.core_import(item);
            types.ty().function(params, results);
            imports.import(&module, &name, EntityType::Function(index));
        }
        let mut memory = MemorySection::new();
        memory.memory(MemoryType {
            minimum: 0,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        let count = items.len() as u32;
        types.ty().function([ValType::I32; 4], [ValType::I32]);
        let mut functions = wasm_encoder::FunctionSection::new();
        functions.function(count);
        let mut body = wasm_encoder::Function::new([]);
        body.instructions().unreachable().end();
        let mut code = wasm_encoder::CodeSection::new();
        code.function(&body);
        let mut exports = ExportSection::new();
        exports.export("memory", ExportKind::Memory, 0);
        exports.export("cabi_realloc", ExportKind::Func, count);
        let mut module = Module::new();
        module
            .section(&types)
            .section(&imports)
            .section(&functions)
            .section(&memory)
            .section(&exports)
            .section(&code);
        module.finish()
    }

    fn core_import(&self, item: &Item<'_>) -> (String, String, Vec<ValType>, Vec<ValType>) {
        let mangling = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);
        let resolve = self.resolve.borrow();
        let import = match item.kind {
            Kind::Function(func) => WasmImport::Func {
                interface: item.interface,
                func,
            },
            Kind::Resource(resource) => WasmImport::ResourceIntrinsic {
                interface: item.interface,
                resource,
                intrinsic: ResourceIntrinsic::ImportedDrop,
            },
        };
        let (module, name) = resolve.wasm_import_name(mangling, import);
        let (params, results) = match item.kind {
            Kind::Resource(_) => (vec![ValType::I32], Vec::new()),
            Kind::Function(func) => {
                let signature = resolve.wasm_signature(mangling.import_variant(), func);
                (
                    core_types(&signature.params),
                    core_types(&signature.results),
                )
            }
        };
        (module, name, params, results)
    }
}

fn core_types(types: &[WasmType]) -> Vec<ValType> {
    types
        .iter()
        .map(|ty| match ty {
            WasmType::I32 | WasmType::Pointer | WasmType::Length => ValType::I32,
            WasmType::I64 | WasmType::PointerOrI64 => ValType::I64,
            WasmType::F32 => ValType::F32,
            WasmType::F64 => ValType::F64,
        })
        .collect()
}
