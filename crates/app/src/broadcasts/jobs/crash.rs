//! Named places at which a test lets a run die, as a kill -9 would: what was committed stays, the rest is lost.

use std::cell::RefCell;

thread_local! {
    static ARMED: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// The next run that comes by this point dies there.
pub(crate) fn arm(point: &'static str) {
    ARMED.with_borrow_mut(|armed| armed.push(point));
}

/// Dies when the point is armed; disarms it.
pub(crate) fn hit(point: &'static str) {
    let died = ARMED.with_borrow_mut(|armed| {
        let at = armed.iter().position(|p| *p == point);
        at.map(|at| armed.swap_remove(at)).is_some()
    });
    assert!(!died, "crash point {point}");
}
