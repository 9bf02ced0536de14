//! A world whose plugins ask the application.

use tokio::sync::{mpsc, oneshot};
use wasmtime::component::{HasSelf, Linker};
use worldhost::State;

pub mod bindings {
    wasmtime::component::bindgen!({
        inline: "
            package app:shop@0.1.0;
            interface market { rate: func() -> u32; }
            world plugin {
                import market;
                export price: func(item: u32) -> u32;
            }
        ",
        imports: { default: async | trappable },
        exports: { default: async },
    });
}
use bindings::app::shop::market;

worldhost::guest!(bindings::Plugin, bindings::PluginPre);

/// What a plugin wants to know, and where the answer goes.
pub struct Question {
    pub answer: oneshot::Sender<u32>,
}

/// The data of each instance.
#[derive(Clone)]
pub struct Shop {
    pub asked: u32,
    questions: mpsc::Sender<Question>,
}

impl Shop {
    pub fn new(questions: mpsc::Sender<Question>) -> Self {
        Shop {
            asked: 0,
            questions,
        }
    }
}

/// An error of the application's own.
#[derive(Debug)]
pub struct Closed {
    pub question: &'static str,
}

impl std::fmt::Display for Closed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the shop is closed")
    }
}

impl std::error::Error for Closed {}

impl market::Host for State<Shop> {
    async fn rate(&mut self) -> wasmtime::Result<u32> {
        let closed = || Closed { question: "rate" };
        let shop = self.data_mut();
        shop.asked += 1;
        let (answer, answered) = oneshot::channel();
        let question = Question { answer };
        shop.questions.send(question).await.map_err(|_| closed())?;
        Ok(answered.await.map_err(|_| closed())?)
    }
}

pub fn imports(linker: &mut Linker<State<Shop>>) -> wasmtime::Result<()> {
    market::add_to_linker::<_, HasSelf<_>>(linker, |state| state)
}
