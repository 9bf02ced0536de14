//! One instance working through the inputs, as long as it lives.

use super::inputs::Inputs;
use super::results::Results;
use crate::project::Project;
use worldhost::{Instances, Live};

pub async fn run<P: Project>(
    instances: &Instances<P::Guest, P::Data>,
    mut inputs: Inputs,
    results: &mut Results<'_>,
) -> anyhow::Result<()> {
    let mut live = None;
    while let Some(input) = inputs.next()? {
        let result = match input.text {
            Ok(text) => call::<P>(instances, &mut live, &text).await,
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
async fn call<P: Project>(
    instances: &Instances<P::Guest, P::Data>,
    live: &mut Option<Live<P::Guest, P::Data>>,
    input: &str,
) -> anyhow::Result<String> {
    let mut instance = match live.take() {
        Some(instance) => instance,
        None => instances.live().await?,
    };
    let result = instance
        .call(P::EXPORT, async |guest, store| {
            P::call(guest, store, input).await
        })
        .await?;
    *live = Some(instance);
    Ok(result)
}
