//! The contract of the ports against the sandbox.
