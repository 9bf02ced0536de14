//! What the generator of the bindings is told.

use wasmtime_internal_wit_bindgen::{FunctionConfig, FunctionFilter, FunctionFlags, Opts};

/// What `bindgen!` is told about the Rust that it makes. By default nothing.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The keys of `with`, as they are written.
    pub with: Vec<String>,
    /// What the generator gets.
    pub(crate) generator: Opts,
    /// The rules of `imports` and `exports`, which the generator's own type does
    /// not give back.
    pub(crate) rules: [Rules; 2],
}

pub(crate) type Rules = Vec<(FunctionFilter, FunctionFlags)>;

impl Options {
    pub(crate) fn apply_rules(&mut self) {
        let config = |rules: &Rules| {
            let mut config = FunctionConfig::new();
            for (filter, flags) in rules {
                config.push(filter.clone(), *flags);
            }
            config
        };
        self.generator.imports = config(&self.rules[0]);
        self.generator.exports = config(&self.rules[1]);
    }

    /// The same with other names for what they name, as far as `name` has one.
    pub(crate) fn renamed(&self, name: impl Fn(&str) -> Option<String>) -> Options {
        let mut options = self.clone();
        let rename = |key: &mut String| {
            if let Some(now) = name(key) {
                *key = now;
            }
        };
        options.with.iter_mut().for_each(rename);
        for map in [
            &mut options.generator.with,
            &mut options.generator.named_imports,
        ] {
            let old = std::mem::take(map).into_iter();
            *map = old
                .map(|(mut key, path)| {
                    rename(&mut key);
                    (key, path)
                })
                .collect();
        }
        for error in &mut options.generator.trappable_error_type {
            rename(&mut error.wit_path);
        }
        for (filter, _) in options.rules.iter_mut().flatten() {
            if let FunctionFilter::Name(key) = filter {
                rename(key);
            }
        }
        options.apply_rules();
        options
    }

    /// The same without what is for a name.
    pub(crate) fn without(&self, is_it: impl Fn(&str) -> bool) -> Options {
        let mut options = self.clone();
        options.generator.with.retain(|key, _| !is_it(key));
        for rules in &mut options.rules {
            rules.retain(|(filter, _)| !matches!(filter, FunctionFilter::Name(key) if is_it(key)));
        }
        options.apply_rules();
        options
    }

    /// Drops what the generator's message names as unused, and returns it.
    pub(crate) fn drop_unmatched(&mut self, message: &str) -> Vec<String> {
        let named = |key: &String| {
            message.contains(&format!("\"{key}\"")) || message.contains(&format!("\\\"{key}\\\""))
        };
        let mut dropped = Vec::new();
        if message.contains("`with`") {
            self.generator.with.retain(|key, _| {
                !named(key) || {
                    dropped.push(key.clone());
                    false
                }
            });
        } else {
            for rules in &mut self.rules {
                rules.retain(|(filter, _)| match filter {
                    FunctionFilter::Name(key) if named(key) => {
                        dropped.push(key.clone());
                        false
                    }
                    _ => true,
                });
            }
            self.apply_rules();
        }
        dropped.sort();
        dropped
    }
}
