//! Numbers and texts as bytes, little end first.

use crate::bits::words::{self, Words};

#[derive(Default)]
pub struct Out(pub Vec<u8>);

impl Out {
    pub fn u8(&mut self, value: u8) {
        self.0.push(value);
    }
    pub fn u16(&mut self, value: u16) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }
    pub fn u32(&mut self, value: u32) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }
    pub fn u64(&mut self, value: u64) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }
    pub fn i32(&mut self, value: i32) {
        self.u32(value as u32);
    }
    pub fn i64(&mut self, value: i64) {
        self.u64(value as u64);
    }
    pub fn text(&mut self, text: &str) {
        self.u64(text.len() as u64);
        self.0.extend_from_slice(text.as_bytes());
    }
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.u32(bytes.len() as u32);
        self.0.extend_from_slice(bytes);
    }
    pub fn u16s(&mut self, values: &[u16]) {
        self.u32(values.len() as u32);
        self.put(values, u16::to_le_bytes);
    }
    pub fn i32s(&mut self, values: &[i32]) {
        self.put(values, i32::to_le_bytes);
    }
    pub fn u64s(&mut self, values: &[u64]) {
        self.u64(values.len() as u64);
        self.put(values, u64::to_le_bytes);
    }
    pub fn words(&mut self, bits: &Words) {
        self.put(bits, u64::to_le_bytes);
    }
    /// In one go, which the compiler turns into a copy.
    fn put<T: Copy, const N: usize>(&mut self, values: &[T], bytes: impl Fn(T) -> [u8; N]) {
        let at = self.0.len();
        self.0.resize(at + values.len() * N, 0);
        for (place, value) in self.0[at..].as_chunks_mut::<N>().0.iter_mut().zip(values) {
            *place = bytes(*value);
        }
    }
}

pub struct In<'b>(&'b [u8]);

impl<'b> In<'b> {
    pub const fn new(bytes: &'b [u8]) -> Self {
        Self(bytes)
    }
    pub const fn is_done(&self) -> bool {
        self.0.is_empty()
    }
    pub fn bytes(&mut self, count: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.bytes(N)?.try_into().ok()
    }
    pub fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }
    pub fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }
    pub fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }
    pub fn i32(&mut self) -> Option<i32> {
        self.array().map(i32::from_le_bytes)
    }
    pub fn i64(&mut self) -> Option<i64> {
        self.array().map(i64::from_le_bytes)
    }
    pub fn text(&mut self) -> Option<&'b str> {
        let length = usize::try_from(self.u64()?).ok()?;
        std::str::from_utf8(self.bytes(length)?).ok()
    }
    pub fn u16s(&mut self) -> Option<Vec<u16>> {
        let count = self.u32()? as usize;
        let bytes = self.bytes(count.checked_mul(2)?)?;
        Some(bytes.as_chunks::<2>().0.iter().map(|b| u16::from_le_bytes(*b)).collect())
    }
    pub fn i32s(&mut self, count: usize) -> Option<Vec<i32>> {
        let bytes = self.bytes(count.checked_mul(4)?)?;
        Some(bytes.as_chunks::<4>().0.iter().map(|b| i32::from_le_bytes(*b)).collect())
    }
    pub fn u64s(&mut self) -> Option<Vec<u64>> {
        let count = usize::try_from(self.u64()?).ok()?;
        let bytes = self.bytes(count.checked_mul(8)?)?;
        Some(bytes.as_chunks::<8>().0.iter().map(|b| u64::from_le_bytes(*b)).collect())
    }
    pub fn words(&mut self) -> Option<Box<Words>> {
        let bytes = self.bytes(8 * words::WORDS)?;
        let bits: Box<[u64]> = bytes.as_chunks::<8>().0.iter().map(|b| u64::from_le_bytes(*b)).collect();
        bits.try_into().ok()
    }
}
