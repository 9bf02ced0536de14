//! What a component comes to: its steps are done as the compiler does them, with weights
//! for types and values.

use super::budget::{Budget, Result};
use super::plan::{Item, Named, Plan, Space, Step, weight};
use std::collections::HashMap;

/// Counts all components by themselves, as the validator looks at each once; and what the
/// outermost comes to with all its instances, as the compiler makes it.
pub(super) fn expand(plan: &Plan, budget: &mut Budget) -> Result<()> {
    if plan.components.is_empty() {
        return Ok(());
    }
    let mut expansion = Expansion {
        plan,
        budget,
        frames: Vec::new(),
        bags: Vec::new(),
        closures: Vec::new(),
        resources: 0,
    };
    for made in [false, true] {
        let way = Way {
            made,
            depth: 1,
            args: None,
        };
        expansion.component(0, None, way)?;
    }
    Ok(())
}

struct Expansion<'a, 'b, 'l> {
    plan: &'a Plan<'a>,
    budget: &'b mut Budget<'l>,
    frames: Vec<Frame>,
    bags: Vec<Bag<'a>>,
    closures: Vec<Closure>,
    /// So many types of resources there are; the compiler copies a table of them for each
    /// instance.
    resources: u64,
}

/// The index spaces of a component that is looked at or made, and what is around it.
struct Frame {
    spaces: [Vec<Value>; Space::COUNT],
    outer: Option<usize>,
}

/// What is in an index space.
#[derive(Clone, Copy)]
enum Value {
    /// Of this weight.
    Leaf(u64),
    /// An instance, or the type of one, by its index.
    Bag(usize),
    /// A component, or the type of one.
    Closure(usize),
}

/// The exports of an instance.
#[derive(Default)]
struct Bag<'a> {
    items: HashMap<&'a str, Value>,
    weight: u64,
}

/// A component and what it has from around it. Without a definition it is only known what
/// an instance of it is like.
struct Closure {
    component: Option<usize>,
    outer: Option<usize>,
    exports: usize,
    weight: u64,
}

/// How steps are done.
#[derive(Clone, Copy)]
struct Way {
    /// Whether instances are made, or only what they are like is looked at.
    made: bool,
    depth: usize,
    /// What is imported; what is not in it is like its type.
    args: Option<usize>,
}

/// What an index space weighs that has nothing in it.
const FRAME: u64 = 4;

/// What a type of resources weighs: there is a new one, and new types of all that has to do
/// with it, for each instance.
const RESOURCE: u64 = 4;

/// How much more it is to make an instance than to copy it.
const MAKING: u64 = 4;

/// How many resources in the table that is copied for each instance weigh one.
const TABLE: u64 = 4;

/// How much more code an adapter between components is than the type of its function.
const ADAPTER: u64 = 4;

impl<'a> Expansion<'a, '_, '_> {
    /// The exports of an instance of a component.
    fn component(&mut self, component: usize, outer: Option<usize>, way: Way) -> Result<usize> {
        let plan = self.plan;
        self.scope(&plan.components[component].steps, outer, way)
    }

    /// Does the steps of a component, or of the type of one. Gives the exports.
    fn scope(&mut self, steps: &'a [Step<'a>], outer: Option<usize>, way: Way) -> Result<usize> {
        self.budget.nesting(way.depth)?;
        self.budget.items(FRAME)?;
        let frame = self.frames.len();
        self.frames.push(Frame {
            spaces: Default::default(),
            outer,
        });
        let exports = self.bag();
        for step in steps {
            self.step(step, frame, exports, way)?;
        }
        Ok(exports)
    }

    fn step(&mut self, step: &'a Step<'a>, frame: usize, exports: usize, way: Way) -> Result<()> {
        self.budget.items(1)?;
        match step {
            Step::Sized { own, of } => {
                self.budget.items(of.len() as u64)?;
                let parts = of.iter().map(|ty| self.weight_at(frame, Space::Type, *ty));
                let weight = parts.fold(*own, u64::saturating_add);
                self.push(frame, Space::Type, Value::Leaf(weight));
            }
            Step::Resource => {
                self.resources += 1;
                self.take(frame, Space::Type, Value::Leaf(RESOURCE))?;
            }
            Step::Scope { component, steps } => {
                let way = Way {
                    made: false,
                    depth: way.depth + 1,
                    args: None,
                };
                let like = self.scope(steps, Some(frame), way)?;
                let ty = match component {
                    true => self.closure(None, frame, like, self.bags[like].weight),
                    false => Value::Bag(like),
                };
                self.push(frame, Space::Type, ty);
            }
            Step::CoreTypes { count, each } => {
                for _ in 0..*count {
                    self.take(frame, Space::CoreType, Value::Leaf(*each))?;
                }
            }
            Step::Item(item) => self.item(item, frame, exports, way)?,
            Step::Define(component) => self.define(*component, frame, way)?,
            Step::Module(names) => self.push(frame, Space::Module, Value::Leaf(1 + names)),
            Step::Outer {
                space,
                count,
                index,
            } => {
                let value = self.outer(frame, *count);
                let value = value.and_then(|frame| self.at(frame, *space, *index));
                self.take(frame, *space, value.unwrap_or(Value::Leaf(1)))?;
            }
            Step::Inner {
                space,
                instance,
                name,
            } => {
                let value = match self.at(frame, Space::Instance, *instance) {
                    Some(Value::Bag(bag)) => self.bags[bag].items.get(name).copied(),
                    _ => None,
                };
                self.take(frame, *space, value.unwrap_or(Value::Leaf(1)))?;
            }
            Step::Instantiate { component, with } => {
                self.instantiate(*component, with, frame, way)?;
            }
            Step::Collect(with) => {
                let bag = self.collect(with, frame)?;
                self.push(frame, Space::Instance, Value::Bag(bag));
            }
            Step::Export(export) => {
                let value = self.at(frame, export.space, export.index);
                let value = value.unwrap_or(Value::Leaf(1));
                self.put(exports, export.name, value)?;
                self.push(frame, export.space, value);
            }
            Step::Core { module, with } => {
                if way.made {
                    self.budget.instance()?;
                }
                let module = self.weight_at(frame, Space::Module, *module);
                self.budget.items(module.saturating_add(*with))?;
            }
            Step::Lift { ty } => {
                let weight = self.weight_at(frame, Space::Type, *ty);
                self.take(frame, Space::Func, Value::Leaf(weight))?;
            }
            Step::Lower { func } => {
                let weight = self.weight_at(frame, Space::Func, *func);
                self.budget.items(weight.saturating_mul(ADAPTER))?;
            }
            Step::Builtin(ty) => {
                let ty = ty.map(|ty| self.weight_at(frame, Space::Type, ty));
                self.budget.items(ty.unwrap_or(0))?;
            }
            Step::Other => {}
        }
        Ok(())
    }

    /// An import, or what a type says of an import or export.
    fn item(&mut self, item: &Item<'a>, frame: usize, exports: usize, way: Way) -> Result<()> {
        let given = way
            .args
            .and_then(|args| self.bags[args].items.get(item.name));
        let value = match (given, item.ty) {
            (Some(value), _) => *value,
            (None, Some((space, ty))) => self.at(frame, space, ty).unwrap_or(Value::Leaf(1)),
            (None, None) if item.space == Space::Type => {
                self.resources += 1;
                Value::Leaf(RESOURCE)
            }
            (None, None) => Value::Leaf(1),
        };
        if item.exported {
            self.put(exports, item.name, value)?;
        } else {
            self.budget.items(weight(item.name))?;
            let weight = self.weight(value);
            let bag = &mut self.bags[exports];
            // The type of a component weighs with its imports.
            bag.weight = bag.weight.saturating_add(weight);
        }
        self.take(frame, item.space, value)
    }

    fn define(&mut self, component: usize, frame: usize, way: Way) -> Result<()> {
        let plan = self.plan;
        let like = match way.made {
            // It was looked at before.
            true => self.bag(),
            false => {
                let way = Way {
                    depth: way.depth + 1,
                    args: None,
                    ..way
                };
                self.component(component, Some(frame), way)?
            }
        };
        let mut weight = 1u64;
        for (space, out, index) in &plan.components[component].captured {
            let around = self.outer(frame, *out);
            let value = around.and_then(|frame| self.at(frame, *space, *index));
            let captured = value.map_or(1, |value| self.weight(value));
            weight = weight.saturating_add(captured);
        }
        let closure = self.closure(Some(component), frame, like, weight);
        self.take(frame, Space::Component, closure)
    }

    fn instantiate(
        &mut self,
        component: u32,
        with: &'a [Named<'a>],
        frame: usize,
        way: Way,
    ) -> Result<()> {
        let args = self.collect(with, frame)?;
        self.budget.items(self.resources / TABLE)?;
        let exports = match self.at(frame, Space::Component, component) {
            Some(Value::Closure(closure)) => {
                let Closure {
                    component,
                    outer,
                    exports,
                    ..
                } = self.closures[closure];
                match component {
                    Some(component) if way.made => {
                        self.budget.instance()?;
                        let way = Way {
                            depth: way.depth + 1,
                            args: Some(args),
                            ..way
                        };
                        self.component(component, outer, way)?
                    }
                    _ => exports,
                }
            }
            _ => self.bag(),
        };
        let making = self.bags[exports].weight.saturating_mul(MAKING);
        self.budget.items(making)?;
        self.push(frame, Space::Instance, Value::Bag(exports));
        Ok(())
    }

    fn collect(&mut self, with: &'a [Named<'a>], frame: usize) -> Result<usize> {
        let bag = self.bag();
        for Named { name, space, index } in with {
            let value = self.at(frame, *space, *index);
            self.put(bag, name, value.unwrap_or(Value::Leaf(1)))?;
        }
        Ok(bag)
    }

    /// Puts a copy of the value into a bag.
    fn put(&mut self, bag: usize, name: &'a str, value: Value) -> Result<()> {
        let weight = self.weight(value).saturating_add(1 + weight(name));
        self.budget.items(weight)?;
        let bag = &mut self.bags[bag];
        bag.weight = bag.weight.saturating_add(weight);
        bag.items.insert(name, value);
        Ok(())
    }

    /// Puts a copy of the value into an index space.
    fn take(&mut self, frame: usize, space: Space, value: Value) -> Result<()> {
        self.budget.items(self.weight(value))?;
        self.push(frame, space, value);
        Ok(())
    }

    fn push(&mut self, frame: usize, space: Space, value: Value) {
        self.frames[frame].spaces[space as usize].push(value);
    }

    fn at(&self, frame: usize, space: Space, index: u32) -> Option<Value> {
        let space = &self.frames[frame].spaces[space as usize];
        space.get(index as usize).copied()
    }

    /// So far out from a frame.
    fn outer(&self, frame: usize, count: u32) -> Option<usize> {
        let mut frame = frame;
        for _ in 0..count {
            frame = self.frames[frame].outer?;
        }
        Some(frame)
    }

    fn weight_at(&self, frame: usize, space: Space, index: u32) -> u64 {
        let value = self.at(frame, space, index);
        value.map_or(1, |value| self.weight(value))
    }

    fn weight(&self, value: Value) -> u64 {
        match value {
            Value::Leaf(weight) => weight,
            Value::Bag(bag) => self.bags[bag].weight,
            Value::Closure(closure) => self.closures[closure].weight,
        }
    }

    fn bag(&mut self) -> usize {
        self.bags.push(Bag {
            items: HashMap::new(),
            weight: 1,
        });
        self.bags.len() - 1
    }

    fn closure(
        &mut self,
        component: Option<usize>,
        outer: usize,
        exports: usize,
        weight: u64,
    ) -> Value {
        self.closures.push(Closure {
            component,
            outer: Some(outer),
            exports,
            weight,
        });
        Value::Closure(self.closures.len() - 1)
    }
}
