//! Chance as a value: a ChaCha stream from a seed, with named independent children.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};

/// A deterministic stream of chance. The same seed gives the same stream on every machine.
#[derive(Clone, Debug)]
pub struct Rng {
    seed: Seed,
    stream: ChaCha8Rng,
}

#[derive(Clone, Debug)]
enum Seed {
    /// Anybody may know it: tests, demos, simulations.
    Open(u64),
    /// Nobody may guess it: a server's keys, tokens and ids.
    Secret(crate::Secret<[u8; 32]>),
}

impl Rng {
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self { seed: Seed::Open(seed), stream: ChaCha8Rng::seed_from_u64(seed) }
    }
    /// A stream that nobody can foresee, from 256 bits of entropy.
    #[must_use]
    pub fn unforeseeable(entropy: [u8; 32]) -> Self {
        Self { seed: Seed::Secret(crate::Secret::new(entropy)), stream: ChaCha8Rng::from_seed(entropy) }
    }
    /// An independent stream for one purpose: one more draw in it doesn't shift any other.
    #[must_use]
    pub fn child(&self, name: &str) -> Self {
        match &self.seed {
            Seed::Open(seed) => Self::seeded(fnv1a(seed ^ 0x9e37_79b9_7f4a_7c15, name.as_bytes())),
            Seed::Secret(key) => {
                // The parent's key on a stream of the child's own gives the child's key.
                let mut parent = ChaCha8Rng::from_seed(*key.reveal());
                parent.set_stream(fnv1a(0, name.as_bytes()) | 1);
                let mut child = [0u8; 32];
                parent.fill_bytes(&mut child);
                Self::unforeseeable(child)
            }
        }
    }
    pub fn u64(&mut self) -> u64 {
        self.stream.next_u64()
    }
    /// A number in `0..n`; 0 when `n` is 0.
    pub fn below(&mut self, n: u64) -> u64 {
        if n == 0 { 0 } else { ((u128::from(self.u64()) * u128::from(n)) >> 64) as u64 }
    }
    /// A number in `0.0..1.0`.
    pub fn unit(&mut self) -> f64 {
        (self.u64() >> 11) as f64 / (1u64 << 53) as f64
    }
    /// True with probability `p`.
    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }
    /// One element, or `None` of an empty slice.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(usize::try_from(self.below(of.len() as u64)).unwrap_or(0))
    }
    pub fn fill(&mut self, bytes: &mut [u8]) {
        self.stream.fill_bytes(bytes);
    }
    /// A normal deviate (Box–Muller).
    pub fn normal(&mut self, mean: f64, sd: f64) -> f64 {
        let (u, v) = (self.unit().max(f64::MIN_POSITIVE), self.unit());
        mean + sd * (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    }
    /// A log-normal deviate with the given median.
    pub fn log_normal(&mut self, median: f64, sigma: f64) -> f64 {
        median * self.normal(0.0, sigma).exp()
    }
}

fn fnv1a(start: u64, bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(start ^ 0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_streams_have_independent_children_and_never_print_their_key() {
        let root = Rng::unforeseeable([9; 32]);
        let (mut own, mut a, mut b, mut again) =
            (root.clone(), root.child("a"), root.child("b"), root.child("a"));
        let first = a.u64();
        assert_eq!(first, again.u64());
        assert!(first != b.u64() && first != own.u64());
        assert!(format!("{:?}", root.seed).contains("***"));
    }

    #[test]
    fn children_are_independent_and_repeatable() {
        let root = Rng::seeded(7);
        let (mut a, mut b, mut again) = (root.child("a"), root.child("b"), root.child("a"));
        let first = a.u64();
        assert_ne!(first, b.u64());
        assert_eq!(first, again.u64());
        for _ in 0..1_000 {
            assert!(a.below(10) < 10);
            assert!((0.0..1.0).contains(&a.unit()));
        }
    }
}
