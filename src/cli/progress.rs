//! A bar on a terminal for those who wait longer than half a second.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Does some work, which counts what is done, and shows how far it is.
pub(super) fn watch<T>(total: usize, work: impl FnOnce(&AtomicUsize) -> T) -> T {
    let done = AtomicUsize::new(0);
    if !std::io::stderr().is_terminal() {
        return work(&done);
    }
    let (finished, wait) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        let counter = &done;
        let bar = scope.spawn(move || draw(total, counter, &wait));
        let result = work(&done);
        drop(finished);
        // The bar is gone before anything else is printed.
        let _ = bar.join();
        result
    })
}

fn draw(total: usize, done: &AtomicUsize, wait: &Receiver<()>) {
    if wait.recv_timeout(Duration::from_millis(500)) != Err(RecvTimeoutError::Timeout) {
        return;
    }
    let target = ProgressDrawTarget::stderr();
    let bar = ProgressBar::with_draw_target(Some(total as u64), target);
    let template = match total {
        // How much there is to do is not known in advance.
        0 => "{spinner} {human_pos} entries",
        _ => "{bar:40} {human_pos} of {human_len} files",
    };
    let style = ProgressStyle::with_template(template);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    loop {
        bar.set_position(done.load(Ordering::Relaxed) as u64);
        if wait.recv_timeout(Duration::from_millis(100)) != Err(RecvTimeoutError::Timeout) {
            bar.finish_and_clear();
            return;
        }
    }
}
