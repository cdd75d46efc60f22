//! Lists `migrations/*.sql` at compile time, so that a new migration is one new file and nothing else.

use std::fmt::Write as _;
use std::path::Path;

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("the folder migrations/ lies at the workspace root")
        .filter_map(|entry| entry.ok().map(|e| e.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "sql"))
        .collect();
    files.sort();
    let mut code = String::from(
        "/// `(version, name, SQL)` of every migration, ascending.\npub const MIGRATIONS: &[(i64, &str, &str)] = &[\n",
    );
    for path in files {
        let path = path.canonicalize().expect("a file that was just listed");
        let stem = path.file_stem().and_then(|s| s.to_str()).expect("migration names are ASCII");
        let (version, name) = stem.split_once('_').expect("migration names look like 0001_word.sql");
        let version: i64 = version.parse().expect("migration names start with a number");
        writeln!(code, "    ({version}, {name:?}, include_str!({:?})),", path.display().to_string())
            .expect("writing to a string");
    }
    code.push_str("];\n");
    let out = Path::new(&std::env::var("OUT_DIR").expect("set by cargo")).join("migrations.rs");
    std::fs::write(out, code).expect("OUT_DIR can be written");
}
