//! External ids and their dense numbers. A number is given once and never again.

/// Grows by one number per new id. Costs the id's bytes and some 20 more.
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    pub(crate) text: String,
    /// Where each id ends in the text.
    pub(crate) ends: Vec<u64>,
    /// Open addressing: 0 is free, else the number plus 1. Its length is a power of two.
    slots: Vec<u32>,
}

impl Dictionary {
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The id behind a number.
    #[must_use]
    pub fn id(&self, number: u32) -> Option<&str> {
        let at = number as usize;
        let end = *self.ends.get(at)?;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        self.text.get(start as usize..end as usize)
    }

    #[must_use]
    pub fn find(&self, id: &str) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        match self.slots[self.slot(id)] {
            0 => None,
            taken => Some(taken - 1),
        }
    }

    /// The id's number, a new one if it has none.
    ///
    /// # Panics
    /// Past 4,294,967,294 ids.
    pub fn number(&mut self, id: &str) -> u32 {
        if self.slots.len() < (self.len() + 1) * 4 / 3 + 1 {
            self.grow();
        }
        let slot = self.slot(id);
        if let Some(number) = self.slots[slot].checked_sub(1) {
            return number;
        }
        let number = u32::try_from(self.len()).ok().filter(|n| *n < u32::MAX - 1);
        let number = number.expect("fewer than 2^32 people");
        self.text.push_str(id);
        self.ends.push(self.text.len() as u64);
        self.slots[slot] = number + 1;
        number
    }

    pub(crate) fn bytes(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * 8 + self.slots.capacity() * 4
    }

    /// From a snapshot's parts; `None` when they don't fit together.
    pub(crate) fn of(text: String, ends: Vec<u64>) -> Option<Self> {
        let in_order = ends.windows(2).all(|pair| pair[0] <= pair[1]);
        let at_borders = ends.iter().all(|end| text.is_char_boundary(*end as usize));
        if !in_order || !at_borders || ends.last().copied().unwrap_or(0) != text.len() as u64 {
            return None;
        }
        let mut dictionary = Self { text, ends, slots: Vec::new() };
        dictionary.grow();
        Some(dictionary)
    }

    /// Where the id is, or where it would be put.
    fn slot(&self, id: &str) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = hash(id.as_bytes()) as usize & mask;
        loop {
            match self.slots[at] {
                0 => return at,
                taken if self.id(taken - 1) == Some(id) => return at,
                _ => at = (at + 1) & mask,
            }
        }
    }

    fn grow(&mut self) {
        let wanted = ((self.len() + 1) * 2).next_power_of_two().max(16);
        self.slots = vec![0; wanted];
        for number in 0..self.len() as u32 {
            let id = self.id(number).unwrap_or_default();
            let mut at = hash(id.as_bytes()) as usize & (wanted - 1);
            while self.slots[at] != 0 {
                at = (at + 1) & (wanted - 1);
            }
            self.slots[at] = number + 1;
        }
    }
}

/// Ids come from the platform, not from an attacker who could choose thousands of them; so speed may come first.
fn hash(bytes: &[u8]) -> u64 {
    let mut state = 0x9e37_79b9_7f4a_7c15u64 ^ bytes.len() as u64;
    for chunk in bytes.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        state = (state ^ u64::from_le_bytes(word)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        state ^= state >> 32;
    }
    state ^ state >> 29
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_dense_and_stay() {
        let mut dictionary = Dictionary::default();
        for i in 0..5_000u32 {
            assert_eq!(dictionary.number(&format!("wm_{i}")), i);
        }
        assert_eq!(dictionary.number("wm_17"), 17);
        assert_eq!(dictionary.find("wm_4999"), Some(4_999));
        assert_eq!(dictionary.find("stranger"), None);
        assert_eq!(dictionary.id(42), Some("wm_42"));
        let again = Dictionary::of(dictionary.text.clone(), dictionary.ends.clone()).unwrap();
        assert_eq!(again.find("wm_321"), Some(321));
    }
}
