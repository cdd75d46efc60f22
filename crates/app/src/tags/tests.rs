//! Tags over HTTP and jobs.
