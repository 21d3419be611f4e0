//! The wasm of the desk at `/deliveries`.

fn main() {
    #[cfg(target_arch = "wasm32")]
    frontend::wake(app::desks::deliveries);
}
