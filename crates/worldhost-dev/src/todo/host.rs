//! What of the bindings a project implements and links already, and where.

use crate::bindgens::Place;
use crate::krate::{Code, File, Spot, offset};
use proc_macro2::LineColumn;
use std::collections::BTreeMap;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// What is there.
#[derive(Debug, Default)]
pub(crate) struct Host {
    pub(crate) impls: Vec<Impl>,
    pub(crate) links: Vec<Link>,
}

/// An `impl` of a trait of the bindings.
#[derive(Clone, Debug)]
pub(crate) struct Impl {
    /// Which of the files it is in.
    pub(crate) file: usize,
    /// The trait's module in the bindings, and its name.
    pub(crate) module: Vec<String>,
    pub(crate) name: String,
    pub(crate) on: On,
    /// The bytes of all of it, and where its braces end.
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) methods: BTreeMap<String, Method>,
}

/// What a trait is implemented for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct On {
    /// As in `State<Imports>`.
    pub(crate) ty: String,
    /// As in `<T: View>`, or nothing.
    pub(crate) generics: String,
    /// Those of the trait, as in `<T>`, or nothing.
    pub(crate) arguments: String,
    /// As in `where T: Send`, or nothing.
    pub(crate) bounds: String,
    /// The first name of each path in these, with the whole path.
    pub(crate) names: BTreeMap<String, Vec<String>>,
}

/// The bytes of a method.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Method {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Of its signature alone.
    pub(crate) signature: (usize, usize),
}

/// A call that adds something of the bindings to a linker.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) file: usize,
    /// The path in the bindings, without the function: a module, or the world's type.
    pub(crate) target: Vec<String>,
    pub(crate) function: String,
    /// The bytes of the path before the function, of each argument, and of the statement.
    pub(crate) path: (usize, usize),
    pub(crate) arguments: Vec<(usize, usize)>,
    pub(crate) statement: (usize, usize),
    pub(crate) line: usize,
}

pub(crate) fn look(code: &Code, place: &Place) -> Host {
    let mut host = Host::default();
    for (index, file) in code.files.iter().enumerate() {
        let Some(tree) = &file.tree else {
            continue;
        };
        let here = file.package == place.package && file.path == place.file;
        let mut looking = Looking {
            code,
            file,
            index,
            function: place.function.as_deref().filter(|_| here),
            modules: Vec::new(),
            functions: Vec::new(),
            statement: None,
            host: &mut host,
        };
        looking.visit_file(tree);
    }
    host
}

struct Looking<'a> {
    code: &'a Code,
    file: &'a File,
    index: usize,
    /// The function that the bindings are in, if it is in this file.
    function: Option<&'a str>,
    modules: Vec<String>,
    functions: Vec<String>,
    /// The innermost around. Its bytes are counted only for a link.
    statement: Option<proc_macro2::Span>,
    host: &'a mut Host,
}

impl Looking<'_> {
    fn spot(&self) -> Spot {
        let inside = |function: &str| self.functions.iter().any(|one| one == function);
        let spot = self.code.spot(self.file, &self.modules);
        spot.within(self.function.is_some_and(inside))
    }

    fn at(&self, at: LineColumn) -> usize {
        offset(&self.file.text, at)
    }

    fn bytes(&self, span: proc_macro2::Span) -> (usize, usize) {
        (self.at(span.start()), self.at(span.end()))
    }

    /// The text between two places, in one line.
    fn written(&self, from: LineColumn, to: LineColumn) -> String {
        let words = self.file.slice(from, to).split_whitespace();
        words.collect::<Vec<_>>().join(" ")
    }

    fn method(&self, method: &syn::ImplItemFn) -> Method {
        let (from, to) = self.bytes(method.span());
        let start = match &method.vis {
            syn::Visibility::Inherited => method.sig.span(),
            vis => vis.span(),
        };
        let signature = self.at(start.start());
        // Up to the brace.
        let open = self.at(method.block.span().start());
        let end = self.file.text[..open].trim_end().len();
        Method {
            from,
            to,
            signature: (signature, end),
        }
    }

    fn on(&self, item: &syn::ItemImpl, spot: &Spot) -> On {
        let generics = &item.generics;
        let open = generics.lt_token.zip(generics.gt_token);
        let bounds = generics.where_clause.as_ref().map(Spanned::span);
        let of = item
            .trait_
            .as_ref()
            .and_then(|(_, path, _)| path.segments.last());
        let arguments = of.map(|last| &last.arguments).filter(|one| !one.is_none());
        let arguments = arguments.map(Spanned::span);
        let mut on = On {
            ty: self.written(item.self_ty.span().start(), item.self_ty.span().end()),
            generics: open.map_or_else(String::new, |(open, close)| {
                self.written(open.span().start(), close.span().end())
            }),
            arguments: arguments
                .map_or_else(String::new, |span| self.written(span.start(), span.end())),
            bounds: bounds.map_or_else(String::new, |span| self.written(span.start(), span.end())),
            names: BTreeMap::new(),
        };
        let own: Vec<String> = item
            .generics
            .params
            .iter()
            .filter_map(|param| match param {
                syn::GenericParam::Type(param) => Some(param.ident.to_string()),
                syn::GenericParam::Const(param) => Some(param.ident.to_string()),
                syn::GenericParam::Lifetime(_) => None,
            })
            .collect();
        let mut firsts = Firsts(Vec::new());
        firsts.visit_type(&item.self_ty);
        firsts.visit_generics(&item.generics);
        for name in firsts.0 {
            let known = self.code.names(spot).is_some_and(|names| names.has(&name));
            if known && !own.contains(&name) {
                let whole = self.code.whole(spot, std::slice::from_ref(&name));
                on.names.insert(name, whole);
            }
        }
        on
    }
}

/// The first name of each path.
struct Firsts(Vec<String>);

impl<'ast> Visit<'ast> for Firsts {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none()
            && let Some(first) = path.segments.first()
        {
            self.0.push(first.ident.to_string());
        }
        visit::visit_path(self, path);
    }
}

impl<'ast> Visit<'ast> for Looking<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.modules.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.modules.pop();
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.functions.push(item.sig.ident.to_string());
        visit::visit_item_fn(self, item);
        self.functions.pop();
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.functions.push(item.sig.ident.to_string());
        visit::visit_impl_item_fn(self, item);
        self.functions.pop();
    }

    fn visit_stmt(&mut self, statement: &'ast syn::Stmt) {
        let before = self.statement.replace(statement.span());
        visit::visit_stmt(self, statement);
        self.statement = before;
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let spot = self.spot();
        let path = item.trait_.as_ref().map(|(_, path, _)| idents(path));
        let below = path.and_then(|path| self.code.below(&spot, &path));
        if let Some((name, module)) = below.as_deref().and_then(<[String]>::split_last) {
            let (from, to) = self.bytes(item.span());
            let methods = item.items.iter().filter_map(|method| match method {
                syn::ImplItem::Fn(method) => {
                    Some((method.sig.ident.to_string(), self.method(method)))
                }
                _ => None,
            });
            let found = Impl {
                file: self.index,
                module: module.to_vec(),
                name: name.clone(),
                on: self.on(item, &spot),
                from,
                to,
                methods: methods.collect(),
            };
            self.host.impls.push(found);
        }
        visit::visit_item_impl(self, item);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        visit::visit_expr_call(self, call);
        let syn::Expr::Path(function) = &*call.func else {
            return;
        };
        let path = idents(&function.path);
        let Some((name, before)) = path.split_last() else {
            return;
        };
        if !name.starts_with("add_to_linker") || before.is_empty() {
            return;
        }
        let spot = self.spot();
        let Some(target) = self.code.below(&spot, before) else {
            return;
        };
        let segments = &function.path.segments;
        let start = self.at(function.path.span().start());
        let end = segments
            .iter()
            .nth_back(1)
            .map(|one| self.at(one.span().end()));
        let (from, to) = self.bytes(call.span());
        let link = Link {
            file: self.index,
            target,
            function: name.clone(),
            path: (start, end.unwrap_or(start)),
            arguments: call.args.iter().map(|one| self.bytes(one.span())).collect(),
            statement: self
                .statement
                .map_or((from, to), |around| self.bytes(around)),
            line: function.path.span().start().line,
        };
        self.host.links.push(link);
    }
}

pub(super) fn idents(path: &syn::Path) -> Vec<String> {
    let segments = path.segments.iter();
    segments.map(|segment| segment.ident.to_string()).collect()
}
