//! Components beside worlds.

use super::files::File;
use crate::options::source;
use crate::terminal::{failure, overtime};
use serde::Serialize;
use std::fmt;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use worldhost::LoadLimits;
use worldhost_check::{Component, Misfit};
use worldhost_wit::World;

/// A row for each component, and in it a cell for each world.
pub struct Matrix {
    columns: Vec<String>,
    pub rows: Vec<Row>,
}

/// What is said of one component.
#[derive(Serialize)]
pub struct Row {
    component: String,
    /// It fitted one of the worlds that were, and does not fit the one that is.
    broken: bool,
    worlds: Vec<Cell>,
    /// Why it is no component at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// The exit code for it alone.
    #[serde(skip)]
    code: i32,
}

/// A component beside a world.
#[derive(Serialize)]
struct Cell {
    /// What the world is called here: `HEAD`, or `now`.
    at: String,
    world: String,
    fits: bool,
    misfits: Vec<Misfit>,
}

impl Matrix {
    /// Each file is read once, on as many threads as there are cores.
    pub fn of(files: &[File], columns: Vec<(String, World)>) -> Matrix {
        let next = AtomicUsize::new(0);
        let rows = Mutex::new(Vec::with_capacity(files.len()));
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        thread::scope(|scope| {
            for _ in 0..threads.min(files.len()) {
                scope.spawn(|| {
                    while let index = next.fetch_add(1, Ordering::Relaxed)
                        && let Some(file) = files.get(index)
                    {
                        let row = Row::of(file, &columns);
                        let mut rows = rows.lock().unwrap_or_else(PoisonError::into_inner);
                        rows.push((index, row));
                    }
                });
            }
        });
        let mut rows = rows.into_inner().unwrap_or_else(PoisonError::into_inner);
        rows.sort_by_key(|(index, _)| *index);
        Matrix {
            columns: columns.into_iter().map(|(name, _)| name).collect(),
            rows: rows.into_iter().map(|(_, row)| row).collect(),
        }
    }

    pub fn code(&self) -> i32 {
        self.rows.iter().map(|row| row.code).max().unwrap_or(0)
    }
}

impl Row {
    fn of(file: &File, columns: &[(String, World)]) -> Row {
        let component = file.path.display().to_string();
        let read = source::open(&file.path).map_err(anyhow::Error::from);
        let read = read.and_then(|source| {
            let bytes = source.bytes()?;
            let read = || Component::read(source.name(), bytes);
            Ok(overtime::within(
                source.name(),
                &LoadLimits::default(),
                read,
            )?)
        });
        match read {
            Ok(read) => {
                let worlds: Vec<Cell> = columns
                    .iter()
                    .map(|(at, world)| Cell::of(at, &read, world))
                    .collect();
                let now = worlds.last().is_some_and(|cell| cell.fits);
                let broken = !now && worlds.iter().any(|cell| cell.fits);
                Row {
                    component,
                    broken,
                    worlds,
                    error: None,
                    code: if broken { 3 } else { 0 },
                }
            }
            Err(error) => Row {
                component,
                broken: false,
                worlds: Vec::new(),
                error: Some(failure::on_one_line(&failure::in_words(&error)).to_string()),
                code: if file.named { failure::code(&error) } else { 0 },
            },
        }
    }

    /// Why it does not fit the world that is.
    fn why(&self) -> Option<String> {
        let misfits = &self.worlds.last()?.misfits;
        let first = misfits.first()?;
        let more = match misfits.len() {
            1 => String::new(),
            n => format!(", and {} more", n - 1),
        };
        Some(format!(
            "{}: {}{more}",
            first.subject(),
            first.problem_in_words()
        ))
    }
}

impl Cell {
    fn of(at: &str, component: &Component, world: &World) -> Cell {
        let report = component.against(world);
        Cell {
            at: at.to_string(),
            world: report.world,
            fits: report.fits,
            misfits: report.misfits,
        }
    }

    fn in_a_word(&self) -> &'static str {
        if self.fits { "fits" } else { "-" }
    }
}

impl fmt::Display for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.rows.iter().map(|row| row.component.chars().count());
        let name = names.max().unwrap_or(0);
        let width = |column: &String| column.chars().count().max("fits".len());
        write!(f, "{:name$}", "")?;
        for column in &self.columns {
            write!(f, "  {column:0$}", width(column))?;
        }
        writeln!(f)?;
        for row in &self.rows {
            write!(f, "{:name$}", row.component)?;
            if let Some(error) = &row.error {
                writeln!(f, "  {error}")?;
                continue;
            }
            for (cell, column) in row.worlds.iter().zip(&self.columns) {
                let (word, width) = (cell.in_a_word(), width(column));
                write!(f, "  {word:width$}")?;
            }
            match row.why() {
                Some(why) => writeln!(f, "  {why}")?,
                None => writeln!(f)?,
            }
        }
        self.summary(f)
    }
}

impl Matrix {
    fn summary(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let components = self.rows.iter().filter(|row| row.error.is_none());
        let now = |row: &&Row| row.worlds.last().is_some_and(|cell| cell.fits);
        let fit = components.clone().filter(now).count();
        let broken = components.clone().filter(|row| row.broken).count();
        let all = components.count();
        let broken = match broken {
            0 => "none is broken by the change".to_string(),
            1 => "1 is broken by the change".into(),
            n => format!("{n} are broken by the change"),
        };
        writeln!(f, "\n{fit} of {all} fit now; {broken}")
    }
}
