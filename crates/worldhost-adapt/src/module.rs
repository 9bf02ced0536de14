//! What a core module says of itself.

use wasi_preview1_component_adapter_provider::WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME;
use wasmparser::{BinaryReaderError, Parser, Payload};

/// The name by which a module imports WASI preview 1.
pub const PREVIEW1: &str = WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME;

#[derive(Default)]
pub struct Module {
    /// The module and the name of each import.
    pub imports: Vec<(String, String)>,
    exports: Vec<String>,
    /// Whether it carries the type of a component that it is to become.
    pub has_type: bool,
}

impl Module {
    pub fn read(bytes: &[u8]) -> Result<Self, BinaryReaderError> {
        let mut module = Module::default();
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        let import = import?;
                        let name = (import.module.to_string(), import.name.to_string());
                        module.imports.push(name);
                    }
                }
                Payload::ExportSection(exports) => {
                    for export in exports {
                        module.exports.push(export?.name.to_string());
                    }
                }
                Payload::CustomSection(section) => {
                    module.has_type |= section.name().starts_with("component-type");
                }
                _ => {}
            }
        }
        Ok(module)
    }

    /// Whether it has what the system calls to run it.
    pub fn is_command(&self) -> bool {
        self.exports.iter().any(|name| name == "_start")
    }

    /// Whether it exports the memory that the system reads and writes.
    pub fn has_memory(&self) -> bool {
        self.exports.iter().any(|name| name == "memory")
    }

    /// Whether it calls WASI preview 1, or is called as its commands are.
    pub fn is_of_preview1(&self) -> bool {
        self.is_command() || self.imports_of(PREVIEW1).next().is_some()
    }

    /// The names that it imports from `module`.
    pub fn imports_of(&self, module: &str) -> impl Iterator<Item = &str> {
        let imports = self.imports.iter();
        imports.filter_map(move |(from, name)| (from == module).then_some(name.as_str()))
    }
}
