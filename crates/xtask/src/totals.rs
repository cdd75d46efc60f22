//! Reads from a test runner's output how many tests passed and failed.

/// Tests that passed, failed, or were left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub passed: u64,
    pub failed: u64,
    pub ignored: u64,
}

impl Totals {
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
    }

    /// `test result: ok. 12 passed; 0 failed; 1 ignored; …`, one line per test binary.
    pub fn of_cargo(text: &str) -> Self {
        let mut totals = Self::default();
        for line in text.lines().filter_map(|l| l.trim().strip_prefix("test result: ")) {
            totals.passed += before(line, "passed");
            totals.failed += before(line, "failed");
            totals.ignored += before(line, "ignored");
        }
        totals
    }

    /// `Tests  1 failed | 12 passed (13)`, one line per vitest run.
    pub fn of_vitest(text: &str) -> Self {
        let mut totals = Self::default();
        for line in text.lines().filter_map(|l| l.trim().strip_prefix("Tests ")) {
            totals.passed += before(line, "passed");
            totals.failed += before(line, "failed");
            totals.ignored += before(line, "skipped") + before(line, "todo");
        }
        totals
    }

    /// `# pass 12` (tap) or `ℹ pass 12` (spec), one block per run of node's own runner.
    pub fn of_node(text: &str) -> Self {
        let mut totals = Self::default();
        for line in text.lines() {
            let mut words = line.split_whitespace();
            if !matches!(words.next(), Some("#" | "\u{2139}")) {
                continue;
            }
            let (word, number) =
                (words.next().unwrap_or_default(), words.next().and_then(|n| n.parse::<u64>().ok()));
            match (word, number) {
                ("pass", Some(n)) => totals.passed += n,
                ("fail" | "cancelled", Some(n)) => totals.failed += n,
                ("skipped" | "todo", Some(n)) => totals.ignored += n,
                _ => {}
            }
        }
        totals
    }
}

/// The number that stands before `word`; 0 when the word is not there.
fn before(line: &str, word: &str) -> u64 {
    let words: Vec<&str> = line.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    words.windows(2).find(|pair| pair[1] == word).and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_runner_is_read() {
        let cargo = "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured\n\
                     test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured\n";
        assert_eq!(Totals::of_cargo(cargo), Totals { passed: 15, failed: 2, ignored: 1 });
        let vitest =
            " Test Files  1 failed | 3 passed (4)\n      Tests  1 failed | 12 passed | 2 skipped (15)\n";
        assert_eq!(Totals::of_vitest(vitest), Totals { passed: 12, failed: 1, ignored: 2 });
        let spec =
            "\u{2139} tests 4\n\u{2139} pass 3\n\u{2139} fail 1\n\u{2139} cancelled 0\n\u{2139} skipped 0\n";
        assert_eq!(Totals::of_node(spec), Totals { passed: 3, failed: 1, ignored: 0 });
        assert_eq!(Totals::of_node("# pass 2\n# fail 0\n"), Totals { passed: 2, failed: 0, ignored: 0 });
        assert_eq!(Totals::of_cargo("no tests here"), Totals::default());
    }
}
