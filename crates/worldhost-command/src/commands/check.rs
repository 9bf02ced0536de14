//! `worldhost check`.

use crate::options::apart;
use crate::options::loading::Loading;
use crate::options::proposals::Switches;
use crate::options::source::Fetching;
use crate::options::unstable::UnstableWasi;
use crate::project::Project;
use crate::terminal::notes::notes;
use crate::terminal::printing::print_styled;
use crate::terminal::style::{BAD, DIM, GOOD, NAME};
use crate::terminal::{failure, json, on_lacks, overtime, remedy};
use clap::Args;
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use worldhost::version::WASI_P3;
use worldhost::{Config, LoadLimits, Runtime, printable};
use worldhost_check::{Capability, Component, Host, Misfit, Need, Problem, Report};
use worldhost_wit::{Offer, World};

#[derive(Args)]
#[command(after_help = "\
Examples:
  worldhost check plugin.wasm
  worldhost check --world wasi:cli/command tool.wasm
  worldhost check --world their/wit --json *.wasm | jq -r 'select(.fits | not).component'

Without --world, a component that exports wasi:cli/run is held against
wasi:cli/command, one that handles HTTP requests against wasi:http/proxy or
wasi:http/service, and any other against this host's own world. A world by name
says what must be exported; what may be imported is what this host provides. With
a WIT directory only what that world imports may be imported.

With --json, one object a line for each component: component, world, fits,
misfits (side, problem, interface, item, component, host, detail, remedy), lacks
(proposal, words, optional: the proposals that it uses and that are off), refused
(why Wasmtime cannot run it), unseen (side, name, kind, reason: what WIT cannot
show), meant (export, others: which of several versions) and needs (capability,
interfaces); or component, fits and error where a file is no component.

Exit code: 0 when all fit, else that of the worst: 126 it does not fit, 127 not
found.")]
pub struct Check {
    #[arg(long, value_name = "NAME|WIT-DIR", help = format!(
        "The world to hold them against: a name, that of this host's own or such as \
         `wasi:cli/command@{WASI_P3}`; or a directory of WIT, with `#WORLD` if it has several"
    ))]
    world: Option<String>,

    /// Print a JSON object a line for each component.
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    switches: Switches,

    #[command(flatten)]
    unstable: UnstableWasi,

    #[command(flatten)]
    loading: Loading,

    #[command(flatten)]
    fetching: Fetching,

    /// The components: files, or sources in registries.
    #[arg(required = true, value_name = "COMPONENT")]
    components: Vec<PathBuf>,
}

impl Check {
    pub fn execute<P: Project>(self, verbose: bool) -> anyhow::Result<i32> {
        if let Some(world) = self.world.as_deref().map(in_dir).transpose()?.flatten() {
            return self.each(verbose, |name, bytes| {
                Ok(Component::read(name, bytes)?.against(&world))
            });
        }
        let mut config = Config::default();
        config.proposals = self.switches.proposals();
        config.unstable = self.unstable.unstable();
        config.load = self.loading.limits();
        config.apart = Some(apart::apart());
        let runtime = Runtime::with_config(&config, P::add_to_linker)?;
        let offer = Offer::new(P::WIT)?;
        let host = Host::new(&runtime, &offer, P::WORLD);
        let world = self.world.as_deref().map(|name| offer.world(name));
        let world = world.transpose()?;
        self.each(verbose, |name, bytes| {
            host.check(name, bytes, world.as_ref())
        })
    }

    /// Prints what `check` says of each component, and gives the worst exit code.
    fn each(
        &self,
        verbose: bool,
        check: impl Fn(&str, &[u8]) -> worldhost_check::Result<Report>,
    ) -> anyhow::Result<i32> {
        let mut worst = 0;
        let limits = self.loading.limits();
        let brief = self.components.len() > 1 && !verbose;
        for path in &self.components {
            let (code, text) = match checked(path, &self.fetching, &limits, &check) {
                Ok(report) if self.json => (code(&report), json::line(&report)?),
                Ok(report) if brief => (code(&report), summary(&report)),
                Ok(report) => (code(&report), in_full(&report)),
                Err(error) => {
                    let code = failure::code(&error);
                    (code, refused(path, &error, self.json)?)
                }
            };
            worst = worst.max(code);
            print_styled(&format!("{}\n", text.trim_end()))?;
        }
        Ok(worst)
    }
}

fn checked(
    path: &Path,
    fetching: &Fetching,
    limits: &LoadLimits,
    check: impl Fn(&str, &[u8]) -> worldhost_check::Result<Report>,
) -> anyhow::Result<Report> {
    let source = fetching.find_blocking(path, None, limits)?.open(limits)?;
    let bytes = source.bytes_within(limits)?;
    Ok(overtime::within(source.name(), limits, || {
        check(source.name(), bytes)
    })?)
}

/// The world in a directory of WIT, if the name is one's: `DIR`, or `DIR#WORLD`.
fn in_dir(name: &str) -> worldhost_wit::Result<Option<World>> {
    let (dir, world) = match name.rsplit_once('#') {
        Some((dir, world)) => (dir, Some(world)),
        None => (name, None),
    };
    let there = Path::new(dir).exists();
    there.then(|| World::from_dir(dir, world)).transpose()
}

fn code(report: &Report) -> i32 {
    if report.fits { 0 } else { 126 }
}

/// A file that is no component at all.
fn refused(path: &Path, error: &anyhow::Error, json: bool) -> anyhow::Result<String> {
    let words = failure::in_words(error);
    if json {
        let object = serde_json::json!({
            "component": path.display().to_string(), "fits": false, "error": words,
        });
        return Ok(json::line(&object)?);
    }
    // The library's words begin with the path where they can.
    Ok(match error.downcast_ref() {
        Some(worldhost::Error::NotFound { path }) => {
            let path = path.display().to_string();
            format!("{NAME}{}{NAME:#}: {BAD}not found{BAD:#}", printable(&path))
        }
        _ => format!("{BAD}{}{BAD:#}", failure::on_one_line(&words)),
    })
}

fn summary(report: &Report) -> String {
    let (component, world) = names(report);
    let mut subjects = report.misfits.iter().map(subject).chain(in_the_way(report));
    let rest = match obstacles(report) {
        0 => return format!("{NAME}{component}{NAME:#}: {GOOD}fits{GOOD:#} {world}"),
        1 => String::new(),
        n => format!(", and {} more", n - 1),
    };
    let first = subjects.next().unwrap_or_default();
    format!("{NAME}{component}{NAME:#}: {BAD}does not fit{BAD:#} {world}: {first}{rest}")
}

/// How many things are in the way.
fn obstacles(report: &Report) -> usize {
    report.misfits.len() + report.lacks.len() + usize::from(report.refused.is_some())
}

/// What is in the way of the component as a whole.
fn in_the_way(report: &Report) -> impl Iterator<Item = String> {
    let lacks = report.lacks.iter();
    let lacks = lacks.map(|lack| format!("it uses {} ({}), off here", lack.words, lack.proposal));
    let refused = report.refused.iter();
    let refused = refused.map(|words| format!("Wasmtime cannot run it: {}", printable(words)));
    lacks.chain(refused)
}

fn names(report: &Report) -> (Cow<'_, str>, Cow<'_, str>) {
    (printable(&report.component), printable(&report.world))
}

fn subject(misfit: &Misfit) -> String {
    let subject = format!("{}: {}", misfit.subject(), misfit.problem_in_words());
    printable(&subject).into_owned()
}

fn in_full(report: &Report) -> String {
    let (component, world) = names(report);
    let mut text = match obstacles(report) {
        0 => format!("{NAME}{component}{NAME:#} {GOOD}fits{GOOD:#} {world}\n"),
        n => format!(
            "{NAME}{component}{NAME:#} {BAD}does not fit{BAD:#} {world}: {n} misfit{}\n",
            if n == 1 { "" } else { "s" }
        ),
    };
    let remedies = report.lacks.iter().map(|lack| Some(on_lacks(&[lack])));
    for (words, remedy) in in_the_way(report).zip(remedies.chain([None])) {
        text += &format!("\n  {BAD}{words}{BAD:#}\n");
        if let Some(remedy) = remedy {
            text += &line("remedy:", &remedy);
        }
    }
    for misfit in &report.misfits {
        text += &format!("\n{}", misfit_in_full(misfit));
    }
    text += &notes(&report.unseen, &report.meant);
    if !report.needs.is_empty() {
        text += "\nWhile it runs it may ask for:\n";
        for need in &report.needs {
            text += &in_words(need);
        }
    }
    text
}

fn line(label: &str, words: &str) -> String {
    format!("    {label:<10} {}\n", printable(words))
}

fn misfit_in_full(misfit: &Misfit) -> String {
    let mut text = format!(
        "  {NAME}{}{NAME:#}: {BAD}{}{BAD:#}\n",
        printable(&misfit.subject()),
        printable(&misfit.problem_in_words())
    );
    if misfit.problem != Problem::Version {
        for (label, has) in [("component:", &misfit.component), ("host:", &misfit.host)] {
            if let Some(has) = has {
                text += &line(label, has);
            }
        }
    }
    if misfit.problem == Problem::Missing
        && let Some(detail) = &misfit.detail
    {
        text += &line("host:", detail);
    }
    text += &line("remedy:", &remedy(misfit));
    text
}

/// A capability and the option that grants it.
fn in_words(need: &Need) -> String {
    let grant = match need.capability {
        Capability::Files => "--dir or --dir-ro HOST[::GUEST]",
        Capability::Network => "--allow-net HOST:PORT, or --inherit-network",
        Capability::Http => "--allow-net HOST:PORT",
        Capability::Environment => "--env NAME[=VALUE]; arguments after COMPONENT",
        Capability::Stdin => "worldhost run passes it on",
        Capability::Clocks | Capability::Random => "always granted",
        _ => "not known to this command",
    };
    let name = need.capability.to_string();
    let mut packages: Vec<String> = need.interfaces.iter().map(|i| package(i)).collect();
    packages.dedup();
    let packages = packages.join(", ");
    let packages = printable(&packages);
    format!("  {name:<12} {grant} {DIM}({packages}){DIM:#}\n")
}

/// `wasi:cli@0.2.12` for `wasi:cli/stdin@0.2.12`.
fn package(interface: &str) -> String {
    match (interface.split_once('/'), interface.split_once('@')) {
        (Some((package, _)), Some((_, version))) => format!("{package}@{version}"),
        (Some((package, _)), None) => package.to_string(),
        (None, _) => interface.to_string(),
    }
}
