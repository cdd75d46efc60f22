//! What this machine was worth at this moment.

use std::fs::File;
use std::io::Write as _;
use std::time::{Duration, Instant};

/// Appends and syncs for a second, as the product's log of commits does.
pub fn fdatasyncs_per_second() -> anyhow::Result<f64> {
    let path = std::env::temp_dir().join(format!("huoqun-calibrate-{}", std::process::id()));
    let mut file = File::create(&path)?;
    let began = Instant::now();
    let mut count = 0u32;
    while began.elapsed() < Duration::from_secs(1) {
        file.write_all(&[0u8; 4096])?;
        file.sync_data()?;
        count += 1;
    }
    let rate = f64::from(count) / began.elapsed().as_secs_f64();
    std::fs::remove_file(&path)?;
    Ok(rate)
}

pub fn line() -> anyhow::Result<String> {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("?").to_owned();
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    Ok(format!("calibration fdatasync={:.0}/s cores={cores} load={load}", fdatasyncs_per_second()?))
}
