//! What `bindgen!` generates for a world, as this crate uses it.

use crate::state::data::State;
use std::future::Future;
use wasmtime::component::InstancePre;

/// The struct that `bindgen!` generates for a world, such as `Plugin`. It has no trait of
/// Wasmtime's; [`guest!`](crate::guest) implements this one for it, in a line.
///
/// `T` is the embedder's own data in each store.
pub trait Guest<T: 'static>: Sized + Send + 'static {
    /// The generated `PluginPre`: the exports are found in it, once for all instances.
    type Pre: Send + Sync + 'static;

    /// Finds the exports of the world.
    ///
    /// # Errors
    ///
    /// When one is missing or has another type.
    fn pre(component: InstancePre<State<T>>) -> wasmtime::Result<Self::Pre>;

    /// The component that it was made of.
    fn component(pre: &Self::Pre) -> &InstancePre<State<T>>;

    /// An instance.
    ///
    /// # Errors
    ///
    /// When the guest traps in its own start, or has no room in the store.
    fn instantiate(
        pre: &Self::Pre,
        store: &mut wasmtime::Store<State<T>>,
    ) -> impl Future<Output = wasmtime::Result<Self>> + Send;
}

/// Makes what `bindgen!` generated for a world a [`Guest`](trait@crate::Guest):
/// `worldhost::guest!(bindings::Plugin, bindings::PluginPre);`.
#[macro_export]
macro_rules! guest {
    ($instance:ty, $pre:ident $(:: $rest:ident)*) => {
        impl<T: Send + 'static> $crate::Guest<T> for $instance {
            type Pre = $pre $(:: $rest)* <$crate::State<T>>;

            fn pre(
                component: $crate::wasmtime::component::InstancePre<$crate::State<T>>,
            ) -> $crate::wasmtime::Result<Self::Pre> {
                <$pre $(:: $rest)* <$crate::State<T>>>::new(component)
            }

            fn component(
                pre: &Self::Pre,
            ) -> &$crate::wasmtime::component::InstancePre<$crate::State<T>> {
                pre.instance_pre()
            }

            async fn instantiate(
                pre: &Self::Pre,
                store: &mut $crate::wasmtime::Store<$crate::State<T>>,
            ) -> $crate::wasmtime::Result<Self> {
                pre.instantiate_async(store).await
            }
        }
    };
}
