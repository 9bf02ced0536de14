//! `worldhost serve`.

mod bounds;
mod descriptors;
mod listening;
mod operation;

use crate::options::source::Found;
use crate::project::Project;
use crate::service::Service;
use bounds::{Bounds, Reusing};
use clap::Args;
use listening::Listening;
use operation::{Handling, Operation};
use worldhost_http::App;
use worldhost_policy::InForce;

#[derive(Args)]
#[command(after_help = "\
Examples:
  worldhost serve app.wasm
  worldhost serve --addr 0.0.0.0:80 --admin-addr 127.0.0.1:9090 --log-format json app.wasm
  worldhost serve --addr unix:/run/app.sock --allow-net db.example.com:5432 app.wasm
  worldhost serve --watch --access-log target/wasm32-wasip2/debug/app.wasm")]
pub struct Serve {
    #[command(flatten)]
    listening: Listening,

    #[command(flatten)]
    bounds: Bounds,

    #[command(flatten)]
    reusing: Reusing,

    #[command(flatten)]
    service: Service,
}

impl Serve {
    pub async fn execute<P: Project>(self, verbose: bool) -> anyhow::Result<i32> {
        let serve = async |in_force: &_, found| self.serve::<P>(in_force, found, verbose).await;
        self.service.execute(None, verbose, serve).await
    }

    /// Loads the component as it would be served.
    pub async fn fits<P: Project>(&self, verbose: bool) -> anyhow::Result<()> {
        let in_force = self.service.in_force(None)?;
        let found = self.service.find(&in_force).await?;
        let handling = self.handling::<P>(&in_force, found, verbose)?;
        let loaded = handling.loader.again().await?;
        handling.handler(&loaded.component).map(drop)
    }

    async fn serve<P: Project>(
        &self,
        in_force: &InForce,
        found: Found,
        verbose: bool,
    ) -> anyhow::Result<i32> {
        descriptors::as_many_as_may_be();
        let attention = self.service.attention()?;
        let doors = self.listening.open()?;
        let handling = self.handling::<P>(in_force, found, verbose)?;
        let loaded = handling.loader.first().await?;
        let handler = handling.handler(&loaded.component)?;
        let better = handling.loader.better(loaded);
        let operation = Operation {
            app: App::new(handler, self.bounds.settings(&self.listening)),
            handling,
            attention,
        };
        operation.run(doors, better).await
    }

    fn handling<P: Project>(
        &self,
        in_force: &InForce,
        found: Found,
        verbose: bool,
    ) -> anyhow::Result<Handling<P>> {
        let instances = self.bounds.instances();
        Ok(Handling {
            loader: self.service.loader(in_force, found, instances, verbose)?,
            reuse: self.reusing.reuse(),
        })
    }
}
