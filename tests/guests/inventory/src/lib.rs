//! A component of the world of `examples/embed`: it keeps a shelf of the host's,
//! notes what it does and prints a line.

wit_bindgen::generate!({
    path: "../../../examples/embed/wit",
    world: "clerk",
    generate_all,
});

use example::inventory::audit;
use example::inventory::stock::Shelf;

struct Clerk;

impl Guest for Clerk {
    fn serve(delivery: Vec<Item>, order: Item) -> Result<u32, Refusal> {
        let shelf = Shelf::new("front");
        for item in &delivery {
            shelf.put(item);
        }
        println!("{} x {}", order.quantity, order.name);
        let taken = shelf.take(&order);
        audit::note(&format!("{} {}: {taken:?}", order.name, order.quantity));
        taken
    }
}

export!(Clerk);
