//! Population.
use crate::World;
use base::Timestamp;
pub struct Population;
pub struct Intent;
pub struct Poster;
impl Population {
    pub fn step(&mut self, _w: &mut World, _n: Timestamp) -> Vec<Intent> {
        Vec::new()
    }
}
