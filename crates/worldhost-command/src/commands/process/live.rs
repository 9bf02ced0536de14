//! One instance working through the inputs, as long as it lives; or one for each.

use super::inputs::Inputs;
use super::maker::{Live, Maker};
use super::results::Results;
use crate::project::Project;

pub async fn run<P: Project>(
    maker: Maker<P>,
    fresh: bool,
    mut inputs: Inputs,
    results: &mut Results,
) -> anyhow::Result<()> {
    let mut live = None;
    while let Some(input) = inputs.next()? {
        let result = match input.text {
            Ok(text) if fresh => maker.once(&text).await.map_err(anyhow::Error::from),
            Ok(text) => one(&maker, &mut live, &text).await,
            Err(error) => Err(error),
        };
        results.take(input.place, result)?;
        if !inputs.ready() {
            results.flush()?;
        }
    }
    Ok(())
}

/// An instance that failed is dropped, and the next input makes a fresh one.
async fn one<P: Project>(
    maker: &Maker<P>,
    live: &mut Option<Live<P>>,
    input: &str,
) -> anyhow::Result<String> {
    let mut instance = match live.take() {
        Some(instance) => instance,
        None => maker.make().await?,
    };
    let result = instance.call(input).await?;
    *live = Some(instance);
    Ok(result)
}
