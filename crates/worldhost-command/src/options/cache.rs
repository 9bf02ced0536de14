//! The cache of this user, as the environment has it.

use crate::terminal::Usage;
use bytesize::ByteSize;
use std::path::PathBuf;
use worldhost::Cache;

/// The cache, for those who do nothing without one.
pub fn required() -> anyhow::Result<Cache> {
    open(dir(), max_bytes()?)
}

/// The cache in a directory, with so much room. That there is no place for one is an
/// error as any other.
pub fn open(dir: Option<PathBuf>, max_bytes: Option<u64>) -> anyhow::Result<Cache> {
    let dir = dir.ok_or_else(|| {
        Usage("there is no home for a cache; name a directory with WORLDHOST_CACHE_DIR".into())
    })?;
    let cache = Cache::open(dir)?;
    Ok(match max_bytes {
        Some(max_bytes) => cache.max_bytes(max_bytes),
        None => cache,
    })
}

/// How much it may hold, where the environment says so.
pub fn max_bytes() -> Result<Option<u64>, Usage> {
    let Some(size) = std::env::var_os("WORLDHOST_CACHE_SIZE") else {
        return Ok(None);
    };
    let size = size.to_str().and_then(|size| size.parse::<ByteSize>().ok());
    match size {
        Some(size) => Ok(Some(size.as_u64())),
        None => Err(Usage(
            "WORLDHOST_CACHE_SIZE is not a size; write it like this: 512MiB".into(),
        )),
    }
}

/// Where it is, or would be. None where the user has no home and names no directory.
pub fn dir() -> Option<PathBuf> {
    match std::env::var_os("WORLDHOST_CACHE_DIR") {
        Some(dir) if !dir.is_empty() => Some(dir.into()),
        _ => Cache::default_dir(),
    }
}
