//! From a file an entry to a bundle: in memory are the outlines of all entries, and a batch of whole
//! ones.

use super::*;
use crate::migrate::stix::{Lines, Writer, outline};

/// Reads all entries twice: for what the objects of others depend on, then for their own objects.
pub(super) fn run(
    job: &Job<'_>,
    mut found: Found,
    sink: &dyn Sink,
    progress: &AtomicUsize,
) -> Result<Migrated, MigrateError> {
    let mut losses = std::mem::take(&mut found.strays);
    let stems = found.files.iter().map(|file| stem(&file.path));
    with_owner(&mut found.unknown, stems, &mut losses);
    let (model, order) = outlines(job, &found, &mut losses)?;
    let writer = Writer::new(&model, job.layout);
    let put = |text: String| sink.put("", text.as_bytes());
    let mut lines = Lines::default();
    writer.begin(&mut lines);
    let numbered: Vec<(usize, usize)> = order.into_iter().enumerate().collect();
    for batch in numbered.chunks(BATCH) {
        let objects = batch.par_iter().map(|&(number, file)| {
            let (entry, _) = found.read(&found.files[file], job.layout)?;
            progress.fetch_add(1, Ordering::Relaxed);
            if outline(&entry, job.layout) != model.entries[number] {
                let reason = "the file was changed meanwhile; run again";
                return Err(MigrateError::new(Path::new(&entry.path), reason));
            }
            Ok(writer.object(&entry))
        });
        let objects: Vec<String> = objects.collect::<Result<_, _>>()?;
        for object in objects {
            lines.push(&object);
        }
        put(lines.take())?;
    }
    writer.end(&mut lines, &mut |lines| put(lines.take()))?;
    put(lines.finish())?;
    Ok(Migrated {
        entries: model.entries.len(),
        files: 1,
        losses: losses.finish(),
        verification: None,
    })
}

/// The outlines of all entries in the order of their paths, and the file that each is in.
fn outlines(
    job: &Job<'_>,
    found: &Found,
    losses: &mut Losses,
) -> Result<(Model, Vec<usize>), MigrateError> {
    let read = found.files.par_iter().enumerate().map(|(number, file)| {
        let (entry, losses) = found.read(file, job.layout)?;
        Ok((outline(&entry, job.layout), number, losses))
    });
    let read: Vec<(Entry, usize, Losses)> = read.collect::<Result<_, MigrateError>>()?;
    let mut outlines = Vec::with_capacity(read.len());
    for (entry, number, more) in read {
        losses.extend(more);
        outlines.push((entry, number));
    }
    outlines.sort_by(|a, b| a.0.path.cmp(&b.0.path));
    let (entries, order) = outlines.into_iter().unzip();
    let mut model = Model {
        entries,
        unknown: found.unknown.clone(),
    };
    refuse_twice(&mut model)?;
    Ok((model, order))
}
