//! People over HTTP and jobs.
