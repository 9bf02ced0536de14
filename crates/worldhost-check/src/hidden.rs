//! A component without those of its exports that WIT has no words for.
//!
//! An export gives what it exports another index, so that it cannot just be left out:
//! something that is no export stands where it was.

use wasm_encoder::{
    Alias, Component, ComponentAliasSection, ComponentImportSection, ComponentInstanceSection,
    ComponentOuterAliasKind, ComponentSection, ComponentTypeRef as Import, RawSection, TypeBounds,
};
use wasmparser::{
    BinaryReader, ComponentExportSectionReader, ComponentExternalKind as Kind, ComponentTypeRef,
    Parser, Payload,
};

/// An export of the component itself.
pub(crate) struct Exported {
    pub name: String,
    kind: Kind,
    index: u32,
    /// As it is in the section.
    bytes: Vec<u8>,
}

impl Exported {
    pub fn kind_in_words(&self) -> &'static str {
        match self.kind {
            Kind::Module => "a core module",
            Kind::Func => "a function",
            Kind::Value => "a value",
            Kind::Type => "a type",
            Kind::Instance => "an instance",
            Kind::Component => "a component",
        }
    }
}

/// What is to become of each export.
#[derive(Clone)]
pub(crate) struct Plan(Vec<Fate>);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Kept,
    /// A type that has to have a name, for the functions that use it.
    Imported,
    Dropped,
}

impl Plan {
    /// All that WIT may have words for.
    pub fn types_as_imports(exports: &[Exported]) -> Self {
        let fate = |export: &Exported| match export.kind {
            Kind::Func | Kind::Instance => Fate::Kept,
            Kind::Type => Fate::Imported,
            _ => Fate::Dropped,
        };
        Plan(exports.iter().map(fate).collect())
    }

    pub fn without_instances(exports: &[Exported]) -> Self {
        let mut plan = Plan::types_as_imports(exports);
        for (fate, export) in plan.0.iter_mut().zip(exports) {
            if export.kind == Kind::Instance {
                *fate = Fate::Dropped;
            }
        }
        plan
    }

    pub fn drop_types(&mut self) {
        for fate in &mut self.0 {
            if *fate == Fate::Imported {
                *fate = Fate::Dropped;
            }
        }
    }

    pub fn dropped_instances(&self, exports: &[Exported]) -> Vec<usize> {
        let instances = exports.iter().enumerate();
        let instances = instances.filter(|(_, export)| export.kind == Kind::Instance);
        instances.map(|(index, _)| index).collect()
    }

    pub fn keeping(&self, index: usize) -> Self {
        let mut plan = self.clone();
        plan.0[index] = Fate::Kept;
        plan
    }

    /// Whether WIT shows an export as one.
    pub fn shows(&self, index: usize, export: &Exported) -> bool {
        self.0[index] == Fate::Kept && export.kind != Kind::Type
    }

    /// The names of the types that are imports now.
    pub fn types(&self, exports: &[Exported]) -> Vec<String> {
        let named = self.0.iter().zip(exports);
        let types = named.filter(|(fate, _)| **fate == Fate::Imported);
        types.map(|(_, export)| export.name.clone()).collect()
    }
}

/// The exports of a component, in its order.
pub(crate) fn exported(component: &[u8]) -> Vec<Exported> {
    let mut found = Vec::new();
    own_sections(component, |id, content| {
        if id == EXPORTS {
            found.extend(exports_in(content)?);
        }
        Some(())
    });
    found
}

/// The names of a component's imports, and what they are.
pub(crate) fn imported(component: &[u8]) -> Vec<(String, &'static str)> {
    let mut depth = 0;
    let mut found = Vec::new();
    let payloads = Parser::new(0).parse_all(component);
    for payload in payloads.map_while(|payload| payload.ok()) {
        match payload {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(imports) if depth == 1 => {
                let imports = imports.into_iter().map_while(|import| import.ok());
                found.extend(imports.map(|import| {
                    let name = import.name.name.to_string();
                    (name, import_in_words(import.ty))
                }));
            }
            _ => {}
        }
    }
    found
}

fn import_in_words(ty: ComponentTypeRef) -> &'static str {
    match ty {
        ComponentTypeRef::Module(_) => "a core module",
        ComponentTypeRef::Func(_) => "a function",
        ComponentTypeRef::Value(_) => "a value",
        ComponentTypeRef::Type(_) => "a type",
        ComponentTypeRef::Instance(_) => "an instance",
        ComponentTypeRef::Component(_) => "a component",
    }
}

/// The component after the plan; none where something cannot be left out.
pub(crate) fn planned(component: &[u8], plan: &Plan) -> Option<Vec<u8>> {
    let mut to = Component::new();
    let mut fates = plan.0.iter();
    own_sections(component, |id, content| {
        if id != EXPORTS {
            to.section(&RawSection { id, data: content });
            return Some(());
        }
        for export in exports_in(content)? {
            put(&export, *fates.next()?, &mut to)?;
        }
        Some(())
    })?;
    Some(to.finish())
}

fn put(export: &Exported, fate: Fate, to: &mut Component) -> Option<()> {
    let outer = |kind| {
        let mut aliases = ComponentAliasSection::new();
        aliases.alias(Alias::Outer {
            kind,
            count: 0,
            index: export.index,
        });
        aliases
    };
    match (fate, export.kind) {
        (Fate::Kept, _) => {
            // One export in a section.
            let mut data = vec![1];
            data.extend_from_slice(&export.bytes);
            to.section(&RawSection {
                id: EXPORTS,
                data: &data,
            });
        }
        (Fate::Imported, _) => {
            let mut imports = ComponentImportSection::new();
            let ty = Import::Type(TypeBounds::Eq(export.index));
            imports.import(export.name.as_str(), ty);
            to.section(&imports);
        }
        (Fate::Dropped, Kind::Type) => section(to, &outer(ComponentOuterAliasKind::Type)),
        (Fate::Dropped, Kind::Module) => section(to, &outer(ComponentOuterAliasKind::CoreModule)),
        (Fate::Dropped, Kind::Component) => section(to, &outer(ComponentOuterAliasKind::Component)),
        (Fate::Dropped, Kind::Instance) => {
            let mut instances = ComponentInstanceSection::new();
            instances.export_items(std::iter::empty::<(
                &str,
                wasm_encoder::ComponentExportKind,
                u32,
            )>());
            to.section(&instances);
        }
        (Fate::Dropped, Kind::Func | Kind::Value) => return None,
    }
    Some(())
}

fn section(to: &mut Component, section: &impl ComponentSection) {
    to.section(section);
}

const EXPORTS: u8 = 11;

fn exports_in(section: &[u8]) -> Option<Vec<Exported>> {
    let reader = ComponentExportSectionReader::new(BinaryReader::new(section, 0)).ok()?;
    let mut found: Vec<Exported> = Vec::new();
    let mut starts = Vec::new();
    for export in reader.into_iter_with_offsets() {
        let (start, export) = export.ok()?;
        starts.push(start);
        found.push(Exported {
            name: export.name.name.to_string(),
            kind: export.kind,
            index: export.index,
            bytes: Vec::new(),
        });
    }
    starts.push(section.len());
    for (export, bounds) in found.iter_mut().zip(starts.windows(2)) {
        export.bytes = section.get(bounds[0]..bounds[1])?.to_vec();
    }
    Some(found)
}

/// Each section of the component itself, after the eight bytes that it begins with.
fn own_sections(component: &[u8], mut each: impl FnMut(u8, &[u8]) -> Option<()>) -> Option<()> {
    let mut reader = BinaryReader::new(component.get(8..)?, 0);
    while !reader.eof() {
        let id = reader.read_u8().ok()?;
        let size = reader.read_var_u32().ok()? as usize;
        each(id, reader.read_bytes(size).ok()?)?;
    }
    Some(())
}
