//! The built web app is embedded into the program. A checkout that has not built it yet gets an
//! empty folder, so that the server compiles; it then says how to build the pages.

use std::path::Path;

fn main() {
    let dist = Path::new("../../web/apps/web/dist");
    if !dist.exists()
        && let Err(error) = std::fs::create_dir_all(dist)
    {
        println!("cargo::error=cannot create {}: {error}", dist.display());
    }
    println!("cargo::rerun-if-changed={}", dist.display());
}
