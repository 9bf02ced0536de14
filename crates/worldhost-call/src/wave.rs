//! Values as WAVE text, with `$1` for handles, of which WAVE knows nothing.

use crate::handle::{Earlier, Names, Reference};
use crate::types::Resources;
use std::ops::Range;
use wasmtime::component::Val;
use wasmtime::component::types::Type;
use wasmtime::component::wasm_wave::ast::{Node, NodeType};
use wasmtime::component::wasm_wave::lex::Keyword;
use wasmtime::component::wasm_wave::parser::{ParserError, ParserErrorKind};
use wasmtime::component::wasm_wave::untyped::UntypedValue;

/// What is wrong in a text, and where.
#[derive(Debug)]
pub(crate) struct Bad {
    pub at: Range<usize>,
    pub message: String,
}

/// The nodes of `(A, B, …)`.
pub(crate) fn arguments(text: &str) -> Result<Vec<Node>, Bad> {
    let inner = &text[1..text.len().saturating_sub(1).max(1)];
    if inner.trim().is_empty() && text.ends_with(')') {
        return Ok(Vec::new());
    }
    let labelled = label_references(text);
    let parsed = UntypedValue::parse(&labelled).map_err(|error| bad(&error, text))?;
    let nodes = parsed
        .node()
        .as_tuple()
        .map_err(|error| bad(&error, text))?;
    Ok(nodes.cloned().collect())
}

/// A label of the same length for each reference outside of strings: to the lexer
/// `$` is no token.
fn label_references(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (keep, replaced) = match c {
            '"' if rest.starts_with("\"\"\"") => {
                let end = rest[3..].find("\"\"\"").map_or(rest.len(), |end| end + 6);
                (end, None)
            }
            '"' | '\'' => (quoted(rest, c), None),
            '$' => match Reference::read(rest) {
                Some((_, len)) => {
                    let label = rest[..len].replace('$', "h").replace('.', "x");
                    (len, Some(label))
                }
                None => (1, None),
            },
            c => (c.len_utf8(), None),
        };
        match replaced {
            Some(label) => out += &label,
            None => out += &rest[..keep],
        }
        rest = &rest[keep..];
    }
    out
}

/// The length of a string or character literal.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

fn bad(error: &ParserError, text: &str) -> Bad {
    let at = error.span();
    let message = match (error.kind(), text.get(at.clone())) {
        (ParserErrorKind::UnexpectedToken | ParserErrorKind::InvalidToken, Some(token)) => {
            format!("`{token}` is not expected here")
        }
        (ParserErrorKind::UnexpectedEnd, _) => "the text ends too early".to_string(),
        (kind, _) => kind.to_string(),
    };
    Bad { at, message }
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
            Type::Record(_) => self.record(node, ty),
            Type::Tuple(_) => self.tuple(node, ty),
            Type::Variant(_) => self.variant(node, ty),
            Type::Option(option) => self.option(node, &option.ty(), ty),
            Type::Result(_) => self.result(node, ty),
            Type::Enum(cases) => {
                let case = node.as_enum(self.text).map_err(|_| self.not(node, ty))?;
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
        let value = match ty {
            Type::Bool => node.as_bool().map(Val::Bool),
            Type::S8 => node.as_number(text).map(Val::S8),
            Type::U8 => node.as_number(text).map(Val::U8),
            Type::S16 => node.as_number(text).map(Val::S16),
            Type::U16 => node.as_number(text).map(Val::U16),
            Type::S32 => node.as_number(text).map(Val::S32),
            Type::U32 => node.as_number(text).map(Val::U32),
            Type::S64 => node.as_number(text).map(Val::S64),
            Type::U64 => node.as_number(text).map(Val::U64),
            Type::Float32 => node.as_number(text).map(Val::Float32),
            Type::Float64 => node.as_number(text).map(Val::Float64),
            Type::Char => node.as_char(text).map(Val::Char),
            Type::String => node.as_str(text).map(|s| Val::String(s.into_owned())),
            _ => return Err(self.bad(node, "values of this type have no text".into())),
        };
        value.map_err(|error| match node.ty() {
            NodeType::Number if is_number(ty) => {
                let message = format!("{} is not in its range", &text[node.span()]);
                self.bad(node, message)
            }
            NodeType::Char | NodeType::String | NodeType::MultilineString
                if error.span() != node.span() =>
            {
                bad(&error, text)
            }
            _ => self.not(node, ty),
        })
    }

    fn list(&mut self, node: &Node, element: &Type, ty: &Type) -> Result<Vec<Val>, Bad> {
        let nodes = node.as_list().map_err(|_| self.not(node, ty))?;
        nodes.map(|node| self.value(node, element)).collect()
    }

    fn record(&mut self, node: &Node, ty: &Type) -> Result<Val, Bad> {
        let record = ty.unwrap_record();
        let given: Vec<(&str, &Node)> = match node.as_record(self.text) {
            Ok(fields) => fields.collect(),
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
                None => return Err(self.bad(node, format!("field `{}` is missing", field.name))),
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

    fn variant(&mut self, node: &Node, ty: &Type) -> Result<Val, Bad> {
        let variant = ty.unwrap_variant();
        let Ok((name, payload)) = node.as_variant(self.text) else {
            return Err(self.not(node, ty));
        };
        let names: Vec<&str> = variant.cases().map(|case| case.name).collect();
        self.one_of(node, name, &names)?;
        let case = variant.cases().find(|case| case.name == name);
        let payload = self.payload(node, name, payload, case.and_then(|case| case.ty))?;
        Ok(Val::Variant(name.to_string(), payload))
    }

    /// `some(V)`, `none`, or just `V` where that is clear.
    fn option(&mut self, node: &Node, inner: &Type, ty: &Type) -> Result<Val, Bad> {
        let value = match (node.as_option(), inner) {
            (Ok(None), _) => None,
            (Ok(Some(node)), _) => Some(self.value(node, inner)?),
            (Err(_), Type::Option(_) | Type::Result(_)) => return Err(self.not(node, ty)),
            (Err(_), inner) => Some(self.value(node, inner)?),
        };
        Ok(Val::Option(value.map(Box::new)))
    }

    fn result(&mut self, node: &Node, ty: &Type) -> Result<Val, Bad> {
        let result = ty.unwrap_result();
        let value = match node.as_result() {
            Ok(Ok(payload)) => Ok(self.payload(node, "ok", payload, result.ok())?),
            Ok(Err(payload)) => Err(self.payload(node, "err", payload, result.err())?),
            Err(_) => return Err(self.not(node, ty)),
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
                let ty = self.resources.text(&ty);
                Err(self.bad(node, format!("`{case}` needs a value: {case}({ty})")))
            }
            (Some(_), None) => Err(self.bad(node, format!("`{case}` has no value"))),
        }
    }

    fn flags(&self, node: &Node, ty: &Type) -> Result<Val, Bad> {
        let names: Vec<&str> = ty.unwrap_flags().names().collect();
        // `{}` is also the text of an empty record.
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
        if names.contains(&name) {
            return Ok(());
        }
        let message = format!("`{name}` is not one of {}", names.join(", "));
        Err(self.bad(node, message))
    }

    fn not(&self, node: &Node, ty: &Type) -> Bad {
        let found = match node.ty() {
            NodeType::BoolTrue | NodeType::BoolFalse => "a bool",
            NodeType::Number => "a number",
            NodeType::Char => "a char",
            NodeType::String | NodeType::MultilineString => "a string",
            NodeType::Tuple => "a tuple",
            NodeType::List => "a list",
            NodeType::Record => "a record",
            NodeType::Label => "a word",
            NodeType::VariantWithPayload => "a variant",
            NodeType::OptionSome | NodeType::OptionNone => "an option",
            NodeType::ResultOk | NodeType::ResultErr => "a result",
            NodeType::Flags => "flags",
        };
        let quotes = match (ty, node.ty()) {
            (Type::String, NodeType::Label) => "; strings are in double quotes",
            _ => "",
        };
        let wanted = self.resources.text(ty);
        self.bad(node, format!("{found} is not {wanted}{quotes}"))
    }

    fn bad(&self, node: &Node, message: String) -> Bad {
        Bad {
            at: node.span(),
            message,
        }
    }
}

fn is_number(ty: &Type) -> bool {
    !matches!(ty, Type::Bool | Type::Char | Type::String)
}

/// A value as WAVE text.
pub(crate) fn text(value: &Val, names: &mut Names) -> String {
    match value {
        Val::Resource(_) => names.next().to_string(),
        Val::List(values) | Val::FixedLengthList(values) => {
            format!("[{}]", joined(values, names))
        }
        Val::Tuple(values) => format!("({})", joined(values, names)),
        Val::Record(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{name}: {}", text(value, names)))
                .collect();
            format!("{{{}}}", fields.join(", "))
        }
        Val::Flags(flags) => format!("{{{}}}", flags.join(", ")),
        Val::Enum(case) => label(case),
        Val::Variant(case, payload) => with_payload(&label(case), payload.as_deref(), names),
        Val::Option(None) => "none".to_string(),
        Val::Option(Some(value)) => with_payload("some", Some(value), names),
        Val::Result(Ok(payload)) => with_payload("ok", payload.as_deref(), names),
        Val::Result(Err(payload)) => with_payload("err", payload.as_deref(), names),
        Val::Future(_) | Val::Stream(_) | Val::ErrorContext(_) | Val::Map(_) => "?".to_string(),
        scalar => wasmtime::component::wasm_wave::to_string(scalar).unwrap_or_default(),
    }
}

fn joined(values: &[Val], names: &mut Names) -> String {
    let values: Vec<String> = values.iter().map(|value| text(value, names)).collect();
    values.join(", ")
}

fn with_payload(case: &str, payload: Option<&Val>, names: &mut Names) -> String {
    match payload {
        Some(payload) => format!("{case}({})", text(payload, names)),
        None => case.to_string(),
    }
}

/// A case that is spelt like a keyword is marked as none.
fn label(case: &str) -> String {
    match Keyword::decode(case) {
        Some(_) => format!("%{case}"),
        None => case.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_become_labels_of_the_same_length() {
        let text = r#"($1, "$2 \" $3", '$', [$4.10], $)"#;
        let labelled = label_references(text);
        assert_eq!(labelled, r#"(h1, "$2 \" $3", '$', [h4x10], $)"#);
        assert_eq!(labelled.len(), text.len());
    }

    #[test]
    fn arguments_may_be_none() {
        assert!(arguments("()").unwrap().is_empty());
        assert!(arguments("( )").unwrap().is_empty());
        assert_eq!(arguments("(1, [2])").unwrap().len(), 2);
        assert!(arguments("(1").is_err());
    }
}
