//! Behaviour of this slice through HTTP and jobs, on both engines.
