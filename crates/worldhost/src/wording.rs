//! The one place that reads Wasmtime's messages, where it has no type for what they
//! say. Each is tried against the Wasmtime that is linked, in the tests below.

/// Whether a linker says that it has an instance where a function was asked for.
pub fn found_instance(error: &wasmtime::Error) -> bool {
    format!("{error:#}").contains("found instance")
}

/// Whether the words of a linker say that it has no such item, rather than one of
/// another type.
pub fn is_missing(words: &str) -> bool {
    words.contains("implementation is missing")
}

/// The linker's reason, without the path to it.
pub fn reason(words: &str) -> &str {
    let reason = words.rsplit("has the wrong type: ").next();
    reason.unwrap_or(words)
}

/// Whether compiled code was refused since it is for an engine of another kind, of which
/// a runtime has several.
pub(crate) fn is_other_kind(words: &str) -> bool {
    ["concurrency", "signals-based traps", "guard size", "memory"]
        .iter()
        .any(|setting| words.contains(setting))
}

/// Whether an instantiation was refused since it would be one instance, memory or table
/// too many in its store.
pub(crate) fn is_too_many(error: &wasmtime::Error) -> bool {
    error
        .chain()
        .any(|cause| cause.to_string().contains("count too high"))
}

/// Whether there would be one handle too many in the tables of a store's instances.
pub(crate) fn is_too_many_handles(error: &wasmtime::Error) -> bool {
    error
        .chain()
        .any(|cause| cause.to_string().contains("store handle limit exceeded"))
}

/// Whether a call was refused since its values take too much of the host.
pub(crate) fn is_too_much_in_one_call(error: &wasmtime::Error) -> bool {
    error
        .chain()
        .any(|cause| cause.to_string().contains("allocated for hostcalls"))
}

/// Whether a limiter's no was itself the failure: the least that a memory or table needs was
/// more than there is.
pub(crate) fn is_refused_growth(error: &wasmtime::Error) -> bool {
    error
        .chain()
        .any(|cause| cause.to_string().contains("minimum size of"))
}

/// Whether a parser's words say that bytes end before what they say is in them.
pub(crate) fn is_cut_off(words: &str) -> bool {
    words.contains("unexpected end") || words.contains("out of bounds (bound")
}

/// Whether a process said, before it ended, that it was given no memory: the words of Rust's
/// standard library.
pub(crate) fn is_out_of_memory(words: &str) -> bool {
    words.contains("memory allocation of") || words.contains("Cannot allocate memory")
}

/// Whether a process said, before it ended, that it was given no thread: the words of Rayon.
pub(crate) fn is_out_of_threads(words: &str) -> bool {
    words.contains("ThreadPoolBuildError")
}

/// Whether a text is the beginning of a backtrace.
pub(crate) fn begins_backtrace(text: &str) -> bool {
    text.starts_with("error while executing at wasm backtrace")
}

/// A trap's reason, without the words that say that it is one.
pub(crate) fn without_trap(text: &str) -> &str {
    text.strip_prefix("wasm trap: ").unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::config::{Bounds, Config};
    use crate::engine::kind::Kind;
    use crate::engine::pool::Pool;
    use crate::engine::settings;
    use wasmtime::component::{Component, Linker};
    use wasmtime::{Engine, ResourceLimiter, Store};

    fn component(engine: &Engine, text: &str) -> Component {
        Component::new(engine, wat::parse_str(text).unwrap()).unwrap()
    }

    /// Why a component with this import is not linked, where there is an instance `a:b/c`
    /// with a function `f` of no parameter.
    fn refused(import: &str) -> wasmtime::Error {
        let engine = Engine::default();
        let mut linker = Linker::<()>::new(&engine);
        let mut instance = linker.instance("a:b/c").unwrap();
        instance.func_wrap("f", |_, (): ()| Ok(())).unwrap();
        let component = component(&engine, &format!("(component {import})"));
        linker.instantiate_pre(&component).map(drop).unwrap_err()
    }

    const MISSING: &str = r#"(import "a:b/c" (instance (export "g" (func))))"#;
    const OTHER: &str = r#"(import "a:b/c" (instance (export "f" (func (param "p" u8)))))"#;

    #[test]
    fn an_instance_is_found_where_a_function_was_asked_for() {
        assert!(found_instance(&refused(r#"(import "a:b/c" (func))"#)));
        for other in [r#"(import "a:b/d" (func))"#, MISSING, OTHER] {
            assert!(!found_instance(&refused(other)), "{other}");
        }
    }

    #[test]
    fn what_is_missing_is_told_from_what_is_another() {
        for missing in [
            MISSING,
            r#"(import "a:b/d" (func))"#,
            r#"(import "a:b/c" (instance (export "r" (type (sub resource)))))"#,
        ] {
            let words = format!("{:#}", refused(missing));
            assert!(is_missing(&words), "{words}");
        }
        let words = format!("{:#}", refused(OTHER));
        assert!(!is_missing(&words), "{words}");
        let reason = reason(&words);
        assert!(
            !reason.contains("a:b/c") && !reason.contains("`f`"),
            "{words}"
        );
        assert!(reason.contains("parameters"), "{words}");
    }

    /// What the engine `to` says of code for the engine `of`.
    fn taken(
        (config_of, of): (&Config, Kind),
        (config_to, to): (&Config, Kind),
    ) -> Result<(), String> {
        let engine = |config, kind| settings::compiling_engine(config, kind, None).unwrap();
        let (of, to) = (engine(config_of, of), engine(config_to, to));
        let code = of.precompile_component(b"\0asm\x0d\0\x01\0").unwrap();
        // SAFETY: it was made a line ago.
        let loaded = unsafe { Component::deserialize(&to, code) };
        loaded
            .map(drop)
            .map_err(|error| error.root_cause().to_string())
    }

    fn config(pool: bool, bounds: Bounds) -> Config {
        Config {
            pool: pool.then(Pool::default),
            bounds,
            ..Config::default()
        }
    }

    #[test]
    fn code_for_another_kind_of_engine_is_told_from_code_of_another_configuration() {
        let mut others = 0;
        for pool in [true, false] {
            for bounds in [Bounds::Auto, Bounds::Guards, Bounds::Checks] {
                let config = config(pool, bounds);
                let kinds = settings::kinds(&config);
                for (&of, &to) in kinds
                    .iter()
                    .flat_map(|of| kinds.iter().map(move |to| (of, to)))
                {
                    let Err(words) = taken((&config, of), (&config, to)) else {
                        continue;
                    };
                    others += 1;
                    assert!(is_other_kind(&words), "{of:?} {to:?}: {words}");
                }
            }
        }
        assert!(others > 10, "{others}");

        let plain = config(false, Bounds::Auto);
        let kind = settings::first(&plain);
        let (mut fuel, mut alone) = (plain.clone(), plain.clone());
        fuel.fuel = true;
        alone.interruptible = !alone.interruptible;
        for other in [fuel, alone] {
            let words = taken((&other, kind), (&plain, kind)).unwrap_err();
            assert!(!is_other_kind(&words), "{words}");
        }
    }

    /// One of each.
    struct One;

    impl ResourceLimiter for One {
        fn memory_growing(
            &mut self,
            _: usize,
            _: usize,
            _: Option<usize>,
        ) -> wasmtime::Result<bool> {
            Ok(true)
        }

        fn table_growing(
            &mut self,
            _: usize,
            _: usize,
            _: Option<usize>,
        ) -> wasmtime::Result<bool> {
            Ok(true)
        }

        fn instances(&self) -> usize {
            1
        }

        fn tables(&self) -> usize {
            1
        }

        fn memories(&self) -> usize {
            1
        }
    }

    #[test]
    fn one_too_many_is_told_from_other_failures() {
        let engine = Engine::default();
        let instantiate = |fields: &str, instances: &str| {
            let text = format!("(component (core module $m {fields}) {instances})");
            let component = component(&engine, &text);
            let mut store = Store::new(&engine, One);
            store.limiter(|one| one);
            Linker::new(&engine).instantiate(&mut store, &component)
        };
        let once = "(core instance (instantiate $m))";
        for (fields, instances) in [
            ("", once.repeat(2)),
            ("(memory 1) (memory 1)", once.into()),
            ("(table 1 funcref) (table 1 funcref)", once.into()),
        ] {
            let error = instantiate(fields, &instances).map(drop).unwrap_err();
            assert!(is_too_many(&error), "{error:#}");
        }
        let trap = "(func $f unreachable) (start $f)";
        let error = instantiate(trap, once).map(drop).unwrap_err();
        assert!(!is_too_many(&error), "{error:#}");

        let texts: Vec<String> = error.chain().map(|cause| cause.to_string()).collect();
        assert!(begins_backtrace(&texts[0]), "{texts:?}");
        let reason = texts.last().unwrap();
        assert!(!begins_backtrace(reason), "{texts:?}");
        assert_ne!(without_trap(reason), reason, "{texts:?}");
        assert!(!without_trap(reason).contains("trap"), "{texts:?}");
    }

    #[test]
    fn a_handle_too_many_is_told_from_other_failures() {
        let engine = Engine::default();
        let component = component(
            &engine,
            r#"(component
                (type $r (resource (rep i32)))
                (core func $new (canon resource.new $r))
                (core module $m
                    (import "" "new" (func $new (param i32) (result i32)))
                    (func $start (loop $again (drop (call $new (i32.const 1))) (br $again)))
                    (start $start))
                (core instance (instantiate $m (with "" (instance (export "new" (func $new)))))))"#,
        );
        let mut store = Store::new(&engine, ());
        store.set_max_component_handles(10);
        let error = Linker::new(&engine).instantiate(&mut store, &component);
        let error = error.map(drop).unwrap_err();
        assert!(is_too_many_handles(&error), "{error:#}");
        assert!(!is_too_many(&error), "{error:#}");
    }

    #[test]
    fn what_is_cut_off_is_told_from_what_is_wrong() {
        let engine = Engine::default();
        let words = |bytes: &[u8]| {
            let error = Component::new(&engine, bytes).map(drop).unwrap_err();
            error.root_cause().to_string()
        };
        let text = r#"(component (core module (func (export "f")) (data "some bytes")))"#;
        let whole = wat::parse_str(text).unwrap();
        let mut some = 0;
        // In the header it is of an unknown version, which is told before.
        for end in 9..whole.len() {
            let words = words(&whole[..end]);
            some += usize::from(is_cut_off(&words));
        }
        assert!(some > whole.len() / 2, "{some} of {}", whole.len());
        let mut wrong = whole.clone();
        wrong[8] = 0x7f;
        assert!(!is_cut_off(&words(&wrong)), "{}", words(&wrong));
    }
}
