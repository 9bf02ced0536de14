//! Values as JSON. The mapping, which stays as it is:
//!
//! | WIT | JSON |
//! |---|---|
//! | bool, string, list, tuple | the same; a tuple is an array |
//! | integers | a number, exact up to 64 bits; a string of digits is read too |
//! | f32, f64 | a number, or `"nan"`, `"inf"`, `"-inf"` |
//! | char | a string of one character |
//! | record | an object; a field of an option may be left out |
//! | variant | `{"case": value}`; without a value `"case"` |
//! | enum | `"case"` |
//! | flags | an array of names |
//! | option | null, or the value itself; where that is an option too, `{"some": value}` |
//! | result | `{"ok": value}` or `{"err": value}`, null where there is no value |
//! | resource | `{"handle": "$1"}`; `"$1"` is read too |

use crate::handle::{Earlier, Names, Reference};
use crate::types::Resources;
use serde_json::{Map, Value, json};
use wasmtime::component::Val;
use wasmtime::component::types::Type;

/// Reads values out of JSON.
pub(crate) struct Reader<'a> {
    pub resources: &'a Resources,
    pub earlier: &'a mut dyn Earlier,
}

type Read = Result<Val, String>;

impl Reader<'_> {
    /// An error begins with the place inside the value, if there is one.
    pub fn value(&mut self, json: &Value, ty: &Type) -> Read {
        match (ty, json) {
            (Type::Bool, Value::Bool(value)) => Ok(Val::Bool(*value)),
            (Type::String, Value::String(value)) => Ok(Val::String(value.clone())),
            (Type::Char, Value::String(value)) => self.char(value),
            (Type::Float32 | Type::Float64, json) => self.float(json, ty),
            (Type::Own(_) | Type::Borrow(_), json) => self.handle(json, ty),
            (Type::List(list), Value::Array(values)) => {
                Ok(Val::List(self.elements(values, &list.ty())?))
            }
            (Type::FixedLengthList(list), Value::Array(values))
                if values.len() == list.len() as usize =>
            {
                Ok(Val::FixedLengthList(self.elements(values, &list.ty())?))
            }
            (Type::Tuple(tuple), Value::Array(values)) if values.len() == tuple.types().len() => {
                let mut read = Vec::new();
                for (at, (value, ty)) in values.iter().zip(tuple.types()).enumerate() {
                    read.push(
                        self.value(value, &ty)
                            .map_err(|e| inside(format!("[{at}]"), &e))?,
                    );
                }
                Ok(Val::Tuple(read))
            }
            (Type::Record(_), Value::Object(fields)) => self.record(fields, ty),
            (Type::Variant(_), json) => self.variant(json, ty),
            (Type::Enum(cases), Value::String(case)) if cases.names().any(|n| n == case) => {
                Ok(Val::Enum(case.clone()))
            }
            (Type::Flags(_), Value::Array(names)) => self.flags(names, ty),
            (Type::Option(option), json) => self.option(json, &option.ty()),
            (Type::Result(_), Value::Object(object)) => self.result(object, ty),
            (_, json) => self.integer(json, ty),
        }
    }

    fn integer(&self, json: &Value, ty: &Type) -> Read {
        let number = match json {
            Value::Number(number) => number.to_string().parse::<i128>().ok(),
            Value::String(digits) => digits.parse::<i128>().ok(),
            _ => None,
        };
        let in_range = number.and_then(|n| {
            Some(match ty {
                Type::S8 => Val::S8(n.try_into().ok()?),
                Type::U8 => Val::U8(n.try_into().ok()?),
                Type::S16 => Val::S16(n.try_into().ok()?),
                Type::U16 => Val::U16(n.try_into().ok()?),
                Type::S32 => Val::S32(n.try_into().ok()?),
                Type::U32 => Val::U32(n.try_into().ok()?),
                Type::S64 => Val::S64(n.try_into().ok()?),
                Type::U64 => Val::U64(n.try_into().ok()?),
                _ => return None,
            })
        });
        in_range.ok_or_else(|| self.not(json, ty))
    }

    fn float(&self, json: &Value, ty: &Type) -> Read {
        let number = match json {
            Value::Number(number) => number.to_string(),
            Value::String(text) if matches!(text.as_str(), "nan" | "inf" | "-inf") => text.clone(),
            _ => return Err(self.not(json, ty)),
        };
        let value = match ty {
            Type::Float32 => number.parse().map(Val::Float32),
            _ => number.parse().map(Val::Float64),
        };
        value.map_err(|_| self.not(json, ty))
    }

    fn char(&self, text: &str) -> Read {
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (Some(one), None) => Ok(Val::Char(one)),
            _ => Err(format!("{} is not one character", json!(text))),
        }
    }

    fn handle(&mut self, json: &Value, ty: &Type) -> Read {
        let text = match json {
            Value::Object(object) => object.get("handle").and_then(Value::as_str),
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

    fn elements(&mut self, values: &[Value], ty: &Type) -> Result<Vec<Val>, String> {
        let each = values.iter().enumerate().map(|(at, value)| {
            let read = self.value(value, ty);
            read.map_err(|error| inside(format!("[{at}]"), &error))
        });
        each.collect()
    }

    fn record(&mut self, given: &Map<String, Value>, ty: &Type) -> Read {
        let record = ty.unwrap_record();
        if let Some(name) = given
            .keys()
            .find(|name| record.fields().all(|f| f.name != **name))
        {
            let names: Vec<&str> = record.fields().map(|field| field.name).collect();
            return Err(format!("`{name}` is not one of {}", names.join(", ")));
        }
        let mut fields = Vec::new();
        for field in record.fields() {
            let value = match given.get(field.name) {
                Some(value) => self
                    .value(value, &field.ty)
                    .map_err(|error| inside(format!(".{}", field.name), &error))?,
                None if matches!(field.ty, Type::Option(_)) => Val::Option(None),
                None => return Err(format!("field `{}` is missing", field.name)),
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
                Err(format!("`{name}` is not one of {}", names.join(", ")))
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
                let value = self.value(payload, &ty);
                let value = value.map_err(|error| inside(format!(".{case}"), &error))?;
                Ok(Some(Box::new(value)))
            }
            None if payload.is_null() => Ok(None),
            None => Err(format!("`{case}` has no value")),
        }
    }

    fn flags(&self, names: &[Value], ty: &Type) -> Read {
        let known: Vec<&str> = ty.unwrap_flags().names().collect();
        let mut flags = Vec::new();
        for name in names {
            match name.as_str() {
                Some(name) if known.contains(&name) => flags.push(name.to_string()),
                _ => return Err(format!("{name} is not one of {}", known.join(", "))),
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
                    None => return Err(format!("{json} is not {{\"some\": value}}")),
                }
            }
            (Type::Option(_), json) => return Err(format!("{json} is not {{\"some\": value}}")),
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
        format!("{json} is not {}", self.resources.text(ty))
    }
}

/// Puts a place before an error, which may begin with a place inside that.
fn inside(place: String, error: &str) -> String {
    match error.starts_with(['[', '.']) {
        true => format!("{place}{error}"),
        false => format!("{place}: {error}"),
    }
}

/// A value as JSON.
pub(crate) fn to_json(value: &Val, names: &mut Names) -> Value {
    match value {
        Val::Bool(value) => json!(value),
        Val::S8(value) => json!(value),
        Val::U8(value) => json!(value),
        Val::S16(value) => json!(value),
        Val::U16(value) => json!(value),
        Val::S32(value) => json!(value),
        Val::U32(value) => json!(value),
        Val::S64(value) => json!(value),
        Val::U64(value) => json!(value),
        // By way of its text, so that 0.1 stays 0.1.
        Val::Float32(value) => float(&value.to_string(), f64::from(*value)),
        Val::Float64(value) => float(&value.to_string(), *value),
        Val::Char(value) => json!(value),
        Val::String(value) | Val::Enum(value) => json!(value),
        Val::List(values) | Val::Tuple(values) | Val::FixedLengthList(values) => {
            Value::Array(values.iter().map(|value| to_json(value, names)).collect())
        }
        Val::Record(fields) => Value::Object(
            fields
                .iter()
                .map(|(name, value)| (name.clone(), to_json(value, names)))
                .collect(),
        ),
        Val::Variant(case, None) => json!(case),
        Val::Variant(case, Some(value)) => json!({ case: to_json(value, names) }),
        Val::Flags(flags) => json!(flags),
        Val::Option(None) => Value::Null,
        Val::Option(Some(value)) => match **value {
            Val::Option(_) => json!({ "some": to_json(value, names) }),
            _ => to_json(value, names),
        },
        Val::Result(Ok(value)) => json!({ "ok": payload(value.as_deref(), names) }),
        Val::Result(Err(value)) => json!({ "err": payload(value.as_deref(), names) }),
        Val::Resource(_) => json!({ "handle": names.next().to_string() }),
        Val::Future(_) | Val::Stream(_) | Val::ErrorContext(_) | Val::Map(_) => Value::Null,
    }
}

fn payload(value: Option<&Val>, names: &mut Names) -> Value {
    value.map_or(Value::Null, |value| to_json(value, names))
}

fn float(text: &str, value: f64) -> Value {
    match value {
        value if value.is_nan() => json!("nan"),
        f64::INFINITY => json!("inf"),
        f64::NEG_INFINITY => json!("-inf"),
        value => json!(text.parse::<f64>().unwrap_or(value)),
    }
}
