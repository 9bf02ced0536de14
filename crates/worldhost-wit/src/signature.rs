//! Types and functions as WIT writes them.

use wit_component::{OutputToString, WitPrinter};
use wit_parser::{Function, FunctionKind, Resolve, Type};

/// `func(x: s32) -> string`, as WIT has it.
pub fn signature(resolve: &Resolve, function: &Function) -> String {
    let skip = matches!(
        function.kind,
        FunctionKind::Method(_) | FunctionKind::AsyncMethod(_)
    );
    let params: Vec<String> = function
        .params
        .iter()
        .skip(usize::from(skip))
        .map(|param| format!("{}: {}", param.name, type_name(resolve, &param.ty)))
        .collect();
    let keyword = match function.kind {
        FunctionKind::Constructor(_) => return format!("constructor({})", params.join(", ")),
        FunctionKind::Static(_) => "static func",
        FunctionKind::AsyncStatic(_) => "static async func",
        FunctionKind::AsyncMethod(_) | FunctionKind::AsyncFreestanding => "async func",
        FunctionKind::Method(_) | FunctionKind::Freestanding => "func",
    };
    let result = match &function.result {
        Some(ty) => format!(" -> {}", type_name(resolve, ty)),
        None => String::new(),
    };
    format!("{keyword}({}){result}", params.join(", "))
}

/// A type's name, with those of its parts.
pub(crate) fn type_name(resolve: &Resolve, ty: &Type) -> String {
    let mut printer = WitPrinter::new(OutputToString::default());
    match printer.print_type_name(resolve, ty) {
        Ok(()) => printer.output.to_string(),
        Err(_) => "?".to_string(),
    }
}
