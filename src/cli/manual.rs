//! `corpuslint completions` and `corpuslint man`: what the argument parser knows about itself.

use clap_complete::Shell;

use super::{Failure, Outcome, command, output};

/// Arguments of `completions`.
#[derive(clap::Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn completions(args: &CompletionsArgs) -> Result<Outcome, Failure> {
    // The generator panics where it cannot write, which memory always takes.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command(), "corpuslint", &mut script);
    output::print(|out| out.write_all(&script))?;
    Ok(Outcome::Clean)
}

/// One page after the other: the program, then each command.
pub(super) fn man() -> Result<Outcome, Failure> {
    let mut program = command().disable_help_subcommand(true);
    program.build();
    let commands: Vec<clap::Command> = program.get_subcommands().cloned().collect();
    output::print(|out| {
        for page in std::iter::once(program).chain(commands) {
            clap_mangen::Man::new(page).render(out)?;
        }
        Ok(())
    })?;
    Ok(Outcome::Clean)
}
