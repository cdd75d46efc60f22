//! Groups over HTTP and jobs, against the simulated platform.
