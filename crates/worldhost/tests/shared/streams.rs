//! Streams of calls that overlap, as channels.

use super::overlap::{Asking, Overlap, Trial, ask, soon};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use worldhost::{Error, Shared, stream};

/// Names to ask for, what is answered, and how the call ends.
struct Each {
    names: mpsc::Sender<String>,
    answers: mpsc::Receiver<u32>,
    call: JoinHandle<worldhost::Result<()>>,
}

fn each(shared: &Shared<Overlap, Asking>) -> Each {
    let (names, input) = mpsc::channel(4);
    let (output, answers) = mpsc::channel(1);
    let shared = shared.clone();
    let call = tokio::spawn(async move {
        let call = shared.call("each", |guest, store| {
            Box::pin(async move {
                let names = store.with(|access| stream::from_channel(access, input))?;
                let answers = guest.call_each(store, names).await?;
                let end = store.with(|access| stream::into_channel(access, answers, output))?;
                end.await;
                Ok(())
            })
        });
        call.await
    });
    Each {
        names,
        answers,
        call,
    }
}

#[tokio::test]
async fn items_come_while_others_are_awaited() {
    let mut trial = Trial::of(2).await;
    let mut each = each(&trial.shared);
    for (name, number) in [("one", 1), ("two", 2), ("three", 3)] {
        each.names.send(name.into()).await.unwrap();
        let question = trial.question().await;
        assert_eq!(question.name, name);
        // And other calls beside it.
        let beside = ask(&trial.shared, "beside");
        trial.question().await.answer(7);
        assert_eq!(soon(beside).await.unwrap().unwrap(), 7);
        question.answer(number);
        assert_eq!(soon(each.answers.recv()).await, Some(number));
    }
    assert!(!each.call.is_finished());
    drop(each.names);
    assert_eq!(soon(each.answers.recv()).await, None);
    soon(each.call).await.unwrap().unwrap();
    trial.in_flight(0).await;
}

#[tokio::test]
async fn a_guest_does_not_run_ahead_of_its_reader() {
    let mut trial = Trial::of(1).await;
    let mut each = each(&trial.shared);
    for number in 0..4 {
        each.names.send(number.to_string()).await.unwrap();
    }
    // One in the channel, and one that the guest has and cannot get rid of.
    trial.question().await.answer(0);
    trial.question().await.answer(1);
    let third = tokio::time::timeout(std::time::Duration::from_millis(50), trial.questions.recv());
    assert!(third.await.is_err(), "it goes on although nobody reads");
    assert_eq!(soon(each.answers.recv()).await, Some(0));
    trial.question().await.answer(2);
    assert_eq!(soon(each.answers.recv()).await, Some(1));
    assert_eq!(soon(each.answers.recv()).await, Some(2));
}

#[tokio::test]
async fn a_reader_that_goes_ends_the_stream() {
    let mut trial = Trial::of(1).await;
    let each = each(&trial.shared);
    each.names.send("one".into()).await.unwrap();
    let question = trial.question().await;
    drop(each.answers);
    question.answer(1);
    soon(each.call).await.unwrap().unwrap();
    // The guest reads no further, and whoever sends is told so.
    soon(each.names.closed()).await;
    assert!(trial.shared.is_alive());
}

#[tokio::test]
async fn a_trap_in_what_a_call_left_is_told_to_who_asks_for_the_end() {
    let mut trial = Trial::of(1).await;
    let (output, mut answers) = mpsc::channel(4);
    let call = trial.shared.call("break-off", |guest, store| {
        Box::pin(async move {
            let answers = guest.call_break_off(store, "one".into()).await?;
            drop(store.with(|access| stream::into_channel(access, answers, output))?);
            Ok(())
        })
    });
    soon(call).await.unwrap();
    trial.in_flight(0).await;
    trial.question().await.answer(1);
    assert_eq!(soon(answers.recv()).await, Some(1));
    trial.question().await.answer(2);
    match soon(trial.shared.ended()).await {
        (Error::Trap(trap), 0) => {
            let words = trap.to_string();
            assert!(
                words.starts_with("what calls left to be done trapped: "),
                "{words}"
            );
            assert_eq!(trap.calls, 0);
        }
        other => panic!("{other:?}"),
    }
    match soon(ask(&trial.shared, "late")).await.unwrap() {
        Err(Error::Dead { export }) => assert_eq!(export, "what calls left to be done"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_stream_that_breaks_off_is_an_error_of_the_call_that_awaits_its_end() {
    let mut trial = Trial::of(1).await;
    let (output, mut answers) = mpsc::channel(4);
    let shared = trial.shared.clone();
    let call = tokio::spawn(async move {
        let call = shared.call("break-off", |guest, store| {
            Box::pin(async move {
                let answers = guest.call_break_off(store, "one".into()).await?;
                let end = store.with(|access| stream::into_channel(access, answers, output))?;
                end.await;
                Ok(())
            })
        });
        call.await
    });
    trial.question().await.answer(1);
    assert_eq!(soon(answers.recv()).await, Some(1));
    trial.question().await.answer(2);
    assert_eq!(soon(answers.recv()).await, None);
    let ended = soon(call).await.unwrap();
    assert!(matches!(ended, Err(Error::Trap(_))), "{ended:?}");
}
