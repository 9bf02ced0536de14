//! How much a core module comes to.

use super::budget::{Budget, Result, Stop};
use std::collections::HashMap;
use wasmparser::{
    CompositeInnerType, ConstExpr, Data, DataKind, Element, ElementItems, ElementKind,
    FunctionBody, Operator, Payload, SubType,
};

/// What is known of a core module that is being read.
#[derive(Default)]
pub(super) struct Module {
    /// Of each type the parameters and results.
    types: Vec<u64>,
    /// Imports and exports.
    pub(super) names: u64,
    memories: HashMap<u32, Span>,
    tables: HashMap<u32, Span>,
}

/// The part of a memory or table that is filled when it is made.
#[derive(Default)]
struct Span {
    from: u64,
    to: u64,
    filled: u64,
}

impl Module {
    /// Counts a section, or the body of a function.
    pub(super) fn count(&mut self, payload: Payload, budget: &mut Budget) -> Result<(), Stop> {
        match payload {
            Payload::TypeSection(types) => {
                for group in types {
                    self.types.extend(group?.types().map(values));
                }
            }
            Payload::ImportSection(imports) => self.names += u64::from(imports.count()),
            Payload::ExportSection(exports) => self.names += u64::from(exports.count()),
            Payload::FunctionSection(functions) => {
                for ty in functions {
                    budget.functions(1)?;
                    let values = self.types.get(ty? as usize);
                    budget.locals(values.copied().unwrap_or(0))?;
                }
            }
            Payload::CodeSectionEntry(body) => budget.locals(locals(&body)?)?,
            Payload::DataSection(segments) => {
                for data in segments {
                    self.fill(&data?);
                }
            }
            Payload::ElementSection(segments) => {
                for element in segments {
                    self.fill_table(&element?);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn fill(&mut self, data: &Data) {
        if let DataKind::Active {
            memory_index,
            offset_expr,
        } = &data.kind
            && let Some(at) = constant(offset_expr)
        {
            let memory = self.memories.entry(*memory_index).or_default();
            memory.fill(at, data.data.len() as u64);
        }
    }

    fn fill_table(&mut self, element: &Element) {
        if let ElementKind::Active {
            table_index,
            offset_expr,
        } = &element.kind
            && let Some(at) = constant(offset_expr)
        {
            let count = match &element.items {
                ElementItems::Functions(functions) => functions.count(),
                ElementItems::Expressions(_, expressions) => expressions.count(),
            };
            let table = self.tables.entry(table_index.unwrap_or(0)).or_default();
            table.fill(at, u64::from(count));
        }
    }

    /// Counts what its memories and tables hold when they are made.
    pub(super) fn end(&self, budget: &mut Budget) -> Result<()> {
        for memory in self.memories.values() {
            budget.data(memory.image())?;
        }
        for table in self.tables.values() {
            budget.data(table.to.min(TABLE) * ENTRY)?;
        }
        Ok(())
    }
}

impl Span {
    fn fill(&mut self, at: u64, len: u64) {
        self.from = match self.filled {
            0 => at,
            _ => self.from.min(at),
        };
        self.to = self.to.max(at.saturating_add(len));
        self.filled = self.filled.saturating_add(len);
    }

    /// Bytes of the image that is made of it: with the gaps, where these are small or fewer
    /// than what is between them.
    fn image(&self) -> u64 {
        let span = self.to.saturating_sub(self.from);
        span.min(self.filled.saturating_mul(2).max(GAPS))
    }
}

/// What Wasmtime makes of a memory with gaps, however large these are, and of a table.
const GAPS: u64 = 16 << 20;
const TABLE: u64 = 1 << 20;
const ENTRY: u64 = 4;

/// Parameters and results.
fn values(ty: &SubType) -> u64 {
    match &ty.composite_type.inner {
        CompositeInnerType::Func(ty) => (ty.params().len() + ty.results().len()) as u64,
        _ => 0,
    }
}

fn locals(body: &FunctionBody) -> wasmparser::Result<u64> {
    let mut sum = 0;
    for locals in body.get_locals_reader()? {
        let (count, _) = locals?;
        sum += u64::from(count);
    }
    Ok(sum)
}

/// The place, where it does not depend on what is imported.
fn constant(offset: &ConstExpr) -> Option<u64> {
    match offset.get_operators_reader().read().ok()? {
        // An address is unsigned.
        Operator::I32Const { value } => Some(u64::from(value.cast_unsigned())),
        Operator::I64Const { value } => Some(value.cast_unsigned()),
        _ => None,
    }
}
