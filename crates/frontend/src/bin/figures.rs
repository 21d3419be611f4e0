//! The wasm of the desk at `/figures`.

fn main() {
    #[cfg(target_arch = "wasm32")]
    frontend::wake(app::desks::figures);
}
