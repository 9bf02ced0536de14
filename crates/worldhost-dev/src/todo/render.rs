//! The to-do list as text.

use super::list::{CallWork, FileAction, FileWork, Line, Todo, TypeWork};
use std::fmt;
use std::path::PathBuf;

impl fmt::Display for Todo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for work in &self.files {
            write!(f, "\n{work}")?;
        }
        for (from, to) in &self.moved {
            writeln!(f, "\n* {from} of the bindings is {to} now")?;
        }
        let mut file: Option<&PathBuf> = None;
        for line in &self.lines {
            if file != Some(&line.file) {
                writeln!(f, "\n* {}", line.file.display())?;
                file = Some(&line.file);
            }
            write!(f, "{line}")?;
        }
        for call in &self.calls {
            write!(f, "\n{call}")?;
        }
        for ty in &self.types {
            write!(f, "\n{ty}")?;
        }
        Ok(())
    }
}

impl fmt::Display for FileWork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.file, &self.action) {
            (None, _) => write!(f, "* wherever it is implemented")?,
            (Some(file), FileAction::Create) => write!(f, "* create {}", file.display())?,
            (Some(file), FileAction::Edit) => write!(f, "* edit {}", file.display())?,
            (Some(file), FileAction::Delete) => write!(f, "* delete {}", file.display())?,
            (Some(file), FileAction::Move(from)) => {
                write!(f, "* move {} to {}", from.display(), file.display())?;
            }
        }
        match &self.declared {
            Some(place) => writeln!(f, "  ({}, {place})", self.interface)?,
            None => writeln!(f, "  ({})", self.interface)?,
        }
        if self.action != FileAction::Create {
            for method in &self.add {
                writeln!(f, "    add to {}: {};", method.of, method.signature)?;
            }
        }
        for method in &self.change {
            writeln!(f, "    change in {}:", method.of)?;
            if let Some(old) = &method.old {
                writeln!(f, "      - {old};")?;
            }
            writeln!(f, "      + {};", method.signature)?;
        }
        for method in &self.remove {
            writeln!(f, "    remove from {}: {};", method.of, method.signature)?;
        }
        if let Some(paste) = &self.paste {
            writeln!(f)?;
            indented(f, paste)?;
        }
        Ok(())
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.remove { '-' } else { '+' };
        writeln!(f, "    {sign} {}", self.line)
    }
}

impl fmt::Display for CallWork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.old, &self.new) {
            (Some(_), Some(_)) => writeln!(f, "* {} has another type", self.function)?,
            (None, _) => writeln!(f, "* {} is new, to call or to leave", self.function)?,
            (_, None) => writeln!(f, "* {} is gone", self.function)?,
        }
        for (sign, text) in [('-', &self.old), ('+', &self.new)] {
            if let Some(text) = text {
                writeln!(f, "    {sign} {text};")?;
            }
        }
        if !self.places.is_empty() && self.old.is_some() {
            writeln!(f, "    used at {}", self.places.join(", "))?;
        }
        Ok(())
    }
}

impl fmt::Display for TypeWork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "* wherever {} is made or taken apart, it is now",
            self.name
        )?;
        indented(f, &self.new)
    }
}

fn indented(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    for line in text.lines() {
        match line {
            "" => writeln!(f)?,
            line => writeln!(f, "    {line}")?,
        }
    }
    Ok(())
}
