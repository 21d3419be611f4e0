//! The wasm of the desk at `/exceptions`.

fn main() {
    #[cfg(target_arch = "wasm32")]
    frontend::wake(app::desks::exceptions);
}
