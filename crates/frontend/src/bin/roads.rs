//! The wasm of the desk at `/roads`.

fn main() {
    #[cfg(target_arch = "wasm32")]
    frontend::wake(app::desks::roads);
}
