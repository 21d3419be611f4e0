//! The wasm of the desk at `/control-room`.

fn main() {
    #[cfg(target_arch = "wasm32")]
    frontend::wake(app::desks::control_room);
}
