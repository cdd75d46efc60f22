//! `cargo xtask bench NAME`: product and yardstick in turn in one run, so that a noisy machine disturbs both alike.
//!
//! What counts is the median of the rounds' ratios. A calibration line before and after says what the disk was worth.

mod agree;
mod calibrate;
mod company;
mod footprint;
mod http;
mod import;
mod ingest;
mod live;
mod people_list;
mod process;
mod questions;
mod segments;
mod welcome;

use clap::ValueEnum;

#[derive(clap::Args)]
pub struct Options {
    name: Name,
    /// Measure the dev profile: quicker to build, of no value as a figure.
    #[arg(long)]
    dev: bool,
    /// Rounds; five at least for a figure.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Also what takes an hour: the cost of an event up to ten million stored ones.
    #[arg(long)]
    long: bool,
    /// People of the imported table or of the made company.
    #[arg(long, default_value_t = 1_000_000)]
    rows: usize,
    /// Random questions of `agree`, over the demo and over the made company each.
    #[arg(long, default_value_t = 10_000)]
    questions: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Name {
    /// Encrypted callbacks, acknowledged after fsync.
    Ingest,
    /// Greetings within WeCom's twenty seconds.
    Welcome,
    /// A table of people with tags against COPY.
    Import,
    /// Questions about people against chdb, DuckDB and PostgreSQL.
    Segments,
    /// A page of the list of people at many against few.
    #[value(name = "people_list")]
    PeopleList,
    /// Segments kept up to date while facts come in.
    Live,
    /// Random questions, to which memory and database must say the same.
    Agree,
    /// Time to ready, idle memory, sizes.
    Footprint,
    /// Every figure; not `agree`, which takes hours with a million people.
    All,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    let wanted = |name| options.name == name || options.name == Name::All;
    println!("{}", calibrate::line()?);
    if wanted(Name::Footprint) {
        footprint::run(options)?;
    }
    if wanted(Name::Ingest) {
        ingest::run(options)?;
    }
    if wanted(Name::Welcome) {
        welcome::run(options)?;
    }
    if wanted(Name::Import) {
        import::run(options)?;
    }
    if wanted(Name::Segments) {
        segments::run(options)?;
    }
    if wanted(Name::PeopleList) {
        people_list::run(options)?;
    }
    if wanted(Name::Live) {
        live::run(options)?;
    }
    // Ten thousand questions in SQL about a million people take hours, which nobody wants of all the others.
    if options.name == Name::Agree {
        agree::run(options)?;
    }
    Ok(())
}

/// The middle one; of an even number the lower middle.
fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN)
}

/// `ingest ratio=0.31 goal>=0.28 yardstick=axum-hello`.
fn conclude(name: &str, ratio: f64, goal: &str, yardstick: &str) {
    println!("{name} ratio={ratio:.3} goal={goal} yardstick={yardstick}");
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_median_is_the_middle() {
        assert!((super::median(&[3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!((super::median(&[4.0, 1.0, 2.0, 3.0]) - 2.0).abs() < f64::EPSILON);
        assert!(super::median(&[]).is_nan());
    }
}
