//! One editor, from its first word to its last.

use super::files::{path, range, text, url, word};
use super::report::{Making, Report};
use crate::commands::wit::tree::Tree;
use crate::project::Names;
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, Response};
use lsp_types::notification::{
    DidChangeTextDocument, DidCloseTextDocument, DidOpenTextDocument, DidSaveTextDocument,
    Notification as _, PublishDiagnostics,
};
use lsp_types::request::{GotoDefinition, HoverRequest, Request as _};
use lsp_types::{
    DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    GotoDefinitionResponse, Hover, HoverContents, HoverProviderCapability, InitializeParams,
    Location, MarkupContent, MarkupKind, OneOf, PublishDiagnosticsParams, SaveOptions,
    ServerCapabilities, TextDocumentPositionParams, TextDocumentSyncCapability,
    TextDocumentSyncKind, TextDocumentSyncOptions, TextDocumentSyncSaveOptions, Url,
};
use serde::de::DeserializeOwned;
use std::path::PathBuf;
use worldhost_check::Prover;
use worldhost_dev::{Symbol, symbols};
use worldhost_wit::{Dated, Edited};

pub struct Session<'a> {
    connection: &'a Connection,
    tree: Tree,
    from: Option<String>,
    project: Names,
    prover: Prover,
    edited: Edited,
    /// What the editor was told last.
    told: Report,
}

impl<'a> Session<'a> {
    /// Says what it can, and goes to the project that the editor has open.
    pub fn begin(
        connection: &'a Connection,
        tree: Tree,
        from: Option<String>,
        project: Names,
    ) -> anyhow::Result<Session<'a>> {
        let wanted = connection.initialize(serde_json::to_value(capabilities())?)?;
        let wanted: InitializeParams = serde_json::from_value(wanted)?;
        if let Some(root) = root(&wanted) {
            std::env::set_current_dir(&root)?;
        }
        Ok(Session {
            connection,
            tree,
            from,
            project,
            prover: Prover::new().map_err(anyhow::Error::from)?,
            edited: Edited::default(),
            told: Report::new(),
        })
    }

    /// Answers until the editor ends it. The exit code is 1 when it did so without a word.
    pub fn serve(mut self) -> anyhow::Result<i32> {
        let connection = self.connection;
        let mut is_old = false;
        loop {
            // Who types says more than once what the text is.
            let message = match is_old {
                true => connection.receiver.try_recv().ok(),
                false => match connection.receiver.recv() {
                    Ok(message) => Some(message),
                    Err(_) => return Ok(1),
                },
            };
            match message {
                None => {
                    self.publish()?;
                    is_old = false;
                }
                Some(Message::Request(request)) => {
                    if connection.handle_shutdown(&request)? {
                        return Ok(0);
                    }
                    let response = self.answer(request);
                    connection.sender.send(response.into())?;
                }
                Some(Message::Notification(note)) => is_old |= self.take(note),
                Some(Message::Response(_)) => {}
            }
        }
    }

    /// Takes what the editor says of its files; whether that makes a difference.
    fn take(&mut self, note: Notification) -> bool {
        match note.method.as_str() {
            DidOpenTextDocument::METHOD => {
                let opened: Option<DidOpenTextDocumentParams> = read(note.params);
                opened.is_some_and(|it| self.set(&it.text_document.uri, it.text_document.text))
            }
            DidChangeTextDocument::METHOD => {
                let changed: Option<DidChangeTextDocumentParams> = read(note.params);
                changed.is_some_and(|mut it| match it.content_changes.pop() {
                    Some(whole) => self.set(&it.text_document.uri, whole.text),
                    None => false,
                })
            }
            DidCloseTextDocument::METHOD => {
                let closed: Option<DidCloseTextDocumentParams> = read(note.params);
                let file = closed.and_then(|it| it.text_document.uri.to_file_path().ok());
                file.is_some_and(|file| {
                    self.edited.forget(&file);
                    true
                })
            }
            DidSaveTextDocument::METHOD => true,
            _ => false,
        }
    }

    fn set(&mut self, uri: &Url, text: String) -> bool {
        let Ok(file) = uri.to_file_path() else {
            return false;
        };
        let is_wit = file.extension().is_some_and(|found| found == "wit");
        if is_wit {
            self.edited.set(&file, text);
        }
        is_wit
    }

    /// Tells what is found now, where that is not what was told before.
    fn publish(&mut self) -> anyhow::Result<()> {
        let making = Making {
            tree: &self.tree,
            from: self.from.as_deref(),
            prover: &self.prover,
            edited: &self.edited,
            project: self.project,
        };
        let mut now = making.report();
        // While it is no WIT, nothing is known of the other files.
        for file in self.told.keys() {
            now.entry(file.clone()).or_default();
        }
        for (file, diagnostics) in &now {
            if self.told.get(file) == Some(diagnostics) {
                continue;
            }
            if let Some(uri) = url(file) {
                let told = PublishDiagnosticsParams::new(uri, diagnostics.clone(), None);
                let note = Notification::new(PublishDiagnostics::METHOD.into(), told);
                self.connection.sender.send(note.into())?;
            }
        }
        self.told = now;
        Ok(())
    }

    fn answer(&self, request: Request) -> Response {
        let id = request.id.clone();
        match request.method.as_str() {
            HoverRequest::METHOD => Response::new_ok(id, self.at(request).map(hover)),
            GotoDefinition::METHOD => {
                let place = self.at(request).and_then(|symbol| definition(&symbol));
                Response::new_ok(id, place)
            }
            other => {
                let words = format!("{other} is not known here");
                Response::new_err(id, ErrorCode::MethodNotFound as i32, words)
            }
        }
    }

    /// The name that a request is about.
    fn at(&self, request: Request) -> Option<Symbol> {
        let asked: TextDocumentPositionParams = read(request.params)?;
        let file = asked.text_document.uri.to_file_path().ok()?;
        let text = text(&self.edited, &file);
        let (word, column) = word(&text, asked.position)?;
        let line = asked.position.line as usize + 1;
        let file = file.canonicalize().unwrap_or(file);
        let mut found = self.tree.found().ok()?.all.into_iter();
        found.find_map(|subject| {
            let wit = subject.edited(&self.edited).ok()?;
            let world = wit.world(subject.world.as_deref()).ok()?;
            let now = Dated { wit: &wit, world };
            let all = symbols(now, subject.bindgen.as_ref()?).ok()?;
            all.into_iter().find(|one| {
                let place = &one.place;
                one.name == word.trim_start_matches('%')
                    && place.line == line
                    && place.column.abs_diff(column) <= 1
                    && path(&place.file) == file
            })
        })
    }
}

fn hover(symbol: Symbol) -> Hover {
    let value = format!("```rust\n{}\n```", symbol.rust.join("\n"));
    Hover {
        contents: HoverContents::Markup(MarkupContent {
            kind: MarkupKind::Markdown,
            value,
        }),
        range: None,
    }
}

fn definition(symbol: &Symbol) -> Option<GotoDefinitionResponse> {
    let place = symbol.implemented.as_ref()?;
    let text = std::fs::read_to_string(&place.file).unwrap_or_default();
    let range = range(&text, place.line, place.column);
    let uri = url(&place.file)?;
    Some(GotoDefinitionResponse::Scalar(Location::new(uri, range)))
}

fn capabilities() -> ServerCapabilities {
    let sync = TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::FULL),
        save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions {
            include_text: Some(false),
        })),
        ..TextDocumentSyncOptions::default()
    };
    ServerCapabilities {
        text_document_sync: Some(TextDocumentSyncCapability::Options(sync)),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        definition_provider: Some(OneOf::Left(true)),
        ..ServerCapabilities::default()
    }
}

/// The directory that the editor has open.
fn root(wanted: &InitializeParams) -> Option<PathBuf> {
    let folders = wanted.workspace_folders.iter().flatten();
    let first = folders.map(|folder| &folder.uri).next();
    #[allow(deprecated, reason = "older editors say it so")]
    let root = first.or(wanted.root_uri.as_ref())?;
    root.to_file_path().ok()
}

fn read<T: DeserializeOwned>(params: serde_json::Value) -> Option<T> {
    serde_json::from_value(params).ok()
}
