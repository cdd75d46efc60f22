//! The staff mirror over HTTP and jobs.
