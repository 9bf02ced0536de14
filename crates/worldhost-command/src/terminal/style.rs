//! The few styles of this program's text. `anstream` drops them on a pipe and
//! under NO_COLOR.

use anstyle::{AnsiColor, Style};

pub const BAD: Style = AnsiColor::Red.on_default().bold();
pub const GOOD: Style = AnsiColor::Green.on_default().bold();
pub const NAME: Style = Style::new().bold();
pub const DIM: Style = Style::new().dimmed();
