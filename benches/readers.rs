//! The reader of plain YAML against the full parser: that they agree, and what each costs.
//!
//! ```text
//! cargo bench --bench readers -- mutants DIR SEED COUNT   compare them on damaged entries of DIR
//! cargo bench --bench readers -- time DIR ROUNDS          read every file of DIR, already in memory
//! ```
//!
//! `mutants` prints the first source on which they differ, and ends with 1.

#![allow(clippy::print_stdout, clippy::print_stderr)] // it is run by a person

#[path = "../tests/common/mutants.rs"]
mod mutants;
#[path = "../tests/common/random.rs"]
mod random;

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use corpuslint::syntax::{Format, Limits, Parser, disagreement, parse_by, parse_plain};
use random::Random;
use rayon::prelude::*;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| a != "--bench")
        .collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["mutants", folder, seed, count] => {
            let seed = seed.parse().expect("a seed");
            let count = count.parse().expect("a number of mutants");
            mutants(Path::new(folder), seed, count)
        }
        ["time", folder, rounds] => {
            time(Path::new(folder), rounds.parse().expect("rounds"));
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("usage: mutants DIR SEED COUNT | time DIR ROUNDS");
            ExitCode::from(2)
        }
    }
}

/// The texts of all YAML files under a folder, in order of their paths.
fn texts(folder: &Path) -> Vec<String> {
    let mut paths: Vec<_> = ignore::WalkBuilder::new(folder)
        .standard_filters(false)
        .build()
        .filter_map(Result::ok)
        .map(ignore::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|found| found == "yaml"))
        .collect();
    paths.sort();
    let read = |path| std::fs::read_to_string(path).expect("a text");
    paths.iter().map(read).collect()
}

fn mutants(folder: &Path, seed: u64, count: usize) -> ExitCode {
    const PIECE: usize = 10_000;
    let whole = texts(folder);
    let mut sources: Vec<String> = whole.iter().map(|text| mutants::cut(text)).collect();
    // As many of those that hold everything as of real ones, and some real ones at full length.
    let real = sources.len();
    while sources.len() < 2 * real {
        sources.extend(mutants::seeds());
    }
    sources.extend(whole.into_iter().step_by(20));
    let limits = Limits::default();
    let pieces: Vec<u64> = (0..count.div_ceil(PIECE) as u64).collect();
    let compared = pieces.par_iter().map(|piece| {
        let mut random = Random::new(seed.wrapping_mul(1_000_003).wrapping_add(*piece));
        let mut plain = 0;
        for _ in 0..PIECE {
            let source = mutants::mutant(&sources, &mut random);
            if let Some(difference) = disagreement(&source, &limits) {
                return Err(difference);
            }
            plain += usize::from(parse_plain(&source, &limits).is_some());
        }
        Ok(plain)
    });
    match compared.try_reduce(|| 0, |one, other| Ok(one + other)) {
        Ok(plain) => {
            let tried = pieces.len() * PIECE;
            println!("{tried} mutants, {plain} read plainly, no difference (seed {seed})");
            ExitCode::SUCCESS
        }
        Err(difference) => {
            println!("{difference}");
            ExitCode::FAILURE
        }
    }
}

fn time(folder: &Path, rounds: usize) {
    let texts = texts(folder);
    let bytes: usize = texts.iter().map(String::len).sum();
    let limits = Limits::default();
    let sure = texts
        .iter()
        .filter(|text| parse_plain(text, &limits).is_some());
    println!(
        "{} files, {bytes} bytes, {} read plainly",
        texts.len(),
        sure.count()
    );
    for parser in [Parser::Full, Parser::PlainFirst] {
        let mut took: Vec<Duration> = (0..rounds.max(1))
            .map(|_| {
                let begin = Instant::now();
                for text in &texts {
                    std::hint::black_box(parse_by(parser, text, Format::Yaml, None, &limits));
                }
                begin.elapsed()
            })
            .collect();
        took.sort();
        let file = took[took.len() / 2].as_secs_f64() * 1e6 / texts.len() as f64;
        println!("{parser:?}: {file:.2} µs a file");
    }
}
