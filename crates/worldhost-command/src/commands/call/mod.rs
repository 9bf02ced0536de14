//! `worldhost call`.

mod list;
mod show;
mod sources;

use crate::observe::Watched;
use crate::options::code::Code;
use crate::options::grants::Grants;
use crate::options::guest::Guest;
use crate::options::source::Found;
use crate::project::Project;
use crate::terminal::printing::{print_styled, reader_has_gone, unwritten};
use crate::terminal::{Usage, failure};
use anyhow::{Context, bail};
use clap::Args;
use list::list;
use show::Shown;
use sources::Sources;
use std::io::Read;
use worldhost::{Component, Config, Outlet, Output, Runtime, Sandbox, Source};
use worldhost_call::{Callable, Error, Session, Syntax, callables, callables_of, parse_calls};

#[derive(Args)]
#[command(mut_arg("words", |words| words
    .value_names(["COMPONENT", "CALL"])
    .help("The component, a .wasm file or a source in a registry, and the calls; `-` stands for the lines of stdin")))]
#[command(after_help = r#"Examples:
  worldhost call --list plugin.wasm
  worldhost call plugin.wasm 'process("hello")'
  worldhost call geo.wasm 'area({x: 1, y: 2}, some(3))'
  worldhost call kv.wasm 'counter.new(5)' '$1.add(2)' '$1.value()'
  worldhost call --json geo.wasm 'area({"x": 1, "y": 2}, 3)' | jq .
  worldhost call zip.wasm 'compress(@photo.png)' > photo.gz

Options for worldhost come before COMPONENT; everything after it is a call.

A call is EXPORT(ARGS). EXPORT is a function's name, or INTERFACE#NAME where
several interfaces have one of that name; INTERFACE is its whole name or the last
part of it. ARGS are values in WAVE: 1, -2.5, true, "text", 'c', [1, 2], (1, "a"),
{x: 1, y: 2}, a-case, a-case(1), {flag-a, flag-b}, some(1), none, ok(1), err("e");
a map is [(key, value)]. A case that is spelt like a word of WAVE is %none. Where an
interface is there in several versions, the newest is called.

A resource's functions are counter.new(...) for its constructor, counter.sum(...)
for a static one, and counter.add(HANDLE, ...) or HANDLE.add(...) for a method.
$1 is the result of the first call: the handle in it, or its value as a whole.
$1.2 is the second handle in it. A handle that is passed as `own` is gone.

A stream is given as a list, [1, 2]; one of bytes as a string too; and any as @FILE,
@"a file" or @- for stdin: of bytes as they are, else a line for each item. A future is
given as its value. What comes by a stream or future that is itself the result is
printed as it comes: bytes as they are, escaped on a terminal, else a line for each
item. One inside of a result has a name there, such as $1.2, and its lines begin with
that; bytes are strings then, or lists. A call that is given $1 or $1.2 takes them over.
The time of --timeout is for a call and all that comes of it.

With --json the same, with JSON values as ARGS and results:
  bool, string, list    as they are; a tuple is an array
  integer               a number, exact up to 64 bits; digits in a string are read
  f32, f64              a number, or "nan", "inf", "-inf"
  char                  a string of one character
  record                an object; a field of an option may be left out
  variant               {"case": value}, or "case" where it has no value
  enum, flags           "case"; an array of names
  option                null or the value; {"some": value} around another option
  result                {"ok": value} or {"err": value}, null for no value
  map                   [[key, value]]; {"key": value} is read too
  resource              {"handle": "$1"}
  stream to be given    an array, {"file": name}, "-" for stdin; of bytes a string too
  stream, future        {"stream": "$1"}, {"future": "$1"}; lines {"$1": item}
  no result             null
and --list prints objects a line: interface, name, call, params (name, type),
result, and unsupported (the type of a parameter that has no text), where there is one."#)]
pub struct Call {
    #[command(flatten)]
    grants: Grants,

    #[command(flatten)]
    code: Code,

    #[command(flatten)]
    watched: Watched,

    /// Print each function as a call to fill in, and call nothing.
    #[arg(long)]
    list: bool,

    /// JSON instead of WAVE, in arguments and results.
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    guest: Guest,
}

impl Call {
    pub async fn execute<P: Project>(self, verbose: bool) -> anyhow::Result<i32> {
        let call = self.call::<P>(verbose);
        self.watched
            .during(Some("worldhost call"), self.guest.component(), call)
            .await
    }

    async fn call<P: Project>(&self, verbose: bool) -> anyhow::Result<i32> {
        let in_force = self.grants.in_force(self.guest.component(), None)?;
        if self.grants.show(&in_force)? {
            return Ok(0);
        }
        self.check_calls()?;
        let sandbox = in_force
            .sandbox()?
            .args([self.guest.program_name()])
            .stdout(Output::Stderr)
            .stderr(Output::Stderr);
        let most = in_force.load_limits();
        let found = self.code.find(self.guest.component(), most).await?;
        let source = found.open_and_tell(most, verbose)?;
        let config = in_force.config();
        // Compiled code tells its functions when it is loaded, and anything else before
        // it is compiled, as that can take a while.
        let compiled = match self.code.trust_compiled {
            true => Some(
                self.load::<P>(config.clone(), &sandbox, (&found, &source), verbose)
                    .await?,
            ),
            false => None,
        };
        let callables = match &compiled {
            Some(component) => callables_of(component),
            None => self.callables::<P>(config.clone(), &source)?,
        };
        let syntax = match self.json {
            true => Syntax::Json,
            false => Syntax::Wave,
        };
        if self.list {
            print_styled(&list(&callables, self.json)?)?;
            return Ok(0);
        }
        let calls = parse_calls(&callables, &texts(self.guest.texts("call")?)?, syntax)?;
        calls.iter().for_each(say_version);
        let mut sources = Sources::open(&calls, self.guest.rest())?;
        let component = match compiled {
            Some(component) => component,
            None => {
                self.load::<P>(config.clone(), &sandbox, (&found, &source), verbose)
                    .await?
            }
        };
        let limits = in_force.limits();
        let data = P::Data::default();
        let session = Session::start(&component, &sandbox, &limits, data).await?;
        let session = session.with_sources(move |name| sources.next(name));
        let made = make(session, &calls, syntax).await;
        if made.is_ok() {
            self.code.went_well();
        }
        match made {
            // The reader has what it wanted: `… | head`.
            Err(error) if reader_has_gone(&error) => Ok(0),
            made => made,
        }
    }

    async fn load<P: Project>(
        &self,
        mut config: Config,
        sandbox: &Sandbox,
        (found, source): (&Found, &Source),
        verbose: bool,
    ) -> anyhow::Result<Component<P::Data>> {
        config.cache = self.code.cache::<P>(sandbox, &found.file, verbose)?;
        self.code.load::<P>(&config, found, source, verbose).await
    }

    /// What can be called, without compiling it.
    fn callables<P: Project>(
        &self,
        config: Config,
        source: &Source,
    ) -> anyhow::Result<Vec<Callable>> {
        let config = self.code.config(config);
        let runtime = Runtime::with_config(&config, P::add_to_linker)?;
        Ok(callables(&runtime, source)?)
    }

    /// There are calls, or a list is wanted.
    fn check_calls(&self) -> Result<(), Usage> {
        match (self.list, self.guest.rest().is_empty()) {
            (true, false) => Err(Usage(
                "--list calls nothing; leave --list or CALL out".into(),
            )),
            (false, true) => Err(Usage(
                "there is no CALL; give one after COMPONENT, or --list before it to see them"
                    .into(),
            )),
            _ => Ok(()),
        }
    }
}

/// Makes the calls in order, and shows what comes of them as it comes.
async fn make<T: Send + 'static>(
    mut session: Session<T>,
    calls: &[worldhost_call::Call],
    syntax: Syntax,
) -> anyhow::Result<i32> {
    for (number, call) in (1..).zip(calls) {
        let is_last = number == calls.len();
        let answer = match session.call(call).await {
            Ok(answer) => answer,
            // A guest may well end itself, if nothing is left to call.
            Err(Error::Host(worldhost::Error::Exit(code))) if is_last => return Ok(code),
            Err(error @ Error::Host(worldhost::Error::Exit(_))) => {
                let place = format!("call {number} of {}", calls.len());
                return Err(anyhow::Error::from(error).context(place));
            }
            Err(error) => return Err(error.into()),
        };
        let mut shown = Shown::new(&answer, syntax);
        print(&mut session, shown.answer(&answer)?).await?;
        // What a later call is given is not for us to read.
        if calls.iter().all(|later| !later.takes_from(number)) {
            while let Some(part) = session.part().await? {
                print(&mut session, shown.part(part)?).await?;
            }
            print(&mut session, shown.end()?).await?;
        }
        let flushed = session.meanwhile(Outlet::Stdout.flush()).await?;
        flushed.map_err(unwritten)?;
    }
    Ok(0)
}

/// Prints what comes of a call, in the time that the call has.
async fn print<T: Send + 'static>(session: &mut Session<T>, text: Vec<u8>) -> anyhow::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    let written = session.meanwhile(Outlet::Stdout.write(text)).await?;
    Ok(written.map_err(unwritten)?)
}

/// Bytes of calls that are read before the first is made.
const MOST_CALLS: u64 = 64 << 20;

/// The calls, with the lines of stdin in place of `-`.
fn texts(calls: Vec<String>) -> anyhow::Result<Vec<String>> {
    let mut texts = Vec::new();
    for call in calls {
        if call != "-" {
            texts.push(call);
            continue;
        }
        let mut lines = String::new();
        std::io::stdin()
            .take(MOST_CALLS + 1)
            .read_to_string(&mut lines)
            .context(Usage("cannot read calls from stdin".into()))?;
        if lines.len() as u64 > MOST_CALLS {
            bail!(Usage(format!(
                "the calls on stdin are more than {MOST_CALLS} bytes; give values as @FILE"
            )));
        }
        let lines = lines.lines().filter(|line| !line.trim().is_empty());
        texts.extend(lines.map(String::from));
    }
    Ok(texts)
}

/// Says which version is called, where the call leaves it open.
fn say_version(call: &worldhost_call::Call) {
    if !call.older().is_empty() {
        failure::note(format!(
            "`{}` is {}, the newest version; there is {} as well, by its whole name",
            call.callable().spelling(),
            call.callable().full_name(),
            call.older().join(" and ")
        ));
    }
}
