//! `use` items taken apart.

use syn::UseTree;

/// Calls `found` for each path that a `use` brings in: with its name, or with none for all
/// that is in it.
pub(crate) fn flatten(tree: &UseTree, found: &mut dyn FnMut(Vec<String>, Option<String>)) {
    walk(tree, &mut Vec::new(), found);
}

fn walk(
    tree: &UseTree,
    path: &mut Vec<String>,
    found: &mut dyn FnMut(Vec<String>, Option<String>),
) {
    let whole = |path: &[String], name: &syn::Ident| {
        let last = (name != "self").then(|| name.to_string());
        path.iter().cloned().chain(last).collect::<Vec<_>>()
    };
    match tree {
        UseTree::Path(inner) => {
            path.push(inner.ident.to_string());
            walk(&inner.tree, path, found);
            path.pop();
        }
        UseTree::Name(name) => {
            let path = whole(path, &name.ident);
            let last = path.last().cloned();
            found(path, last);
        }
        UseTree::Rename(name) => {
            let as_name = name.rename.to_string();
            found(whole(path, &name.ident), Some(as_name));
        }
        UseTree::Group(group) => {
            for tree in &group.items {
                walk(tree, path, found);
            }
        }
        UseTree::Glob(_) => found(path.clone(), None),
    }
}
