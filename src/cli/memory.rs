//! The pages in which the system gives memory.

/// Asks for small pages only, in all of the process. Of large ones fewer have to be asked for, which is
/// quicker where much is needed at once and for a moment; but parts of them lie idle, and a corpus of
/// 100,000 entries takes a quarter more.
pub(super) fn use_small_pages() {
    // A system that does not know them, or forbids this, goes on as it is.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}
