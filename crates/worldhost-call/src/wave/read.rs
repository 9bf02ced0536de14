//! Values out of text, by the types that are wanted.

use super::bad::Bad;
use super::write::READY;
use super::{number, parse};
use crate::flow::supply::Supply;
use crate::flow::text::Flow;
use crate::handle::{Alone, Earlier, Reference};
use crate::quote::{short, unknown};
use crate::types::Resources;
use wasmtime::component::Val;
use wasmtime::component::types::Type;
use wasmtime::component::wasm_wave::ast::{Node, NodeType};
use wasmtime::component::wasm_wave::lex::Keyword;

/// The nodes of `(A, B, …)`, to be read one by one.
pub(crate) fn arguments(text: &str) -> Result<Vec<Node>, Bad> {
    parse::arguments(text)
}

/// A value that stands alone.
pub(crate) fn alone(text: &str, ty: &Type, resources: &Resources) -> Result<Val, String> {
    let text = format!("({text})");
    let bad = |bad: Bad| bad.message;
    let nodes = arguments(&text).map_err(bad)?;
    let [node] = nodes.as_slice() else {
        return Err(format!("there are {} values, not one", nodes.len()));
    };
    let mut reader = Reader {
        text: &text,
        resources,
        earlier: &mut Alone,
    };
    reader.value(node, ty).map_err(bad)
}

/// Reads values out of nodes.
pub(crate) struct Reader<'a> {
    pub text: &'a str,
    pub resources: &'a Resources,
    pub earlier: &'a mut dyn Earlier,
}

impl Reader<'_> {
    pub fn value(&mut self, node: &Node, ty: &Type) -> Result<Val, Bad> {
        let slice = &self.text[node.span()];
        if let Some((reference, _)) = Reference::read(slice) {
            let value = self.earlier.value(reference, ty);
            return value.map_err(|message| self.bad(node, message));
        }
        if slice.starts_with('@') {
            return self.named(node, slice, ty);
        }
        match ty {
            Type::Own(_) | Type::Borrow(_) => {
                Err(self.bad(node, "a resource is given by its handle, such as $1".into()))
            }
            Type::List(list) => Ok(Val::List(self.list(node, &list.ty(), ty)?)),
            Type::FixedLengthList(list) => {
                let values = self.list(node, &list.ty(), ty)?;
                if values.len() != list.len() as usize {
                    let message = format!("wants {} elements, not {}", list.len(), values.len());
                    return Err(self.bad(node, message));
                }
                Ok(Val::FixedLengthList(values))
            }
            Type::Stream(stream) => self.stream(node, stream.ty(), ty),
            Type::Future(future) => self.future(node, future.ty(), ty),
            Type::Map(map) => self.map(node, &map.key(), &map.value(), ty),
            Type::Record(_) => self.record(node, ty),
            Type::Tuple(_) => self.tuple(node, ty),
            Type::Variant(_) => self.variant(node, ty),
            Type::Option(option) => self.option(node, &option.ty(), ty),
            Type::Result(_) => self.result(node, ty),
            Type::Enum(cases) => {
                let Some((case, None)) = self.case(node) else {
                    return Err(self.not(node, ty));
                };
                let names: Vec<&str> = cases.names().collect();
                self.one_of(node, case, &names)?;
                Ok(Val::Enum(case.to_string()))
            }
            Type::Flags(_) => self.flags(node, ty),
            _ => self.scalar(node, ty),
        }
    }

    fn scalar(&self, node: &Node, ty: &Type) -> Result<Val, Bad> {
        let text = self.text;
        let slice = &text[node.span()];
        let is_number = node.ty() == NodeType::Number || matches!(slice, "nan" | "inf");
        if is_number && let Some(value) = number::value(slice, ty) {
            return value.map_err(|message| self.bad(node, message));
        }
        let value = match ty {
            Type::Bool => match slice {
                "true" => Some(Val::Bool(true)),
                "false" => Some(Val::Bool(false)),
                _ => None,
            },
            Type::Char => node.as_char(text).ok().map(Val::Char),
            Type::String => match node.as_str(text) {
                Ok(value) => Some(Val::String(value.into_owned())),
                // Of a string, what is wrong is somewhere in it.
                Err(error) if error.span() != node.span() => {
                    return Err(parse::bad(&error, text));
                }
                Err(_) => None,
            },
            _ => None,
        };
        value.ok_or_else(|| self.not(node, ty))
    }

    fn list(&mut self, node: &Node, element: &Type, ty: &Type) -> Result<Vec<Val>, Bad> {
        let nodes = node.as_list().map_err(|_| self.not(node, ty))?;
        nodes.map(|node| self.value(node, element)).collect()
    }

    /// `@name`, or `@"a name"`.
    fn named(&mut self, node: &Node, slice: &str, ty: &Type) -> Result<Val, Bad> {
        let bad = |message: &str| Err(self.bad(node, message.to_string()));
        match ty {
            Type::Stream(stream) if stream.ty().is_some() => {}
            Type::Stream(_) => return bad("a stream of nothing is given the number of its items"),
            _ => return bad("only a stream is given what is in a file"),
        }
        let name = match &slice[1..] {
            quoted if quoted.starts_with('"') => {
                let name = parse::arguments(&format!("({quoted})"));
                let text = format!("({quoted})");
                let name = name.ok().and_then(|nodes| {
                    let name = nodes.first()?.as_str(&text).ok()?;
                    Some(name.into_owned())
                });
                name.unwrap_or_default()
            }
            name => name.to_string(),
        };
        if name.is_empty() {
            return bad("after @ is the name of a file, or - for stdin");
        }
        self.flow(node, ty, Supply::Named(name))
    }

    /// A list of items; also a string of bytes, or the number of items of nothing.
    fn stream(&mut self, node: &Node, item: Option<Type>, ty: &Type) -> Result<Val, Bad> {
        let supply = match item {
            None => match self.scalar(node, &Type::U32)? {
                Val::U32(count) => Supply::Count(count),
                _ => return Err(self.not(node, ty)),
            },
            Some(Type::U8) => match node.as_str(self.text) {
                Ok(text) => Supply::Bytes(text.into_owned().into_bytes()),
                Err(_) => Supply::items(self.list(node, &Type::U8, ty)?, &Type::U8),
            },
            Some(item) => Supply::Items(self.list(node, &item, ty)?),
        };
        self.flow(node, ty, supply)
    }

    /// The value that it comes to.
    fn future(&mut self, node: &Node, item: Option<Type>, ty: &Type) -> Result<Val, Bad> {
        let supply = match item {
            Some(item) => Supply::items(vec![self.value(node, &item)?], &item),
            None if &self.text[node.span()] == READY => Supply::Count(1),
            None => return Err(self.not(node, ty)),
        };
        self.flow(node, ty, supply)
    }

    fn flow(&mut self, node: &Node, ty: &Type, supply: Supply) -> Result<Val, Bad> {
        let Some(flow) = Flow::of(ty) else {
            return Err(self.not(node, ty));
        };
        let value = self.earlier.flow(flow, supply);
        value.map_err(|message| self.bad(node, message))
    }

    /// `[(key, value), …]`.
    fn map(&mut self, node: &Node, key: &Type, value: &Type, ty: &Type) -> Result<Val, Bad> {
        let nodes = node.as_list().map_err(|_| self.not(node, ty))?;
        let mut pairs = Vec::new();
        for node in nodes {
            let mut pair = match node.as_tuple() {
                Ok(pair) if pair.len() == 2 => pair,
                _ => return Err(self.bad(node, "an entry of a map is (key, value)".into())),
            };
            if let (Some(k), Some(v)) = (pair.next(), pair.next()) {
                pairs.push((self.value(k, key)?, self.value(v, value)?));
            }
        }
        Ok(Val::Map(pairs))
    }

    fn record(&mut self, node: &Node, ty: &Type) -> Result<Val, Bad> {
        let record = ty.unwrap_record();
        let given: Vec<(&str, &Node)> = match node.as_record(self.text) {
            Ok(fields) => fields.collect(),
            // `{}`, which is of flags, is clear as well where a record is wanted.
            Err(_)
                if node
                    .as_flags(self.text)
                    .is_ok_and(|mut flags| flags.next().is_none()) =>
            {
                Vec::new()
            }
            Err(_) => return Err(self.not(node, ty)),
        };
        let names: Vec<&str> = record.fields().map(|field| field.name).collect();
        for (name, value) in &given {
            self.one_of(value, name, &names)?;
        }
        let mut fields = Vec::new();
        for field in record.fields() {
            let value = match given.iter().find(|(name, _)| *name == field.name) {
                Some((_, node)) => self.value(node, &field.ty)?,
                None if matches!(field.ty, Type::Option(_)) => Val::Option(None),
                None => {
                    let message = format!("field `{}` is missing", short(field.name));
                    return Err(self.bad(node, message));
                }
            };
            fields.push((field.name.to_string(), value));
        }
        Ok(Val::Record(fields))
    }

    fn tuple(&mut self, node: &Node, ty: &Type) -> Result<Val, Bad> {
        let types: Vec<Type> = ty.unwrap_tuple().types().collect();
        let nodes = node.as_tuple().map_err(|_| self.not(node, ty))?;
        if nodes.len() != types.len() {
            let message = format!("wants {} values, not {}", types.len(), nodes.len());
            return Err(self.bad(node, message));
        }
        let values = nodes.zip(&types).map(|(node, ty)| self.value(node, ty));
        Ok(Val::Tuple(values.collect::<Result<_, _>>()?))
    }

    /// A case of whatever type, and its value.
    fn case<'n>(&self, node: &'n Node) -> Option<(&str, Option<&'n Node>)> {
        node.as_variant(self.text).ok()
    }

    /// A word of WAVE itself, and its value: not a label, which `%` would make of it.
    fn keyword<'n>(&self, node: &'n Node) -> Option<(Keyword, Option<&'n Node>)> {
        let (name, value) = self.case(node)?;
        match self.text[node.span()].starts_with('%') {
            true => None,
            false => Some((Keyword::decode(name)?, value)),
        }
    }

    fn variant(&mut self, node: &Node, ty: &Type) -> Result<Val, Bad> {
        let variant = ty.unwrap_variant();
        let Some((name, payload)) = self.case(node) else {
            return Err(self.not(node, ty));
        };
        let name = name.to_string();
        let names: Vec<&str> = variant.cases().map(|case| case.name).collect();
        self.one_of(node, &name, &names)?;
        let case = variant.cases().find(|case| case.name == name);
        let payload = self.payload(node, &name, payload, case.and_then(|case| case.ty))?;
        Ok(Val::Variant(name, payload))
    }

    /// `some(V)`, `none`, or just `V` where that is clear.
    fn option(&mut self, node: &Node, inner: &Type, ty: &Type) -> Result<Val, Bad> {
        let value = match (self.keyword(node), inner) {
            (Some((Keyword::None, None)), _) => None,
            (Some((Keyword::Some, Some(node))), _) => Some(self.value(node, inner)?),
            (_, Type::Option(_) | Type::Result(_)) => return Err(self.not(node, ty)),
            (_, inner) => Some(self.value(node, inner)?),
        };
        Ok(Val::Option(value.map(Box::new)))
    }

    fn result(&mut self, node: &Node, ty: &Type) -> Result<Val, Bad> {
        let result = ty.unwrap_result();
        let value = match self.keyword(node) {
            Some((Keyword::Ok, value)) => Ok(self.payload(node, "ok", value, result.ok())?),
            Some((Keyword::Err, value)) => Err(self.payload(node, "err", value, result.err())?),
            _ => return Err(self.not(node, ty)),
        };
        Ok(Val::Result(value))
    }

    fn payload(
        &mut self,
        node: &Node,
        case: &str,
        payload: Option<&Node>,
        ty: Option<Type>,
    ) -> Result<Option<Box<Val>>, Bad> {
        match (payload, ty) {
            (Some(payload), Some(ty)) => Ok(Some(Box::new(self.value(payload, &ty)?))),
            (None, None) => Ok(None),
            (None, Some(ty)) => {
                let (case, ty) = (short(case), self.resources.short(&ty));
                Err(self.bad(node, format!("`{case}` needs a value: {case}({ty})")))
            }
            (Some(_), None) => Err(self.bad(node, format!("`{}` has no value", short(case)))),
        }
    }

    fn flags(&self, node: &Node, ty: &Type) -> Result<Val, Bad> {
        let names: Vec<&str> = ty.unwrap_flags().names().collect();
        let given: Vec<&str> = match node.as_flags(self.text) {
            Ok(flags) => flags.collect(),
            Err(_) => return Err(self.not(node, ty)),
        };
        let mut flags = Vec::new();
        for flag in given {
            let flag = flag.strip_prefix('%').unwrap_or(flag);
            self.one_of(node, flag, &names)?;
            flags.push(flag.to_string());
        }
        Ok(Val::Flags(flags))
    }

    fn one_of(&self, node: &Node, name: &str, names: &[&str]) -> Result<(), Bad> {
        match names.contains(&name) {
            true => Ok(()),
            false => Err(self.bad(node, unknown(name, names))),
        }
    }

    fn not(&self, node: &Node, ty: &Type) -> Bad {
        let word = match &self.text[node.span()] {
            "null" | "undefined" | "nil" => Some("none"),
            _ => None,
        };
        let found = match node.ty() {
            NodeType::Number => "a number",
            NodeType::Char => "a char",
            NodeType::String | NodeType::MultilineString => "a string",
            NodeType::Tuple => "a tuple",
            NodeType::List => "a list",
            NodeType::Record => "a record",
            NodeType::Flags => "flags",
            _ => match self.keyword(node) {
                Some((Keyword::True | Keyword::False, _)) => "a bool",
                Some((Keyword::Some | Keyword::None, _)) => "an option",
                Some((Keyword::Ok | Keyword::Err, _)) => "a result",
                Some((Keyword::Inf | Keyword::Nan, _)) => "a number",
                None if node.ty() == NodeType::VariantWithPayload => "a variant",
                None => "a word",
            },
        };
        let wanted = self.resources.short(ty);
        let hint = match (ty, node.ty(), word) {
            (Type::Option(_), _, Some(none)) => format!("; write {none}"),
            (Type::String, NodeType::Label | NodeType::Char, _) => {
                "; strings are in double quotes".into()
            }
            (Type::Char, NodeType::String, _) => "; a char is in single quotes".into(),
            (Type::Stream(stream), ..) if matches!(stream.ty(), Some(Type::U8)) => {
                "; a stream of bytes is a string, a list or @FILE".into()
            }
            (Type::Stream(_), ..) => "; a stream is a list or @FILE".into(),
            (Type::Future(_), ..) => format!("; a future of nothing is {READY}"),
            (Type::Option(_), ..) => "; write some(…) or none".into(),
            (Type::Result(_), ..) => "; write ok(…) or err(…)".into(),
            (Type::Flags(_), NodeType::Record, _) => "; no flags are {}".into(),
            (Type::Flags(_), NodeType::Label, _) => "; flags are in braces".into(),
            _ => String::new(),
        };
        self.bad(node, format!("{found} is not {wanted}{hint}"))
    }

    fn bad(&self, node: &Node, message: String) -> Bad {
        Bad {
            at: node.span(),
            message,
        }
    }
}
