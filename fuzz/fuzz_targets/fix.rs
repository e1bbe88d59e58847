#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| corpuslint_fuzz::run("fix", bytes));
