//! The life of a server, and who answers what.

use std::collections::VecDeque;
use std::path::PathBuf;

use lsp_server::{ErrorCode, Message, Notification, Request};
use serde_json::{Value, json};

use super::Ended;
use super::actions;
use super::client::Client;
use super::complete;
use super::documents::Document;
use super::format;
use super::hover;
use super::params::{Answer, Params, Refusal};
use super::place;
use super::publish::Published;
use super::rename;
use super::symbol;
use super::symbols;
use super::wire::{Incoming, Out};
use super::world::World;
use crate::lint::Options;
use crate::profile;

/// A server.
pub(super) struct Server<'o> {
    out: Out<'o>,
    options: fn() -> Options,
    /// What it knows, from `initialize` on.
    world: Option<World>,
    published: Published,
    /// Whether the editor asked it to shut down.
    is_shut_down: bool,
    /// Whether something was taken in since the editor was told last.
    is_behind: bool,
}

impl<'o> Server<'o> {
    pub(super) fn new(out: Out<'o>, options: fn() -> Options) -> Self {
        Self {
            out,
            options,
            world: None,
            published: Published::default(),
            is_shut_down: false,
            is_behind: false,
        }
    }

    /// Whether nobody listens any more.
    pub(super) fn is_abandoned(&self) -> bool {
        self.out.is_closed
    }

    /// Judges what was taken in, and tells the editor. Gives whether there was anything.
    pub(super) fn settle(&mut self) -> bool {
        if !std::mem::take(&mut self.is_behind) || self.is_shut_down {
            return false;
        }
        let Some(world) = &mut self.world else {
            return false;
        };
        world.settle();
        self.published.tell(world, &mut self.out);
        true
    }

    /// Takes a message; `waiting` are those behind it. Gives how the server ends, where it does.
    pub(super) fn take(
        &mut self,
        incoming: Incoming,
        waiting: &VecDeque<Incoming>,
    ) -> Option<Ended> {
        match incoming {
            Incoming::Broken { id, code, message } => self.out.error(&id, code, &message),
            Incoming::Message(Message::Request(request)) => self.answer(&request, waiting),
            Incoming::Message(Message::Notification(notification)) => {
                if notification.method == "exit" {
                    return Some(match self.is_shut_down {
                        true => Ended::Asked,
                        false => Ended::Abandoned,
                    });
                }
                self.hear(&notification);
            }
            // The answers of the editor change nothing.
            Incoming::Message(Message::Response(_)) => {}
        }
        None
    }

    fn answer(&mut self, request: &Request, waiting: &VecDeque<Incoming>) {
        let answer = if is_cancelled(request, waiting) {
            Err(Refusal {
                code: ErrorCode::RequestCanceled,
                message: "the request was cancelled".to_owned(),
            })
        } else {
            self.respond(request)
        };
        match answer {
            Ok(value) => self.out.result(&request.id, &value),
            Err(Refusal { code, message }) => self.out.error(&json!(request.id), code, &message),
        }
    }

    fn respond(&mut self, request: &Request) -> Answer {
        let refuse = |code, message: &str| {
            let message = message.to_owned();
            Err(Refusal { code, message })
        };
        if self.is_shut_down {
            return refuse(ErrorCode::InvalidRequest, "the server was shut down");
        }
        let is_first = request.method == "initialize";
        let Some(world) = &mut self.world else {
            if !is_first {
                let message = "`initialize` must come first";
                return refuse(ErrorCode::ServerNotInitialized, message);
            }
            let client = Client::read(&request.params);
            let answer = client.answer();
            self.world = Some(World::new(client, self.options));
            return Ok(answer);
        };
        if is_first {
            return refuse(ErrorCode::InvalidRequest, "`initialize` came before");
        }
        if request.method == "shutdown" {
            self.is_shut_down = true;
            return Ok(Value::Null);
        }
        dispatch(world, &request.method, Params(&request.params))
    }

    fn hear(&mut self, notification: &Notification) {
        let Some(world) = self.world.as_mut().filter(|_| !self.is_shut_down) else {
            return;
        };
        self.is_behind |= notification.method != "$/cancelRequest";
        let params = Params(&notification.params);
        let out = &mut self.out;
        if let Err(refusal) = hear(world, &notification.method, params, out) {
            // There is nobody to answer to, so it is written into the log of the editor.
            let message = format!("`{}`: {}", notification.method, refusal.message);
            let message = crate::report::Escaped(&message).to_string();
            self.out
                .notify("window/logMessage", json!({"type": 2, "message": message}));
        }
    }
}

/// Whether a message behind a request takes it back.
fn is_cancelled(request: &Request, waiting: &VecDeque<Incoming>) -> bool {
    let id = json!(request.id);
    waiting.iter().any(|incoming| {
        matches!(incoming, Incoming::Message(Message::Notification(behind))
            if behind.method == "$/cancelRequest" && behind.params["id"] == id)
    })
}

fn dispatch(world: &mut World, method: &str, params: Params<'_>) -> Answer {
    match method {
        "textDocument/codeAction" => actions::actions(world, params),
        "textDocument/completion" => complete::complete(world, params),
        "completionItem/resolve" => complete::resolve(world, params),
        "textDocument/hover" => hover::hover(world, params),
        "textDocument/formatting" => format::format(world, params),
        "textDocument/definition" => symbol::definition(world, params),
        "textDocument/prepareRename" => rename::prepare(world, params),
        "textDocument/rename" => rename::rename(world, params),
        "textDocument/references" => symbol::references(world, params),
        "textDocument/documentSymbol" => symbols::document(world, params),
        "workspace/symbol" => symbols::workspace(world, params),
        _ => Err(Refusal {
            code: ErrorCode::MethodNotFound,
            message: format!("there is no request `{method}`"),
        }),
    }
}

fn hear(
    world: &mut World,
    method: &str,
    params: Params<'_>,
    out: &mut Out<'_>,
) -> Result<(), Refusal> {
    match method {
        "initialized" => {
            world.open_folders();
            watch(world, out);
        }
        "textDocument/didOpen" => open(world, params)?,
        "textDocument/didChange" => change(world, params)?,
        "textDocument/didClose" => {
            if let Some(path) = path(params)? {
                world.documents.close(&path);
                world.touch(&path);
            }
        }
        "textDocument/didSave" => saved(world, params)?,
        "workspace/didChangeWatchedFiles" => watched(world, params)?,
        "workspace/didChangeWorkspaceFolders" => folders(world, params)?,
        // Others tell nothing that matters here.
        _ => {}
    }
    Ok(())
}

/// The path of the text that a message is about; `None` where it is not on disk.
fn path(params: Params<'_>) -> Result<Option<PathBuf>, Refusal> {
    params.text("/textDocument/uri").map(place::path_of)
}

fn open(world: &mut World, params: Params<'_>) -> Result<(), Refusal> {
    let document = Document {
        uri: params.text("/textDocument/uri")?.to_owned(),
        version: params.number("/textDocument/version")?,
        text: params.text("/textDocument/text")?.to_owned(),
    };
    let Some(path) = place::path_of(&document.uri) else {
        return Ok(());
    };
    world.open_around(&path);
    world.documents.open(path.clone(), document);
    world.touch(&path);
    Ok(())
}

/// What is beside the saved text may have changed unseen.
fn saved(world: &mut World, params: Params<'_>) -> Result<(), Refusal> {
    let path = path(params)?;
    let is_profile = path.is_some_and(|path| {
        let is_new = world
            .home_of(&path)
            .is_none_or(|home| !world.homes[home].is_configuration(&path));
        is_new
            && path
                .file_name()
                .is_some_and(|name| name == profile::FILE_NAME)
    });
    if is_profile {
        reopen(world);
    } else {
        world.homes.iter_mut().for_each(super::home::Home::rescan);
    }
    Ok(())
}

fn change(world: &mut World, params: Params<'_>) -> Result<(), Refusal> {
    let Some(path) = path(params)? else {
        return Ok(());
    };
    let encoding = world.client.encoding;
    let Some(document) = world.documents.get_mut(&path) else {
        return Err(Refusal::failed("the text was not opened"));
    };
    let version = params.number("/textDocument/version");
    let changed = document.change(params.list("/contentChanges")?, encoding);
    document.version = version.unwrap_or(document.version);
    world.touch(&path);
    changed
}

/// Asks the editor to tell of changes on disk.
fn watch(world: &World, out: &mut Out<'_>) {
    if !world.client.watches {
        return;
    }
    let globs = [
        "**/*.{yaml,yml,json,md}".to_owned(),
        format!("**/{}", profile::FILE_NAME),
    ];
    let watchers: Vec<Value> = globs
        .iter()
        .map(|glob| json!({"globPattern": glob}))
        .collect();
    let method = "workspace/didChangeWatchedFiles";
    let registration = json!({
        "id": "files",
        "method": method,
        "registerOptions": {"watchers": watchers},
    });
    let params = json!({"registrations": [registration]});
    out.ask("client/registerCapability", params);
}

/// Looks at the disk where the editor says that something has changed there.
fn watched(world: &mut World, params: Params<'_>) -> Result<(), Refusal> {
    let mut is_elsewhere = false;
    for change in params.list("/changes")? {
        let change = Params(change);
        let Some(path) = place::path_of(change.text("/uri")?) else {
            continue;
        };
        let is_profile = path
            .file_name()
            .is_some_and(|name| name == profile::FILE_NAME);
        // A profile that comes or goes decides anew which corpora there are.
        is_elsewhere |= is_profile && change.number("/type")? != 2;
    }
    if is_elsewhere {
        reopen(world);
    } else {
        world.homes.iter_mut().for_each(super::home::Home::rescan);
    }
    Ok(())
}

fn folders(world: &mut World, params: Params<'_>) -> Result<(), Refusal> {
    let paths = |list: &[Value]| -> Vec<PathBuf> {
        let uris = list.iter().filter_map(|folder| folder["uri"].as_str());
        uris.filter_map(place::path_of).collect()
    };
    let added = paths(params.list("/event/added")?);
    let removed = paths(params.list("/event/removed")?);
    world
        .client
        .folders
        .retain(|folder| !removed.contains(folder));
    world.client.folders.extend(added);
    reopen(world);
    Ok(())
}

/// Looks for the corpora again.
fn reopen(world: &mut World) {
    world.homes.clear();
    world.open_folders();
    for path in world.documents.paths().cloned().collect::<Vec<_>>() {
        world.open_around(&path);
    }
}
