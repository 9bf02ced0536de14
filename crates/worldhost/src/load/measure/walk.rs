//! One walk over the bytes.

use super::budget::{Budget, Result, Stop};
use super::module::Module;
use super::plan::{Def, Named, Plan, Step, weight};
use super::types;
use wasmparser::{
    BinaryReader, CanonicalFunction, ComponentAlias, ComponentExport, ComponentInstance,
    ComponentOuterAliasKind, ComponentValType, Encoding, Instance, Parser, Payload,
};

/// What the component says, as far as it can be read.
pub(super) fn walk<'a>(bytes: &'a [u8], budget: &mut Budget) -> Result<Plan<'a>> {
    let mut walk = Walk {
        bytes,
        plan: Plan::default(),
        open: Vec::new(),
        budget,
    };
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(Stop::from);
        match payload.and_then(|payload| walk.payload(payload)) {
            Ok(()) => {}
            Err(Stop::Limit(limit)) => return Err(limit),
            Err(Stop::Unreadable) => break,
        }
    }
    Ok(walk.plan)
}

/// What is being read: components in each other, and a module in the last one.
enum Open {
    Component(usize),
    Module(Module),
}

struct Walk<'a, 'b, 'l> {
    bytes: &'a [u8],
    plan: Plan<'a>,
    open: Vec<Open>,
    budget: &'b mut Budget<'l>,
}

/// What the sections of a core module are called that have the type of its world in them.
const WORLD: &str = "component-type";

/// What a component and a module weigh that have nothing in them.
const COMPONENT: u64 = 20;
const MODULE: u64 = 50;

impl<'a> Walk<'a, '_, '_> {
    fn payload(&mut self, payload: Payload<'a>) -> Result<(), Stop> {
        match payload {
            Payload::Version { encoding, .. } => return self.begin(encoding),
            Payload::End(_) => return self.end(),
            // Only of a module by itself does anybody make something.
            Payload::CustomSection(section) if self.open.len() == 1 => {
                if section.name().starts_with(WORLD) {
                    self.plan.worlds.push(section.data());
                }
                return Ok(());
            }
            _ => {}
        }
        match self.open.last_mut() {
            Some(Open::Module(module)) => module.count(payload, self.budget),
            Some(Open::Component(_)) => self.section(payload),
            None => Ok(()),
        }
    }

    fn begin(&mut self, encoding: Encoding) -> Result<(), Stop> {
        match encoding {
            Encoding::Component => {
                let index = self.plan.components.len();
                self.step(COMPONENT, Step::Define(index))?;
                self.plan.components.push(Def::default());
                self.open.push(Open::Component(index));
                self.budget.nesting(self.open.len())?;
            }
            Encoding::Module => self.open.push(Open::Module(Module::default())),
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), Stop> {
        if let Some(Open::Module(module)) = self.open.pop() {
            module.end(self.budget)?;
            self.step(MODULE + module.names, Step::Module(module.names))?;
        }
        Ok(())
    }

    /// Adds a step to the component that is being read, if there is one.
    fn step(&mut self, weight: u64, step: Step<'a>) -> Result<(), Stop> {
        self.budget.items(weight)?;
        if let Some(Open::Component(index)) = self.open.last() {
            self.plan.components[*index].steps.push(step);
        }
        Ok(())
    }

    /// A section of a component.
    fn section(&mut self, payload: Payload<'a>) -> Result<(), Stop> {
        match payload {
            Payload::ComponentTypeSection(section) => {
                // Behind the count.
                let at = section.original_position();
                let bytes = self.bytes.get(at..section.range().end);
                let mut reader = BinaryReader::new(bytes.ok_or(Stop::Unreadable)?, at);
                let depth = self.open.len();
                if let Some(Open::Component(index)) = self.open.last() {
                    let steps = &mut self.plan.components[*index].steps;
                    types::read(&mut reader, section.count(), depth, steps, self.budget)?;
                }
            }
            Payload::CoreTypeSection(section) => {
                for ty in section {
                    let step = types::core_type(&ty?);
                    self.step(1, step)?;
                }
            }
            Payload::ComponentImportSection(section) => {
                for import in section {
                    let import = import?;
                    let item = types::item(import.name, import.ty, false);
                    self.step(1 + weight(item.name), Step::Item(item))?;
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section {
                    let export = named(&export?);
                    self.step(1 + weight(export.name), Step::Export(export))?;
                }
            }
            Payload::ComponentAliasSection(section) => {
                for alias in section {
                    let alias = alias?;
                    self.capture(&alias)?;
                    self.step(1, types::alias(alias))?;
                }
            }
            Payload::InstanceSection(section) => {
                for instance in section {
                    let (weight, step) = core_instance(&instance?);
                    self.step(weight, step)?;
                }
            }
            Payload::ComponentInstanceSection(section) => {
                for instance in section {
                    let (weight, step) = component_instance(&instance?);
                    self.step(weight, step)?;
                }
            }
            Payload::ComponentCanonicalSection(section) => {
                for function in section {
                    self.step(1, canonical(&function?))?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Notes what a component takes with it from around it; so do all those on the way.
    fn capture(&mut self, alias: &ComponentAlias) -> Result<(), Stop> {
        let &ComponentAlias::Outer { kind, count, index } = alias else {
            return Ok(());
        };
        if !matches!(
            kind,
            ComponentOuterAliasKind::Component | ComponentOuterAliasKind::CoreModule
        ) {
            return Ok(());
        }
        for (open, out) in self.open.iter().rev().zip((0..count).rev()) {
            if let Open::Component(inner) = open {
                let captured = &mut self.plan.components[*inner].captured;
                captured.push((kind.into(), out, index));
                self.budget.items(1)?;
            }
        }
        Ok(())
    }
}

fn named<'a>(export: &ComponentExport<'a>) -> Named<'a> {
    Named {
        name: export.name.name,
        space: export.kind.into(),
        index: export.index,
    }
}

/// What it weighs to be kept, and the step.
fn core_instance<'a>(instance: &Instance) -> (u64, Step<'a>) {
    match instance {
        Instance::Instantiate { module_index, args } => {
            let with = args.len() as u64;
            let module = *module_index;
            (1, Step::Core { module, with })
        }
        Instance::FromExports(exports) => (1 + exports.len() as u64, Step::Other),
    }
}

/// What it weighs to be kept, and the step.
fn component_instance<'a>(instance: &ComponentInstance<'a>) -> (u64, Step<'a>) {
    match instance {
        ComponentInstance::Instantiate {
            component_index,
            args,
        } => {
            let with = args.iter().map(|arg| Named {
                name: arg.name,
                space: arg.kind.into(),
                index: arg.index,
            });
            let step = Step::Instantiate {
                component: *component_index,
                with: with.collect(),
            };
            (1 + args.len() as u64, step)
        }
        ComponentInstance::FromExports(exports) => {
            let step = Step::Collect(exports.iter().map(named).collect());
            (1 + exports.len() as u64, step)
        }
    }
}

fn canonical<'a>(function: &CanonicalFunction) -> Step<'a> {
    use CanonicalFunction as F;
    match *function {
        F::Lift { type_index, .. } => Step::Lift { ty: type_index },
        F::Lower { func_index, .. } => Step::Lower { func: func_index },
        F::StreamNew { ty }
        | F::StreamRead { ty, .. }
        | F::StreamWrite { ty, .. }
        | F::StreamCancelRead { ty, .. }
        | F::StreamCancelWrite { ty, .. }
        | F::StreamDropReadable { ty }
        | F::StreamDropWritable { ty }
        | F::FutureNew { ty }
        | F::FutureRead { ty, .. }
        | F::FutureWrite { ty, .. }
        | F::FutureCancelRead { ty, .. }
        | F::FutureCancelWrite { ty, .. }
        | F::FutureDropReadable { ty }
        | F::FutureDropWritable { ty }
        | F::TaskReturn {
            result: Some(ComponentValType::Type(ty)),
            ..
        } => Step::Builtin(Some(ty)),
        _ => Step::Builtin(None),
    }
}
