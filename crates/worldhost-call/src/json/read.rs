//! Values out of JSON, by the types that are wanted.

use crate::flow::supply::Supply;
use crate::flow::text::Flow;
use crate::handle::{Alone, Earlier, Reference};
use crate::quote::{listed, short, unknown};
use crate::types::Resources;
use crate::wave::number;
use serde_json::{Map, Value, json};
use wasmtime::component::Val;
use wasmtime::component::types::Type;

/// Reads values out of JSON.
pub(crate) struct Reader<'a> {
    pub resources: &'a Resources,
    pub earlier: &'a mut dyn Earlier,
}

type Read = Result<Val, String>;

/// What an object that stands for a handle may call it.
const HANDLES: [&str; 3] = ["handle", "stream", "future"];

/// A value that stands alone.
pub(crate) fn alone(text: &str, ty: &Type, resources: &Resources) -> Read {
    let json = serde_json::from_str(text).map_err(|error| words(&error.to_string()))?;
    let mut reader = Reader {
        resources,
        earlier: &mut Alone,
    };
    reader.value(&json, ty)
}

/// What the parser says is wrong, without the place.
pub(crate) fn words(error: &str) -> String {
    let words = error.split(" at line ").next().unwrap_or(error);
    match words {
        "unexpected end of hex escape" | "lone leading surrogate in hex escape" => {
            "a surrogate, half of a character in UTF-16, stands alone".into()
        }
        words => words.to_string(),
    }
}

impl Reader<'_> {
    /// An error begins with the place inside the value, if there is one.
    pub fn value(&mut self, json: &Value, ty: &Type) -> Read {
        match (ty, json) {
            (Type::Bool, Value::Bool(value)) => Ok(Val::Bool(*value)),
            (Type::String, Value::String(value)) => Ok(Val::String(value.clone())),
            (Type::Char, Value::String(value)) => self.char(value),
            (Type::Own(_) | Type::Borrow(_), json) => self.handle(json, ty),
            (Type::List(list), Value::Array(values)) => {
                Ok(Val::List(self.elements(values, &list.ty())?))
            }
            (Type::FixedLengthList(list), Value::Array(values)) => {
                counted(values, list.len() as usize, "elements")?;
                Ok(Val::FixedLengthList(self.elements(values, &list.ty())?))
            }
            (Type::Stream(_) | Type::Future(_), Value::Object(object)) if is_handle(object) => {
                self.handle(json, ty)
            }
            (Type::Stream(stream), json) => self.stream(json, stream.ty(), ty),
            (Type::Future(future), json) => self.future(json, future.ty(), ty),
            (Type::Map(map), json) => self.map(json, &map.key(), &map.value(), ty),
            (Type::Tuple(tuple), Value::Array(values)) => {
                counted(values, tuple.types().len(), "values")?;
                let mut read = Vec::new();
                for (at, (value, ty)) in values.iter().zip(tuple.types()).enumerate() {
                    read.push(self.at(format!("[{at}]"), value, &ty)?);
                }
                Ok(Val::Tuple(read))
            }
            (Type::Record(_), Value::Object(fields)) => self.record(fields, ty),
            (Type::Variant(_), json) => self.variant(json, ty),
            (Type::Enum(cases), Value::String(case)) => {
                let names: Vec<&str> = cases.names().collect();
                match names.contains(&case.as_str()) {
                    true => Ok(Val::Enum(case.clone())),
                    false => Err(unknown(case, &names)),
                }
            }
            (Type::Flags(_), Value::Array(names)) => self.flags(names, ty),
            (Type::Option(option), json) => self.option(json, &option.ty()),
            (Type::Result(_), Value::Object(object)) => self.result(object, ty),
            (_, json) => self.number(json, ty),
        }
    }

    /// What is inside of a value, at a place in it.
    fn at(&mut self, place: String, json: &Value, ty: &Type) -> Read {
        let read = self.value(json, ty);
        read.map_err(|error| inside(place, &error))
    }

    /// Numbers that JSON does not have are strings.
    fn number(&self, json: &Value, ty: &Type) -> Read {
        let is_float = matches!(ty, Type::Float32 | Type::Float64);
        let number = match json {
            Value::Number(number) => number.to_string(),
            Value::String(word) if is_float && ["nan", "inf", "-inf"].contains(&word.as_str()) => {
                word.clone()
            }
            Value::String(digits) if !is_float && is_integer(digits) => digits.clone(),
            _ => return Err(self.not(json, ty)),
        };
        number::value(&number, ty).unwrap_or_else(|| Err(self.not(json, ty)))
    }

    fn char(&self, text: &str) -> Read {
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (Some(one), None) => Ok(Val::Char(one)),
            _ => Err(format!(
                "a char is a string of one character, not {}",
                text.chars().count()
            )),
        }
    }

    fn handle(&mut self, json: &Value, ty: &Type) -> Read {
        let text = match json {
            Value::Object(object) => {
                let mut given = HANDLES.iter().filter_map(|name| object.get(*name));
                given.next().and_then(Value::as_str)
            }
            json => json.as_str(),
        };
        let reference = text.and_then(|text| match Reference::read(text) {
            Some((reference, len)) if len == text.len() => Some(reference),
            _ => None,
        });
        match reference {
            Some(reference) => self.earlier.value(reference, ty),
            None => Err(format!(
                "{}: a resource is given by its handle, such as {{\"handle\": \"$1\"}}",
                self.not(json, ty)
            )),
        }
    }

    /// An array of items, or `{"file": NAME}`; also a string of bytes, or the number of
    /// items of nothing.
    fn stream(&mut self, json: &Value, item: Option<Type>, ty: &Type) -> Read {
        let supply = match (json, item) {
            (Value::Object(object), Some(_)) if object.len() == 1 => {
                match object.get("file").and_then(Value::as_str) {
                    Some(name) => Supply::Named(name.to_string()),
                    None => return Err(self.not(json, ty)),
                }
            }
            (json, None) => match self.number(json, &Type::U32)? {
                Val::U32(count) => Supply::Count(count),
                _ => return Err(self.not(json, ty)),
            },
            (Value::String(text), Some(Type::U8)) => Supply::Bytes(text.clone().into_bytes()),
            (Value::Array(values), Some(item)) => {
                Supply::items(self.elements(values, &item)?, &item)
            }
            _ => return Err(self.not(json, ty)),
        };
        self.flow(ty, supply)
    }

    /// The value that it comes to.
    fn future(&mut self, json: &Value, item: Option<Type>, ty: &Type) -> Read {
        let supply = match item {
            Some(item) => Supply::items(vec![self.value(json, &item)?], &item),
            None if json.is_null() => Supply::Count(1),
            None => return Err(self.not(json, ty)),
        };
        self.flow(ty, supply)
    }

    fn flow(&mut self, ty: &Type, supply: Supply) -> Read {
        let flow = Flow::of(ty).ok_or("it is no stream")?;
        self.earlier.flow(flow, supply)
    }

    fn elements(&mut self, values: &[Value], ty: &Type) -> Result<Vec<Val>, String> {
        let each = values.iter().enumerate();
        each.map(|(at, value)| self.at(format!("[{at}]"), value, ty))
            .collect()
    }

    /// `[[key, value], …]`, or an object where keys are strings.
    fn map(&mut self, json: &Value, key: &Type, value: &Type, ty: &Type) -> Read {
        let mut pairs = Vec::new();
        match json {
            Value::Object(fields) if *key == Type::String => {
                for (name, json) in fields {
                    let read = self.at(format!(".{}", short(name)), json, value)?;
                    pairs.push((Val::String(name.clone()), read));
                }
            }
            Value::Array(entries) => {
                for (at, entry) in entries.iter().enumerate() {
                    let [k, v] = entry.as_array().map_or(&[][..], Vec::as_slice) else {
                        return Err(format!("[{at}]: an entry of a map is [key, value]"));
                    };
                    let k = self.at(format!("[{at}][0]"), k, key)?;
                    pairs.push((k, self.at(format!("[{at}][1]"), v, value)?));
                }
            }
            json => return Err(self.not(json, ty)),
        }
        Ok(Val::Map(pairs))
    }

    fn record(&mut self, given: &Map<String, Value>, ty: &Type) -> Read {
        let record = ty.unwrap_record();
        let names: Vec<&str> = record.fields().map(|field| field.name).collect();
        if let Some(name) = given.keys().find(|name| !names.contains(&name.as_str())) {
            return Err(unknown(name, &names));
        }
        let mut fields = Vec::new();
        for field in record.fields() {
            let value = match given.get(field.name) {
                Some(value) => self.at(format!(".{}", short(field.name)), value, &field.ty)?,
                None if matches!(field.ty, Type::Option(_)) => Val::Option(None),
                None => return Err(format!("field `{}` is missing", short(field.name))),
            };
            fields.push((field.name.to_string(), value));
        }
        Ok(Val::Record(fields))
    }

    fn variant(&mut self, json: &Value, ty: &Type) -> Read {
        let (name, payload) = match json {
            Value::String(name) => (name, &Value::Null),
            Value::Object(object) if object.len() == 1 => match object.iter().next() {
                Some(case) => case,
                None => return Err(self.not(json, ty)),
            },
            _ => return Err(self.not(json, ty)),
        };
        let variant = ty.unwrap_variant();
        match variant.cases().find(|case| case.name == name) {
            Some(case) => {
                let payload = self.payload(name, payload, case.ty)?;
                Ok(Val::Variant(name.clone(), payload))
            }
            None => {
                let names: Vec<&str> = variant.cases().map(|case| case.name).collect();
                Err(unknown(name, &names))
            }
        }
    }

    fn payload(
        &mut self,
        case: &str,
        payload: &Value,
        ty: Option<Type>,
    ) -> Result<Option<Box<Val>>, String> {
        match ty {
            Some(ty) => {
                let value = self.at(format!(".{}", short(case)), payload, &ty)?;
                Ok(Some(Box::new(value)))
            }
            None if payload.is_null() => Ok(None),
            None => Err(format!("`{}` has no value: write null", short(case))),
        }
    }

    fn flags(&self, names: &[Value], ty: &Type) -> Read {
        let known: Vec<&str> = ty.unwrap_flags().names().collect();
        let mut flags = Vec::new();
        for name in names {
            match name.as_str() {
                Some(name) if known.contains(&name) => flags.push(name.to_string()),
                Some(name) => return Err(unknown(name, &known)),
                None => {
                    let known = listed(&known);
                    return Err(format!("{} is not one of {known}", quoted(name)));
                }
            }
        }
        Ok(Val::Flags(flags))
    }

    fn option(&mut self, json: &Value, inner: &Type) -> Read {
        let value = match (inner, json) {
            (_, Value::Null) => None,
            (Type::Option(_), Value::Object(object)) if object.len() == 1 => {
                match object.get("some") {
                    Some(value) => Some(self.value(value, inner)?),
                    None => return Err(format!("{} is not {{\"some\": value}}", quoted(json))),
                }
            }
            (Type::Option(_), json) => {
                return Err(format!("{} is not {{\"some\": value}}", quoted(json)));
            }
            (inner, json) => Some(self.value(json, inner)?),
        };
        Ok(Val::Option(value.map(Box::new)))
    }

    fn result(&mut self, object: &Map<String, Value>, ty: &Type) -> Read {
        let result = ty.unwrap_result();
        match (object.len(), object.get("ok"), object.get("err")) {
            (1, Some(ok), _) => Ok(Val::Result(Ok(self.payload("ok", ok, result.ok())?))),
            (1, _, Some(err)) => Ok(Val::Result(Err(self.payload("err", err, result.err())?))),
            _ => Err("a result is {\"ok\": value} or {\"err\": value}".to_string()),
        }
    }

    fn not(&self, json: &Value, ty: &Type) -> String {
        let hint = match (ty, json) {
            (Type::Tuple(_), Value::Object(_)) => "; a tuple is an array",
            (Type::Record(_), _) => "; a record is an object",
            (Type::Flags(_), _) => "; flags are an array of names",
            (Type::Variant(_), _) => "; a variant is {\"case\": value} or \"case\"",
            (Type::Result(_), _) => "; a result is {\"ok\": value} or {\"err\": value}",
            (Type::String, Value::Number(_)) => "; a string is in double quotes",
            (Type::Stream(_), _) => {
                "; a stream is an array, {\"file\": name} or, of bytes, a string"
            }
            (Type::Future(_), _) => "; a future of nothing is null",
            (_, Value::Null) => "; null is an option without a value",
            _ => "",
        };
        format!("{} is not {}{hint}", quoted(json), self.resources.short(ty))
    }
}

/// Whether it stands for a handle.
fn is_handle(object: &Map<String, Value>) -> bool {
    let name = |(name, value): (&String, &Value)| {
        let reference = value.as_str().and_then(Reference::read);
        HANDLES.contains(&name.as_str()) && reference.is_some()
    };
    object.len() == 1 && object.iter().next().is_some_and(name)
}

/// The value, or its beginning.
fn quoted(json: &Value) -> String {
    // What is inside of a long one is not written out.
    match json {
        Value::Array(values) if values.len() > 10 => "an array".into(),
        Value::Object(fields) if fields.len() > 10 => "an object".into(),
        Value::String(text) => json!(short(text)).to_string(),
        json => short(&json.to_string()).into_owned(),
    }
}

fn counted(values: &[Value], wanted: usize, what: &str) -> Result<(), String> {
    match values.len() {
        given if given == wanted => Ok(()),
        given => Err(format!("wants {wanted} {what}, not {given}")),
    }
}

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit())
}

/// Puts a place before an error, which may begin with a place inside that.
fn inside(place: String, error: &str) -> String {
    match error.starts_with(['[', '.']) {
        true => format!("{place}{error}"),
        false => format!("{place}: {error}"),
    }
}
