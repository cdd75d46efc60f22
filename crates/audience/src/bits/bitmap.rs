//! A compressed set of numbers: containers of 65,536 neighbours, kept by their upper halves.

use super::container::Container;
use super::words;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bitmap {
    /// Ascending.
    pub(crate) keys: Vec<u16>,
    /// Never empty; one for each key.
    pub(crate) containers: Vec<Container>,
}

pub const fn halves(person: u32) -> (u16, u16) {
    ((person >> 16) as u16, person as u16)
}

pub const fn whole(key: u16, low: u16) -> u32 {
    (key as u32) << 16 | low as u32
}

impl Bitmap {
    fn position(&self, key: u16) -> Result<usize, usize> {
        // People are numbered without gaps, so a key is mostly where it would be without gaps.
        match self.keys.get(usize::from(key)) {
            Some(found) if *found == key => Ok(usize::from(key)),
            _ => self.keys.binary_search(&key),
        }
    }

    pub fn container(&self, key: u16) -> Option<&Container> {
        self.position(key).ok().map(|at| &self.containers[at])
    }

    pub fn contains(&self, person: u32) -> bool {
        let (key, low) = halves(person);
        self.container(key).is_some_and(|c| c.contains(low))
    }

    pub fn insert(&mut self, person: u32) -> bool {
        let (key, low) = halves(person);
        match self.position(key) {
            Ok(at) => self.containers[at].insert(low),
            Err(at) => {
                if self.keys.len() == self.keys.capacity() {
                    self.keys.reserve_exact(self.keys.len() / 4 + 1);
                    self.containers.reserve_exact(self.containers.len() / 4 + 1);
                }
                self.keys.insert(at, key);
                self.containers.insert(at, Container::of(low));
                true
            }
        }
    }

    pub fn remove(&mut self, person: u32) -> bool {
        let (key, low) = halves(person);
        let Ok(at) = self.position(key) else { return false };
        let removed = self.containers[at].remove(low);
        if removed && self.containers[at].len() == 0 {
            self.keys.remove(at);
            self.containers.remove(at);
        }
        removed
    }

    /// Puts in or takes out. True when that changed anything.
    pub fn put(&mut self, person: u32, present: bool) -> bool {
        if present { self.insert(person) } else { self.remove(person) }
    }

    /// Replaces a whole container; `None` empties it.
    pub fn put_container(&mut self, key: u16, container: Option<Container>) {
        match (self.position(key), container) {
            (Ok(at), Some(container)) => self.containers[at] = container,
            (Ok(at), None) => {
                self.keys.remove(at);
                self.containers.remove(at);
            }
            (Err(at), Some(container)) => {
                self.keys.insert(at, key);
                self.containers.insert(at, container);
            }
            (Err(_), None) => {}
        }
    }

    pub fn len(&self) -> u64 {
        self.containers.iter().map(|c| u64::from(c.len())).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.containers.is_empty()
    }

    /// Ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.keys
            .iter()
            .zip(&self.containers)
            .flat_map(|(key, container)| container.iter().map(move |low| whole(*key, low)))
    }

    /// From ascending numbers; repetitions do no harm.
    pub fn from_ascending(people: impl IntoIterator<Item = u32>) -> Self {
        let mut bitmap = Self::default();
        let (mut now, mut list) = (0, Vec::new());
        for person in people {
            let (key, low) = halves(person);
            if key != now {
                bitmap.push(now, std::mem::take(&mut list));
                now = key;
            }
            if list.last() != Some(&low) {
                list.push(low);
            }
        }
        bitmap.push(now, list);
        bitmap.keys.shrink_to_fit();
        bitmap.containers.shrink_to_fit();
        bitmap
    }

    fn push(&mut self, key: u16, list: Vec<u16>) {
        if let Some(container) = Container::from_ascending(list) {
            self.keys.push(key);
            self.containers.push(container);
        }
    }

    pub fn or_assign(&mut self, other: &Self) {
        for (key, container) in other.keys.iter().zip(&other.containers) {
            let mine = self.container(*key);
            let joined = match mine {
                None => Some(container.clone()),
                Some(mine) => {
                    let mut bits = words::zeroed();
                    mine.or_into(&mut bits);
                    container.or_into(&mut bits);
                    Container::from_words(&bits)
                }
            };
            self.put_container(*key, joined);
        }
    }

    pub fn shrink(&mut self) {
        self.keys.shrink_to_fit();
        self.containers.iter_mut().for_each(Container::shrink);
        self.containers.shrink_to_fit();
    }

    /// The same, and lists in half their room.
    pub fn pack(&mut self) {
        self.keys.shrink_to_fit();
        self.containers.iter_mut().for_each(Container::pack);
        self.containers.shrink_to_fit();
    }

    /// Bytes of memory, with what an allocator adds to each block, roughly.
    pub fn bytes(&self) -> usize {
        let heads = self.keys.capacity() * 2 + self.containers.capacity() * size_of::<Container>();
        heads + 16 * 2 + self.containers.iter().map(|c| c.bytes() + 8).sum::<usize>()
    }
}
