//! Wasmtime's C API as one static archive. Everything Berth calls is declared in its C headers, but for the one setting
//! below that the C API of this version does not offer.
pub use wasmtime_c_api::*;

use wasmtime_c_api::wasmtime::{Enabled, PoolingAllocationConfig};

/// A used-up memory is reset page by page, if the system can tell which pages were written to (Linux 6.7 and later).
/// Returns whether it can; otherwise nothing changes. Declared in src/runtime/engine/wasmtime_types.h.
///
/// # Safety
/// `pool` comes from `wasmtime_pooling_allocation_config_new`.
#[no_mangle]
pub unsafe extern "C" fn berth_engine_pool_scan_pages(pool: *mut wasmtime_pooling_allocation_config_t) -> bool {
    let available = PoolingAllocationConfig::is_pagemap_scan_available();
    if available {
        // The struct is repr(C) and this is its only field.
        (*pool.cast::<PoolingAllocationConfig>()).pagemap_scan(Enabled::Yes);
    }
    available
}
