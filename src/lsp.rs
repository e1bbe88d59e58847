//! A language server (LSP 3.17) over two streams: an editor-shaped caller of [`crate::lint`].
//!
//! One thread reads messages, the other does all else. Whatever waits is taken in before anything is
//! judged, so a fast typist costs one check and not one a key; what is told at the end is about the
//! last state of every text.

mod actions;
mod card;
mod client;
mod complete;
mod cursor;
mod documents;
mod edit;
mod format;
mod home;
mod hover;
mod params;
mod place;
mod publish;
mod rename;
mod server;
mod symbol;
mod symbols;
mod wire;
mod world;

use std::collections::VecDeque;
use std::io::{BufReader, Read, Write};
use std::sync::mpsc::{self, Receiver, TryRecvError};

use crate::lint::Options;
use server::Server;
use wire::{Incoming, Out};

/// How a server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The editor asked it to shut down, and then to exit.
    Asked,
    /// The editor went away, or asked it to exit before it asked it to shut down.
    Abandoned,
}

/// Serves the editor at the other end of two streams, until it has enough. `options` gives what corpora
/// are checked with on the day on which it is called.
pub fn serve(
    input: impl Read + Send + 'static,
    output: &mut dyn Write,
    options: fn() -> Options,
) -> Ended {
    let (sender, receiver) = mpsc::channel();
    // It ends with the process: nobody can wake it while it waits for the editor.
    std::thread::spawn(move || {
        let mut input = BufReader::new(input);
        while let Ok(Some(incoming)) = wire::read(&mut input) {
            if sender.send(incoming).is_err() {
                return;
            }
        }
    });
    let mut queue = Queue {
        receiver,
        waiting: VecDeque::new(),
        is_open: true,
    };
    let mut server = Server::new(Out::new(output), options);
    loop {
        queue.fill();
        let Some(incoming) = queue.waiting.pop_front() else {
            if !queue.is_open || server.is_abandoned() {
                return Ended::Abandoned;
            }
            if server.settle() {
                continue;
            }
            queue.wait();
            continue;
        };
        if let Some(ended) = server.take(incoming, &queue.waiting) {
            return ended;
        }
    }
}

/// Messages that wait.
struct Queue {
    receiver: Receiver<Incoming>,
    waiting: VecDeque<Incoming>,
    is_open: bool,
}

impl Queue {
    /// Takes what is there.
    fn fill(&mut self) {
        loop {
            match self.receiver.try_recv() {
                Ok(incoming) => self.waiting.push_back(incoming),
                Err(TryRecvError::Empty) => return,
                Err(TryRecvError::Disconnected) => {
                    self.is_open = false;
                    return;
                }
            }
        }
    }

    /// Waits for the next.
    fn wait(&mut self) {
        match self.receiver.recv() {
            Ok(incoming) => self.waiting.push_back(incoming),
            Err(_) => self.is_open = false,
        }
    }
}
