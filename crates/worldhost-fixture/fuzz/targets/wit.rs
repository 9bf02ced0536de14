//! Two texts of WIT, with a form feed between them: read, compared, linted, and made Rust of.

use std::sync::OnceLock;
use worldhost_check::Prover;
use worldhost_dev::bindings::generate;
use worldhost_dev::{Options, lint};
use worldhost_wit::{Accepted, At, Dated, Diff, Inline, Source, Wit};

fn read(text: &str) -> Option<Wit> {
    let source = Source {
        paths: Vec::new(),
        inline: Some(Inline {
            name: "fuzzed".into(),
            before: 0,
            text: text.into(),
        }),
    };
    match Wit::read(&source, At::Now) {
        Ok(wit) => Some(wit),
        Err(error) => {
            assert!(!error.to_string().is_empty());
            None
        }
    }
}

fn prover() -> &'static Prover {
    static PROVER: OnceLock<Prover> = OnceLock::new();
    PROVER.get_or_init(|| Prover::new().unwrap())
}

pub fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (old, new) = text.split_once('\u{c}').unwrap_or((&text, &text));
    let (Some(old), Some(new)) = (read(old), read(new)) else {
        return;
    };
    for world in new.worlds() {
        let (Ok(before), Ok(now)) = (old.world(Some(&world)), new.world(Some(&world))) else {
            continue;
        };
        let dated = |wit, world| Dated { wit, world };
        let (before, now) = (dated(&old, before), dated(&new, now));
        let diff = Diff::between(before, now).proved(before, now, prover());
        let _ = diff.to_string();
        let same = Diff::between(now, now).proved(now, now, prover());
        let itself = same.changes.is_empty() && same.verdict.loads;
        assert!(itself, "a world is no other than itself: {same}");
        let _ = generate(&new, now.world, &Options::default());
    }
    let _ = lint(&new, &Accepted::of(&new, &[]));
}
