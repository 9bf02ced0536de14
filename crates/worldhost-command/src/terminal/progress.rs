//! Says on a terminal what takes so long.

use indicatif::{ProgressBar, ProgressStyle};
use std::future::Future;
use std::io::{IsTerminal, stderr};
use std::path::Path;
use std::pin::pin;
use std::time::Duration;

/// What takes no longer than this needs no words.
const BLINK: Duration = Duration::from_millis(200);

/// Waits for the work, with a spinner on a terminal once it takes longer than a
/// blink. Nothing is left of it afterwards.
pub async fn during<R>(doing: &str, path: &Path, work: impl Future<Output = R>) -> R {
    if !stderr().is_terminal() {
        return work.await;
    }
    let mut work = pin!(work);
    if let Ok(result) = tokio::time::timeout(BLINK, &mut work).await {
        return result;
    }
    let name = path.file_name().unwrap_or(path.as_os_str());
    let spinner = ProgressBar::new_spinner().with_message(format!("{doing} {}", name.display()));
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
        spinner.set_style(style);
    }
    spinner.enable_steady_tick(Duration::from_millis(100));
    let result = work.await;
    spinner.finish_and_clear();
    result
}
