//! What is missing at the server, or is of another kind, is told before any work.

use crate::nats::{Nats, stream};
use crate::support::{guest, one_line};
use async_nats::jetstream::consumer::{AckPolicy, pull, push};

/// The one line that these options come to.
#[track_caller]
fn refused(nats: &Nats, options: &[&str]) -> String {
    let mut command = nats.command();
    command.args(options).arg(guest("plugin-rust"));
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(125), "{output:?}");
    one_line(&output.stderr)
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn what_is_not_there_is_named_with_what_makes_it() {
    let nats = Nats::start();
    nats.streams().await;
    let line = refused(&nats, &["--stream", "NONE", "--consumer", "c"]);
    assert!(
        line.contains("no stream NONE") && line.contains("nats stream add NONE"),
        "{line}"
    );
    for option in ["--result-subject", "--dead-letter-subject"] {
        let options = [
            "--stream",
            "JOBS",
            "--consumer",
            "c",
            option,
            "nobody.keeps",
        ];
        let line = refused(&nats, &options);
        assert!(line.contains("no stream keeps nobody.keeps"), "{line}");
    }
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn results_are_not_work() {
    let nats = Nats::start();
    nats.streams().await;
    let to_itself = ["--result-subject", "jobs.more"];
    let line = refused(
        &nats,
        &[&["--stream", "JOBS", "--consumer", "c"], &to_itself[..]].concat(),
    );
    assert!(line.contains("its results would be its work"), "{line}");
    // By a consumer of other subjects it can be.
    let line = refused(
        &nats,
        &[
            "--stream",
            "JOBS",
            "--consumer",
            "other",
            "--subject",
            "jobs.c",
            "--result-subject",
            "jobs.c",
        ],
    );
    assert!(line.contains("its results would be its work"), "{line}");
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn a_consumer_of_another_kind_is_told() {
    let nats = Nats::start();
    let context = nats.streams().await;
    let jobs = context.get_stream("JOBS").await.unwrap();
    let pushing = push::Config {
        durable_name: Some("pushing".into()),
        deliver_subject: "to.you".into(),
        ..push::Config::default()
    };
    jobs.create_consumer(pushing).await.unwrap();
    let silent = pull::Config {
        durable_name: Some("silent".into()),
        ack_policy: AckPolicy::None,
        ..pull::Config::default()
    };
    jobs.create_consumer(silent).await.unwrap();
    let narrow = pull::Config {
        durable_name: Some("narrow".into()),
        filter_subject: "jobs.a".into(),
        ..pull::Config::default()
    };
    jobs.create_consumer(narrow).await.unwrap();
    for (consumer, words) in [
        ("pushing", "pushes its messages"),
        ("silent", "waits for no acknowledgement"),
        ("narrow", "was made for jobs.a, and not for jobs.b"),
    ] {
        let options = [
            "--stream",
            "JOBS",
            "--consumer",
            consumer,
            "--subject",
            "jobs.b",
        ];
        let line = refused(&nats, &options);
        assert!(line.contains(words), "{line}");
    }
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn a_consumer_that_goes_ends_the_worker() {
    let nats = Nats::start();
    let context = nats.streams().await;
    let mut worker = nats.worker(&guest("plugin-rust"), &[]);
    let jobs = context.get_stream("JOBS").await.unwrap();
    jobs.delete_consumer("c").await.unwrap();
    assert_eq!(worker.ended().code(), Some(125));
    worker.said("consumer c of stream JOBS is gone");
    stream(&context, "MORE", "more.>").await;
}
