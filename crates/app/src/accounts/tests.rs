//! Connections, the doctor, the inbox and its projector, over HTTP and jobs.
