//! A component that imports functions of given types, and has no code: Wasmtime
//! compiles it in no time, and tells the types as it has them.

use std::collections::HashMap;
use wasm_encoder::{ComponentBuilder, ComponentTypeRef, ComponentValType as Written, TypeBounds};
use wasmparser::component_types::{
    ComponentDefinedType, ComponentDefinedTypeId, ComponentFuncTypeId, ComponentValType, ResourceId,
};
use wasmparser::types::TypesRef;

/// The component while it is written. It imports what it is asked for in that order,
/// functions and resources, under names that mean nothing.
pub(crate) struct Shell<'a> {
    types: TypesRef<'a>,
    component: ComponentBuilder,
    imports: usize,
    /// Where the types and resources are that are written already.
    defined: HashMap<ComponentDefinedTypeId, u32>,
    resources: HashMap<ResourceId, u32>,
}

/// The type cannot be imitated.
pub(crate) struct Beyond;

/// Wasmtime takes no deeper types.
const MAX_DEPTH: usize = 100;

impl<'a> Shell<'a> {
    pub fn new(types: TypesRef<'a>) -> Self {
        Shell {
            types,
            component: ComponentBuilder::default(),
            imports: 0,
            defined: HashMap::new(),
            resources: HashMap::new(),
        }
    }

    pub fn finish(self) -> Vec<u8> {
        self.component.finish()
    }

    pub fn resource(&mut self, id: ResourceId) -> u32 {
        if let Some(index) = self.resources.get(&id) {
            return *index;
        }
        let index = self.import(ComponentTypeRef::Type(TypeBounds::SubResource));
        self.resources.insert(id, index);
        index
    }

    pub fn function(&mut self, id: ComponentFuncTypeId) -> Result<(), Beyond> {
        let ty = self.types.get(id).ok_or(Beyond)?;
        let params = ty.params.iter().map(|(name, ty)| (name.as_str(), ty));
        let params = self.named(params, 0)?;
        let result = self.maybe(ty.result.as_ref(), 0)?;
        let (index, mut to) = self.component.type_function(None);
        to.async_(ty.async_).params(params).result(result);
        self.import(ComponentTypeRef::Func(index));
        Ok(())
    }

    fn import(&mut self, ty: ComponentTypeRef) -> u32 {
        let name = format!("i{}", self.imports);
        self.imports += 1;
        self.component.import(name.as_str(), ty)
    }

    fn named<'n>(
        &mut self,
        values: impl Iterator<Item = (&'n str, &'n ComponentValType)>,
        depth: usize,
    ) -> Result<Vec<(&'n str, Written)>, Beyond> {
        values
            .map(|(name, ty)| Ok((name, self.value(ty, depth)?)))
            .collect()
    }

    fn maybe(
        &mut self,
        ty: Option<&ComponentValType>,
        depth: usize,
    ) -> Result<Option<Written>, Beyond> {
        ty.map(|ty| self.value(ty, depth)).transpose()
    }

    fn value(&mut self, ty: &ComponentValType, depth: usize) -> Result<Written, Beyond> {
        match ty {
            ComponentValType::Primitive(ty) => Ok(Written::Primitive((*ty).into())),
            ComponentValType::Type(id) => Ok(Written::Type(self.defined(*id, depth + 1)?)),
        }
    }

    fn defined(&mut self, id: ComponentDefinedTypeId, depth: usize) -> Result<u32, Beyond> {
        if let Some(index) = self.defined.get(&id) {
            return Ok(*index);
        }
        if depth > MAX_DEPTH {
            return Err(Beyond);
        }
        let index = self.define(self.types.get(id).ok_or(Beyond)?, depth)?;
        self.defined.insert(id, index);
        Ok(index)
    }

    /// Writes a type, with those inside it before it.
    fn define(&mut self, ty: &ComponentDefinedType, depth: usize) -> Result<u32, Beyond> {
        use ComponentDefinedType as Type;
        macro_rules! put {
            ($kind:ident($($part:expr),*)) => {{
                let (index, to) = self.component.type_defined(None);
                to.$kind($($part),*);
                index
            }};
        }
        Ok(match ty {
            Type::Primitive(ty) => put!(primitive((*ty).into())),
            Type::Record(record) => {
                let fields = record.fields.iter().map(|(name, ty)| (name.as_str(), ty));
                let fields = self.named(fields, depth)?;
                let index = put!(record(fields));
                self.name(index)
            }
            Type::Variant(variant) => {
                let mut cases = Vec::new();
                for (name, case) in &variant.cases {
                    cases.push((name.as_str(), self.maybe(case.ty.as_ref(), depth)?));
                }
                let index = put!(variant(cases));
                self.name(index)
            }
            Type::Enum(cases) => {
                let index = put!(enum_type(cases.iter().map(|name| name.as_str())));
                self.name(index)
            }
            Type::Flags(flags) => {
                let index = put!(flags(flags.iter().map(|name| name.as_str())));
                self.name(index)
            }
            Type::List { element, .. } => {
                let element = self.value(element, depth)?;
                put!(list(element))
            }
            Type::FixedLengthList {
                element, length, ..
            } => {
                let element = self.value(element, depth)?;
                put!(fixed_length_list(element, *length))
            }
            Type::Map { key, value, .. } => {
                let (key, value) = (self.value(key, depth)?, self.value(value, depth)?);
                put!(map(key, value))
            }
            Type::Tuple(tuple) => {
                let types = tuple.types.iter().map(|ty| self.value(ty, depth));
                let types = types.collect::<Result<Vec<_>, _>>()?;
                put!(tuple(types))
            }
            Type::Option { ty, .. } => {
                let ty = self.value(ty, depth)?;
                put!(option(ty))
            }
            Type::Result { ok, err, .. } => {
                let ok = self.maybe(ok.as_ref(), depth)?;
                let err = self.maybe(err.as_ref(), depth)?;
                put!(result(ok, err))
            }
            Type::Future { ty, .. } => {
                let ty = self.maybe(ty.as_ref(), depth)?;
                put!(future(ty))
            }
            Type::Stream { ty, .. } => {
                let ty = self.maybe(ty.as_ref(), depth)?;
                put!(stream(ty))
            }
            Type::Own(resource) => {
                let resource = self.resource(resource.resource());
                put!(own(resource))
            }
            Type::Borrow(resource) => {
                let resource = self.resource(resource.resource());
                put!(borrow(resource))
            }
        })
    }

    /// An import may have types with members in it only by a name.
    fn name(&mut self, index: u32) -> u32 {
        self.import(ComponentTypeRef::Type(TypeBounds::Eq(index)))
    }
}
