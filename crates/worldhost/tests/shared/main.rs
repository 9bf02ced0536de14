//! Calls that overlap on one instance, what they get when it ends, and what one of them can
//! do to the others. What comes first is told by questions and answers, never by time.
#![cfg(feature = "p3")]

mod overlap;
mod streams;

use overlap::{Refused, Trial, ask, soon};
use std::time::Duration;
use worldhost::{Error, Limit, LimitHit, Limits, Trap};

fn trap(result: worldhost::Result<u32>) -> Trap {
    match result {
        Err(Error::Trap(trap)) => *trap,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_overlap() {
    let mut trial = Trial::of(10).await;
    let calls: Vec<_> = (0..10)
        .map(|number: u32| ask(&trial.shared, &number.to_string()))
        .collect();
    let mut questions = Vec::new();
    // All of them are asked before one is answered.
    for _ in &calls {
        questions.push(trial.question().await);
    }
    for question in questions.into_iter().rev() {
        let number: u32 = question.name.parse().unwrap();
        question.answer(number * 2);
    }
    for (number, call) in (0..).zip(calls) {
        assert_eq!(soon(call).await.unwrap().unwrap(), number * 2);
    }
    let counts = trial.instances.counts();
    assert_eq!((counts.succeeded, counts.failed), (10, 0));
    assert!(counts.memory >= 1 << 16);
}

#[tokio::test]
async fn an_export_that_is_not_async_is_called_beside_one_that_waits() {
    let mut trial = Trial::of(2).await;
    let answers = || {
        let call = trial.shared.call("answers", |guest, store| {
            Box::pin(guest.call_answers(store))
        });
        soon(call)
    };
    let waits = ask(&trial.shared, "one");
    assert_eq!(answers().await.unwrap(), 0);
    soon(trial.questions.recv()).await.unwrap().answer(1);
    soon(waits).await.unwrap().unwrap();
    assert_eq!(answers().await.unwrap(), 1);
}

#[tokio::test]
async fn more_calls_than_may_be_wait_for_their_turn() {
    let mut trial = Trial::of(2).await;
    let (one, two) = (ask(&trial.shared, "one"), ask(&trial.shared, "two"));
    let (first, _second) = (trial.question().await, trial.question().await);
    let three = ask(&trial.shared, "three");
    let hurried = trial.shared.waiting_at_most(Duration::from_millis(10));
    match soon(ask(&hurried, "four")).await.unwrap() {
        Err(Error::Busy { calls: 2, .. }) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(trial.shared.in_flight(), 2);
    assert!(trial.questions.try_recv().is_err());
    first.answer(1);
    assert_eq!(soon(one).await.unwrap().unwrap(), 1);
    let third = trial.question().await;
    assert_eq!(third.name, "three");
    third.answer(3);
    assert_eq!(soon(three).await.unwrap().unwrap(), 3);
    assert!(!two.is_finished());
}

#[tokio::test]
async fn a_trap_is_told_to_every_call_in_flight_and_no_other_begins() {
    let mut trial = Trial::of(3).await;
    let (one, two) = (ask(&trial.shared, "one"), ask(&trial.shared, "two"));
    let (_one, _two) = (trial.question().await, trial.question().await);
    let shared = trial.shared.clone();
    let ends = tokio::spawn(async move {
        let call = shared.call("trap", |guest, store| {
            Box::pin(guest.call_trap(store, "three".into()))
        });
        call.await.map(|()| 0)
    });
    let question = trial.question().await;
    let waits = ask(&trial.shared, "four");
    question.answer(0);
    for (call, export) in [(one, "ask"), (two, "ask"), (ends, "trap")] {
        let trap = trap(soon(call).await.unwrap());
        assert_eq!((trap.export.as_str(), trap.calls), (export, 3));
        let cause: &wasmtime::Trap = trap.downcast_ref().unwrap();
        assert_eq!(*cause, wasmtime::Trap::UnreachableCodeReached);
        let words = trap.to_string();
        assert!(words.starts_with(export), "{words}");
        assert!(words.contains("in one of 3 calls"), "{words}");
    }
    // One that waited, and one that comes now: both could be made again elsewhere.
    for late in [waits, ask(&trial.shared, "five")] {
        match soon(late).await.unwrap() {
            Err(Error::Dead { export }) => assert_eq!(export, "ask or trap"),
            other => panic!("{other:?}"),
        }
    }
    assert!(!trial.shared.is_alive());
    assert_eq!(trial.instances.counts().trapped, 3);
}

#[tokio::test]
async fn a_trap_of_the_only_call_is_its_own() {
    let mut trial = Trial::of(3).await;
    let shared = trial.shared.clone();
    let call = tokio::spawn(async move {
        let call = shared.call("trap", |guest, store| {
            Box::pin(guest.call_trap(store, "one".into()))
        });
        call.await.map(|()| 0)
    });
    trial.question().await.answer(1);
    let trap = trap(soon(call).await.unwrap());
    assert_eq!(trap.calls, 1);
    assert!(trap.to_string().starts_with("trap trapped: "), "{trap}");
    assert!(!trap.frames.is_empty());
}

#[tokio::test]
async fn an_error_of_the_host_comes_back_by_its_type() {
    let mut trial = Trial::of(3).await;
    let (one, two) = (ask(&trial.shared, "one"), ask(&trial.shared, "two"));
    let _first = trial.question().await;
    drop(trial.question().await);
    for call in [one, two] {
        let trap = trap(soon(call).await.unwrap());
        let Refused(name) = trap.downcast_ref().unwrap();
        assert_eq!(name, "two");
    }
}

#[tokio::test]
async fn an_exit_is_one_of_all_calls() {
    let mut trial = Trial::of(3).await;
    let one = ask(&trial.shared, "one");
    let _first = trial.question().await;
    let shared = trial.shared.clone();
    let leaves = tokio::spawn(async move {
        let call = shared.call("leave", |guest, store| {
            Box::pin(guest.call_leave(store, "two".into(), 3))
        });
        call.await.map(|()| 0)
    });
    trial.question().await.answer(1);
    for call in [one, leaves] {
        let ended = soon(call).await.unwrap();
        assert!(matches!(ended, Err(Error::Exit(3))), "{ended:?}");
    }
}

#[tokio::test]
async fn a_host_function_that_panics_ends_the_instance_and_nobody_waits_for_ever() {
    let mut trial = Trial::of(3).await;
    let one = ask(&trial.shared, "one");
    let _first = trial.question().await;
    for call in [ask(&trial.shared, "panic"), one] {
        let ended = soon(call).await.unwrap();
        assert!(matches!(ended, Err(Error::Host(_))), "{ended:?}");
    }
    let late = soon(ask(&trial.shared, "two")).await.unwrap();
    assert!(matches!(late, Err(Error::Dead { .. })), "{late:?}");
}

#[tokio::test]
async fn an_error_of_the_caller_is_its_own() {
    let mut trial = Trial::of(3).await;
    let one = ask(&trial.shared, "one");
    let question = trial.question().await;
    let failed = trial.shared.call::<u32>("mine", |_, _| {
        Box::pin(async { Err(wasmtime::Error::new(Refused("me".into()))) })
    });
    let trap = trap(soon(failed).await);
    let Refused(name) = trap.downcast_ref().unwrap();
    assert_eq!((name.as_str(), trap.calls), ("me", 1));
    question.answer(1);
    assert_eq!(soon(one).await.unwrap().unwrap(), 1);
    assert!(trial.shared.is_alive());
}

#[tokio::test]
async fn a_call_that_is_out_of_time_leaves_others_alone_and_has_its_place_to_its_end() {
    let mut trial = Trial::of(2).await;
    let patient = ask(&trial.shared, "one");
    let question = trial.question().await;
    let limit = Duration::from_millis(20);
    match soon(ask(&trial.shared.within(limit), "two")).await.unwrap() {
        Err(Error::Timeout { export, limit: l }) => assert_eq!((&*export, l), ("ask", limit)),
        other => panic!("{other:?}"),
    }
    assert_eq!(trial.shared.in_flight(), 2);
    let late = trial.question().await;
    question.answer(1);
    assert_eq!(soon(patient).await.unwrap().unwrap(), 1);
    trial.in_flight(1).await;
    late.answer(2);
    trial.in_flight(0).await;
    assert!(trial.shared.is_alive());
    assert_eq!(trial.instances.counts().timed_out, 1);
}

#[tokio::test]
async fn an_instance_ends_whose_places_are_all_taken_by_calls_out_of_time() {
    let mut trial = Trial::of(2).await;
    let hurried = trial.shared.within(Duration::from_millis(20));
    let (one, two) = (ask(&hurried, "one"), ask(&hurried, "two"));
    let (_one, _two) = (trial.question().await, trial.question().await);
    let waits = ask(&trial.shared, "three");
    for call in [one, two] {
        let ended = soon(call).await.unwrap();
        assert!(matches!(ended, Err(Error::Timeout { .. })), "{ended:?}");
    }
    let ended = soon(waits).await.unwrap();
    assert!(matches!(ended, Err(Error::Dead { .. })), "{ended:?}");
}

fn half_a_second() -> Limits {
    let mut limits = Limits::default();
    limits.timeout = Some(Duration::from_millis(500));
    limits
}

/// One that `holds` is out of time, and one beside it that has all the time is ended.
async fn ended_for_holding(holds: &str) {
    let mut trial = Trial::within(3, half_a_second()).await;
    let beside = ask(&trial.shared.within(Duration::from_secs(600)), "one");
    let _first = trial.question().await;
    let (shared, export) = (trial.shared.clone(), holds.to_string());
    let call = tokio::spawn(async move {
        let name = export.clone();
        let call = shared.call(&name, move |guest, store| {
            Box::pin(async move {
                match export.as_str() {
                    "spin" => guest.call_spin(store, "two".into()).await.map(|()| 0),
                    _ => guest.call_hold(store, "two".into()).await,
                }
            })
        });
        call.await
    });
    let question = trial.question().await;
    let _unanswered = match holds {
        "spin" => {
            question.answer(1);
            None
        }
        _ => Some(question),
    };
    let ended = soon(call).await.unwrap();
    assert!(matches!(ended, Err(Error::Timeout { .. })), "{ended:?}");
    match soon(beside).await.unwrap() {
        Err(Error::Stalled { export }) => assert_eq!(export, "ask"),
        other => panic!("{other:?}"),
    }
    let late = soon(ask(&trial.shared, "three")).await.unwrap();
    assert!(matches!(late, Err(Error::Dead { .. })), "{late:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_that_computes_for_ever_is_ended() {
    ended_for_holding("spin").await;
}

#[tokio::test]
async fn a_host_function_that_is_not_async_and_waits_for_ever_is_ended() {
    ended_for_holding("hold").await;
}

#[tokio::test]
async fn a_call_that_is_dropped_goes_on_and_has_its_place_to_its_end() {
    let mut trial = Trial::of(1).await;
    let one = ask(&trial.shared, "one");
    let question = trial.question().await;
    one.abort();
    let two = ask(&trial.shared, "two");
    assert!(trial.questions.try_recv().is_err());
    // Dropped before it had a place: nothing of it is left.
    ask(&trial.shared, "never").abort();
    question.answer(1);
    let question = trial.question().await;
    assert_eq!(question.name, "two");
    question.answer(2);
    assert_eq!(soon(two).await.unwrap().unwrap(), 2);
    trial.in_flight(0).await;
    assert!(trial.questions.try_recv().is_err());
}

#[tokio::test]
async fn what_a_call_left_to_be_done_goes_on_between_calls() {
    let mut trial = Trial::of(1).await;
    let call = trial.shared.call("later", |guest, store| {
        Box::pin(guest.call_later(store, "one".into()))
    });
    soon(call).await.unwrap();
    trial.in_flight(0).await;
    trial.question().await.answer(1);
    soon(async {
        loop {
            let answers = trial.shared.call("answers", |guest, store| {
                Box::pin(guest.call_answers(store))
            });
            if answers.await.unwrap() == 1 {
                return;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_limit_that_was_in_the_way_of_one_is_told_with_the_trap() {
    let mut limits = Limits::default();
    limits.memory = 4 << 20;
    let mut trial = Trial::within(3, limits).await;
    let shared = trial.shared.clone();
    let ends = tokio::spawn(async move {
        let call = shared.call("trap", |guest, store| {
            Box::pin(guest.call_trap(store, "one".into()))
        });
        call.await.map(|()| 0)
    });
    let question = trial.question().await;
    let shared = trial.shared.clone();
    let grows = tokio::spawn(async move {
        let call = shared.call("grow", |guest, store| {
            Box::pin(guest.call_grow(store, "two".into(), 8 << 20))
        });
        call.await
    });
    trial.question().await.answer(1);
    assert!(!soon(grows).await.unwrap().unwrap());
    question.answer(1);
    let trap = trap(soon(ends).await.unwrap());
    assert_eq!(trap.limit, Some(LimitHit::new(Limit::Memory, 4 << 20)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_its_last_caller_goes_a_guest_that_computes() {
    let mut trial = Trial::of(2).await;
    let hurried = trial.shared.within(Duration::from_millis(20));
    let call = tokio::spawn(async move {
        let call = hurried.call("spin", |guest, store| {
            Box::pin(guest.call_spin(store, "one".into()))
        });
        call.await
    });
    trial.question().await.answer(1);
    let ended = soon(call).await.unwrap();
    assert!(matches!(ended, Err(Error::Timeout { .. })), "{ended:?}");
    drop(trial.shared);
    soon(trial.instances.drain()).await;
}

#[tokio::test]
async fn it_has_its_place_in_the_pool_as_long_as_there_is_a_caller() {
    let trial = Trial::of(1).await;
    let hurried = trial.instances.waiting_at_most(Duration::from_millis(10));
    let other = trial.shared.clone();
    drop(trial.shared);
    let full = hurried.live().await.map(drop);
    assert!(matches!(full, Err(Error::PoolFull { .. })), "{full:?}");
    drop(other);
    soon(trial.instances.drain()).await;
}
