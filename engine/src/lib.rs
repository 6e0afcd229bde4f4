//! Wasmtime's C API as one static archive. Everything Berth calls is declared in its C headers.
pub use wasmtime_c_api::*;
