//! Hands the C headers of Wasmtime's C API, which its own build script assembles, to Berth's build: their path is
//! written to the file that BERTH_ENGINE_HEADERS_FILE names.
fn main() {
    println!("cargo:rerun-if-env-changed=BERTH_ENGINE_HEADERS_FILE");
    let headers = std::env::var("DEP_WASMTIME_C_API_INCLUDE").expect("wasmtime-c-api-impl exports its include path");
    if let Ok(file) = std::env::var("BERTH_ENGINE_HEADERS_FILE") {
        std::fs::write(&file, headers).expect("the file for the header path can be written");
    }
}
