//! Keeps the whole process on one processor core while the history is lived.
//!
//! A history is one chain: nobody acts before the last act is done, and every statement goes to the store's thread and
//! back. Between two cores each of those handovers wakes a sleeping core, which on a virtual machine costs more than
//! the statement; on one core it is a switch of threads. Sixty days take little more than half the time so.

use std::io;

/// The cores that the process had before; it gets them back when this is dropped.
pub struct OneCore(imp::Cores);

impl OneCore {
    /// Moves every thread to the core on which this one runs: two processes that are busy at once run on two. Threads
    /// started later stay there too.
    ///
    /// # Errors
    /// When the system refuses; everything is slower then, and otherwise the same.
    pub fn hold() -> io::Result<Self> {
        let cores = imp::allowed()?;
        imp::move_to(&imp::this_one())?;
        Ok(Self(cores))
    }
}

impl Drop for OneCore {
    fn drop(&mut self) {
        if let Err(e) = imp::move_to(&self.0) {
            tracing::warn!(error = %e, "the process stays on one core");
        }
    }
}

#[cfg(target_os = "linux")]
mod imp {
    use std::io;

    use rustix::process::Pid;
    use rustix::thread::{CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity};

    pub type Cores = CpuSet;

    pub fn allowed() -> io::Result<Cores> {
        Ok(sched_getaffinity(None)?)
    }

    pub fn this_one() -> Cores {
        let mut one = CpuSet::new();
        one.set(sched_getcpu());
        one
    }

    /// A thread that ended between the listing and its move is no failure.
    pub fn move_to(cores: &Cores) -> io::Result<()> {
        for thread in std::fs::read_dir("/proc/self/task")? {
            let id = thread?.file_name().to_string_lossy().parse().ok().and_then(Pid::from_raw);
            match sched_setaffinity(id, cores) {
                Err(rustix::io::Errno::SRCH) | Ok(()) => {}
                Err(e) => return Err(e.into()),
            }
        }
        Ok(())
    }
}

/// Other systems offer no such choice, or none without unsafe code.
#[cfg(not(target_os = "linux"))]
mod imp {
    use std::io;

    pub struct Cores;

    pub fn allowed() -> io::Result<Cores> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub const fn this_one() -> Cores {
        Cores
    }

    pub fn move_to(_: &Cores) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::thread::sched_getaffinity;

    use super::OneCore;

    #[test]
    fn every_thread_has_one_core_until_it_is_let_go() {
        let before = sched_getaffinity(None).unwrap().count();
        let held = OneCore::hold().unwrap();
        assert_eq!(sched_getaffinity(None).unwrap().count(), 1);
        let later = std::thread::spawn(|| sched_getaffinity(None).unwrap().count()).join().unwrap();
        assert_eq!(later, 1, "a thread started meanwhile");
        drop(held);
        assert_eq!(sched_getaffinity(None).unwrap().count(), before);
    }
}
