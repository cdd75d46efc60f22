//! A page of the list of people over HTTP at many people against the same page at ten thousand: what a page costs must
//! follow the page and not the company.

use std::time::Instant;

use serde_json::Value;

use super::company::{Company, calm, timed};
use super::http::Line;
use super::import::until;
use super::{Options, conclude, median};
use crate::demo;

const FEW: usize = 10_000;
const TIMES: usize = 15;

pub fn run(options: &Options) -> anyhow::Result<()> {
    let program = demo::build_server(!options.dev)?;
    let (few, many) = (Company::make(&program, FEW)?, Company::make(&program, options.rows)?);
    few.ask_for_filed_names()?;
    many.ask_for_filed_names()?;
    let began = Instant::now();
    let ((few_server, mut few_line), (many_server, mut many_line)) = (few.open()?, many.open()?);
    let (few_pages, many_pages) = (pages(FEW), pages(options.rows));
    until(&few_server, || Ok(few.filed_names()? >= FEW))?;
    until(&many_server, || Ok(many.filed_names()? >= options.rows))?;
    println!("the names of {} people: filed in {:.1} s", options.rows, began.elapsed().as_secs_f64());
    calm(&few_server)?;
    calm(&many_server)?;
    println!("{}", super::calibrate::line()?);
    let mut ratios = vec![Vec::new(); few_pages.len()];
    for round in 1..=options.rounds {
        for ((few, many), ratios) in few_pages.iter().zip(&many_pages).zip(&mut ratios) {
            let (few_ms, many_ms) = (page(&mut few_line, few)?, page(&mut many_line, many)?);
            if round == options.rounds {
                println!("people_list {}: {many_ms:.2} ms, of {FEW} {few_ms:.2} ms", few.name);
            }
            ratios.push(many_ms / few_ms);
        }
    }
    println!("{}", super::calibrate::line()?);
    for (page, ratios) in few_pages.iter().zip(&ratios) {
        conclude(&format!("people_list.{}", page.name), median(ratios), "<=1.5", "ten-thousand-people");
    }
    Ok(())
}

struct Page {
    name: &'static str,
    query: String,
    /// Who must be first, and how many at most and at least.
    first: Option<String>,
    items: usize,
}

/// The same pages of a company of so many.
fn pages(rows: usize) -> Vec<Page> {
    let id = |no: usize| format!("psn_{no:08}");
    let deep = rows / 10 * 9;
    vec![
        Page { name: "first", query: "limit=50".to_owned(), first: Some(id(1)), items: 50 },
        Page {
            name: "deep",
            query: format!("limit=50&cursor={}", id(deep)),
            first: Some(id(deep + 1)),
            items: 50,
        },
        // One in four hundred is called so.
        Page { name: "common_name", query: "limit=20&search=meiwang".to_owned(), first: None, items: 20 },
        // Nobody else has her number in her name.
        Page { name: "one_name", query: format!("limit=50&search={deep}"), first: Some(id(deep)), items: 1 },
    ]
}

fn page(line: &mut Line, page: &Page) -> anyhow::Result<f64> {
    let path = format!("/api/v1/people?{}", page.query);
    let (ms, said) = timed(line, TIMES, ("GET", &path, ""))?;
    let said: Value = serde_json::from_slice(&said)?;
    let items = said["items"].as_array().map_or(0, Vec::len);
    let first = said["items"][0]["id"].as_str();
    anyhow::ensure!(
        items == page.items && page.first.as_deref().is_none_or(|id| first == Some(id)),
        "{path} answers {items} people from {first:?}"
    );
    Ok(ms)
}
