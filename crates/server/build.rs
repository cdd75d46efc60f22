//! Makes sure the folder of built pages exists, so that Rust work needs no JavaScript.

use std::path::Path;

fn main() {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist");
    if !dist.exists() {
        std::fs::create_dir_all(&dist).expect("web/ can be written");
    }
    println!("cargo::rerun-if-changed={}", dist.display());
}
