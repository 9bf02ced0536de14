//! Results that wait for their turn.

use super::inputs::Place;
use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Takes results as they are done, and gives them in the order of their inputs.
pub struct Queue {
    state: Mutex<State>,
    /// The next result may be there.
    turn: Condvar,
    /// There may be room for others.
    room: Condvar,
    /// How far an input may be ahead of the next result.
    ahead: u64,
}

/// What became of an input.
type Done = (Place, anyhow::Result<String>);

#[derive(Default)]
struct State {
    early: BTreeMap<u64, Done>,
    /// Those of what is early, and of the one that is being written.
    bytes: usize,
    /// Of these, what the one that is being written has.
    writing: Option<usize>,
    next: u64,
    /// The number that no input has, and why.
    end: Option<(u64, anyhow::Result<()>)>,
    /// Who may have something for it.
    workers: usize,
}

/// The most bytes of results that wait, but for the one whose turn it is.
const HELD: usize = 16 << 20;

/// Such a result is worth the waking of who writes it.
const LARGE: usize = 64 << 10;

impl Queue {
    pub fn new(ahead: u64) -> Self {
        Queue {
            state: Mutex::default(),
            turn: Condvar::new(),
            room: Condvar::new(),
            ahead,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_for_room(&self, until: impl Fn(&State) -> bool) -> MutexGuard<'_, State> {
        let mut state = self.state();
        while !until(&state) {
            // Whoever makes room may be asleep.
            self.turn.notify_one();
            state = self
                .room
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state
    }

    /// The result that is next; none at the end, and one that is none when nobody is left to
    /// give it. `idle` is called before it is waited for.
    ///
    /// # Errors
    ///
    /// That of `idle`, or why there are no more inputs.
    pub fn next(
        &self,
        idle: impl FnOnce() -> anyhow::Result<()>,
    ) -> anyhow::Result<Option<Option<Done>>> {
        let mut idle = Some(idle);
        let mut state = self.state();
        if let Some(written) = state.writing.take() {
            state.bytes -= written;
            state.next += 1;
            self.room.notify_all();
        }
        loop {
            let number = state.next;
            if let Some(result) = state.early.remove(&number) {
                state.writing = Some(bytes(&result.1));
                return Ok(Some(Some(result)));
            }
            if let Some((_, why)) = state.end.take_if(|(at, _)| *at == number) {
                return why.map(|()| None);
            }
            if state.workers == 0 {
                return Ok(Some(None));
            }
            match idle.take() {
                Some(idle) => {
                    drop(state);
                    idle()?;
                    state = self.state();
                }
                None => {
                    let woken = self.turn.wait(state);
                    state = woken.unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }
}

/// Somebody who has results for a [`Queue`], until it is dropped.
pub struct Waiting(Arc<Queue>);

impl Waiting {
    pub fn new(queue: &Arc<Queue>) -> Self {
        queue.state().workers += 1;
        Waiting(queue.clone())
    }

    /// Waits until the input of this number may be begun.
    pub fn room_for(&self, number: u64) {
        let ahead = self.0.ahead;
        drop(self.0.wait_for_room(|state| number <= state.next + ahead));
    }

    /// Gives a result when there is room for it. After the last one in a row, whoever waits is
    /// told.
    pub fn add(&self, number: u64, place: Place, result: anyhow::Result<String>, last: bool) {
        let bytes = bytes(&result);
        let fits = |state: &State| {
            let turn = number == state.next && state.writing.is_none();
            turn || state.bytes + bytes <= HELD
        };
        let mut state = self.0.wait_for_room(fits);
        state.bytes += bytes;
        state.early.insert(number, (place, result));
        if last || bytes >= LARGE {
            self.0.turn.notify_one();
        }
    }

    /// There are so many inputs.
    pub fn ends_at(&self, number: u64) {
        self.0.state().end = Some((number, Ok(())));
        self.0.turn.notify_one();
    }

    /// There are no more inputs after so many, for this reason.
    pub fn fails_at(&self, number: u64, error: anyhow::Error) {
        self.0.state().end = Some((number, Err(error)));
        self.0.turn.notify_one();
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.state().workers -= 1;
        self.0.turn.notify_one();
    }
}

fn bytes(result: &anyhow::Result<String>) -> usize {
    // An error has the end of what the guest said.
    result.as_ref().map_or(4096, String::capacity)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    fn place(number: u64) -> Place {
        let kind = "input";
        Place { kind, number }
    }

    #[test]
    fn results_come_in_order_and_few_wait() {
        let queue = Arc::new(Queue::new(1000));
        for job in 0..3 {
            let done = Waiting::new(&queue);
            thread::spawn(move || {
                for number in (job..60).step_by(3) {
                    let text = "x".repeat(HELD / 2);
                    done.add(number, place(number), Ok(text), true);
                    let state = done.0.state();
                    let most = HELD / 2 * 3 + 100;
                    assert!(state.bytes <= most, "{}", state.bytes);
                }
            });
        }
        let end = Waiting::new(&queue);
        end.ends_at(60);
        for number in 0..60 {
            let next = queue.next(|| Ok(())).unwrap().unwrap().unwrap();
            assert_eq!(next.0.number, number);
        }
        assert!(queue.next(|| Ok(())).unwrap().is_none());
    }

    #[test]
    fn a_job_that_is_lost_is_no_end() {
        let queue = Arc::new(Queue::new(10));
        let job = Waiting::new(&queue);
        job.add(1, place(1), Ok(String::new()), true);
        drop(job);
        assert!(queue.next(|| Ok(())).unwrap().unwrap().is_none());
    }
}
