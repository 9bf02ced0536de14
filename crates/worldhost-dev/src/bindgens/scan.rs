//! Every `bindgen!` in a Rust file, wherever it stands.

use super::named::Names;
use proc_macro2::{Delimiter, LineColumn, TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// A `bindgen!` in a file.
pub(super) struct Invocation {
    pub(super) tokens: TokenStream,
    pub(super) at: LineColumn,
    /// The modules around it within the file.
    pub(super) modules: Vec<String>,
    /// The innermost function around it.
    pub(super) function: Option<String>,
}

/// One that cannot be read: a macro of the project's own makes it.
pub(super) struct Hidden {
    pub(super) at: LineColumn,
    /// The macro.
    pub(super) within: String,
}

pub(super) struct Scan<'a> {
    names: &'a Names,
    /// Names that other files give to the macro.
    others: &'a [String],
    modules: Vec<String>,
    functions: Vec<String>,
    pub(super) found: Vec<Invocation>,
    pub(super) hidden: Vec<Hidden>,
}

pub(super) fn scan<'a>(file: &syn::File, names: &'a Names, others: &'a [String]) -> Scan<'a> {
    let mut scan = Scan {
        names,
        others,
        modules: Vec::new(),
        functions: Vec::new(),
        found: Vec::new(),
        hidden: Vec::new(),
    };
    scan.visit_file(file);
    scan
}

impl<'ast> Visit<'ast> for Scan<'_> {
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

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        self.functions.push(item.sig.ident.to_string());
        visit::visit_trait_item_fn(self, item);
        self.functions.pop();
    }

    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        match &item.ident {
            // macro_rules! name { ... }
            Some(name) => self.definition(name, item.mac.tokens.clone()),
            None => self.visit_macro(&item.mac),
        }
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        if self.names.mean_bindgen(&mac.path, self.others) {
            let at = mac.path.span().start();
            self.add(mac.tokens.clone(), at);
        } else {
            let name = mac.path.segments.last();
            let name = name.map(|last| last.ident.to_string()).unwrap_or_default();
            self.inside(&name, mac.tokens.clone());
        }
    }
}

impl Scan<'_> {
    fn add(&mut self, tokens: TokenStream, at: LineColumn) {
        self.found.push(Invocation {
            tokens,
            at,
            modules: self.modules.clone(),
            function: self.functions.last().cloned(),
        });
    }

    /// A macro of the project's own: what is in it is no code yet.
    fn definition(&mut self, name: &proc_macro2::Ident, tokens: TokenStream) {
        let hidden = calls(tokens).into_iter().map(|(_, at)| Hidden {
            at,
            within: format!("macro_rules! {name}"),
        });
        self.hidden.extend(hidden);
    }

    /// What is handed to some other macro, which most likely makes code of it.
    fn inside(&mut self, name: &str, tokens: TokenStream) {
        for (tokens, at) in calls(tokens) {
            let options = super::parse::body(tokens.clone());
            match options {
                Ok(_) => self.add(tokens, at),
                Err(_) => self.hidden.push(Hidden {
                    at,
                    within: format!("{name}!"),
                }),
            }
        }
    }
}

/// What is in each `bindgen!( ... )` among the tokens, at any depth.
fn calls(tokens: TokenStream) -> Vec<(TokenStream, LineColumn)> {
    let mut found = Vec::new();
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (i, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => found.extend(calls(group.stream())),
            TokenTree::Ident(name) if name == "bindgen" => {
                if let (Some(TokenTree::Punct(mark)), Some(TokenTree::Group(group))) =
                    (tokens.get(i + 1), tokens.get(i + 2))
                    && mark.as_char() == '!'
                    && group.delimiter() != Delimiter::None
                {
                    found.push((group.stream(), name.span().start()));
                }
            }
            _ => {}
        }
    }
    found
}
