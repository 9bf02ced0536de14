//! What of the generated items is API.

use syn::{
    Attribute, Fields, FnArg, Generics, ImplItem, Item, Pat, ReturnType, Signature, TraitItem,
    Type, Visibility,
};

pub(super) fn items(items: Vec<Item>) -> Vec<Item> {
    items.into_iter().flat_map(item).collect()
}

fn item(item: Item) -> Vec<Item> {
    let kept = match item {
        Item::Use(mut item) if public(&item.vis) => {
            item.attrs.clear();
            Item::Use(item)
        }
        Item::Mod(item) => return a_module(item),
        // The world's own functions are inside `const _: () = { ... };`.
        Item::Const(item) => return inside(*item.expr),
        Item::Struct(mut item) if public(&item.vis) => {
            derives(&mut item.attrs);
            public_fields(&mut item.fields);
            if item.fields.is_empty() && machinery(&item.ident.to_string()) {
                return Vec::new();
            }
            Item::Struct(item)
        }
        Item::Enum(mut item) if public(&item.vis) => {
            derives(&mut item.attrs);
            for variant in &mut item.variants {
                variant.attrs.clear();
                variant
                    .fields
                    .iter_mut()
                    .for_each(|field| field.attrs.clear());
            }
            Item::Enum(item)
        }
        Item::Type(mut item) => {
            item.attrs.clear();
            Item::Type(item)
        }
        Item::Macro(mut item) => {
            item.attrs.clear();
            let name = item
                .mac
                .path
                .segments
                .last()
                .map(|name| name.ident.to_string());
            if name.as_deref() != Some("flags") {
                return Vec::new();
            }
            Item::Macro(item)
        }
        Item::Trait(item) => return a_trait(item),
        Item::Impl(item) => return an_impl(item),
        _ => return Vec::new(),
    };
    vec![kept]
}

fn a_module(mut item: syn::ItemMod) -> Vec<Item> {
    item.attrs.clear();
    let Some((brace, content)) = item.content else {
        return Vec::new();
    };
    let content = items(content);
    if content.is_empty() {
        return Vec::new();
    }
    item.content = Some((brace, content));
    vec![Item::Mod(item)]
}

fn inside(expression: syn::Expr) -> Vec<Item> {
    let syn::Expr::Block(block) = expression else {
        return Vec::new();
    };
    let nested = block
        .block
        .stmts
        .into_iter()
        .filter_map(|statement| match statement {
            syn::Stmt::Item(item) => Some(item),
            _ => None,
        });
    items(nested.collect())
}

fn a_trait(mut item: syn::ItemTrait) -> Vec<Item> {
    if item.items.is_empty() && item.ident.to_string().ends_with("WithStore") {
        return Vec::new();
    }
    item.attrs.clear();
    for method in &mut item.items {
        if let TraitItem::Fn(method) = method {
            method.attrs.clear();
            method.default = None;
            method.semi_token = Some(Default::default());
            as_async(&mut method.sig);
        }
    }
    vec![Item::Trait(item)]
}

fn an_impl(mut item: syn::ItemImpl) -> Vec<Item> {
    let name = match &*item.self_ty {
        Type::Path(path) => path.path.segments.last().map(|name| name.ident.to_string()),
        _ => None,
    };
    if item.trait_.is_some() || name.is_none_or(|name| machinery(&name)) {
        return Vec::new();
    }
    item.attrs.clear();
    item.items.retain_mut(|method| match method {
        ImplItem::Fn(method) => {
            method.attrs.clear();
            method.block.stmts.clear();
            plain_store(&mut method.sig);
            let name = method.sig.ident.to_string();
            public(&method.vis)
                && !name.starts_with("func_")
                && !name.starts_with("instantiate")
                && !name.starts_with("add_to_linker")
                && !matches!(name.as_str(), "new" | "load")
        }
        _ => false,
    });
    match item.items.is_empty() {
        true => Vec::new(),
        false => vec![Item::Impl(item)],
    }
}

/// The store of a call, of any kind, without the generics that say so.
fn plain_store(signature: &mut Signature) {
    for input in &mut signature.inputs {
        if let FnArg::Typed(argument) = input
            && let Pat::Ident(name) = &mut *argument.pat
            && name.ident == "store"
            && let Ok(plain) = syn::parse_str("impl AsContextMut")
        {
            name.mutability = None;
            *argument.ty = plain;
            signature.generics = Generics::default();
            return;
        }
    }
}

/// `fn() -> impl Future<Output = T> + Send`, as one implements it.
pub(super) fn as_async(signature: &mut Signature) {
    let ReturnType::Type(arrow, ty) = &signature.output else {
        return;
    };
    let Type::ImplTrait(bounds) = &**ty else {
        return;
    };
    let output = bounds.bounds.iter().find_map(|bound| match bound {
        syn::TypeParamBound::Trait(bound) => {
            let last = bound
                .path
                .segments
                .last()
                .filter(|last| last.ident == "Future")?;
            let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
                return None;
            };
            arguments.args.iter().find_map(|argument| match argument {
                syn::GenericArgument::AssocType(ty) if ty.ident == "Output" => Some(ty.ty.clone()),
                _ => None,
            })
        }
        _ => None,
    });
    let Some(output) = output else {
        return;
    };
    signature.output = match &output {
        Type::Tuple(tuple) if tuple.elems.is_empty() => ReturnType::Default,
        _ => ReturnType::Type(*arrow, Box::new(output)),
    };
    signature.asyncness = Some(Default::default());
}

/// Keeps the derives that a host can tell, such as `Clone` and `Copy`.
fn derives(attributes: &mut Vec<Attribute>) {
    attributes.retain(|attribute| {
        attribute.path().is_ident("derive")
            && matches!(&attribute.meta, syn::Meta::List(list)
                if !list.tokens.to_string().contains("component"))
    });
}

fn public_fields(fields: &mut Fields) {
    let Fields::Named(named) = fields else {
        return;
    };
    let kept = std::mem::take(&mut named.named)
        .into_iter()
        .filter_map(|mut field| {
            field.attrs.clear();
            public(&field.vis).then_some(field)
        });
    named.named = kept.collect();
}

/// What every world has: the steps from a component to an instance.
fn machinery(name: &str) -> bool {
    name.ends_with("Pre") || name.ends_with("Indices")
}

fn public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}
