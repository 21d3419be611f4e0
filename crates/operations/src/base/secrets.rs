//! Secrets: how they are made, hashed and carried.

use crate::{OpsError, Result, base::turns::aside};
use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// The name of the session's cookie. Browsers keep `__Host-` cookies to https and localhost.
pub const SESSION_COOKIE: &str = "__Host-session";

/// The name of the cookie that says in which browser somebody has signed in before.
pub const BROWSER_COOKIE: &str = "__Host-browser";

/// A new secret of 256 bits, and the hash by which it is remembered.
pub(crate) fn new_secret() -> Result<(String, Vec<u8>)> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)
        .map_err(|e| OpsError::Broken(format!("the system gave no random bytes: {e}")))?;
    let secret = URL_SAFE_NO_PAD.encode(bytes);
    let hash = hash(&secret);
    Ok((secret, hash))
}

/// The hash by which a secret is remembered. A secret of 256 random bits needs no slow hash.
pub(crate) fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// A number of six digits by which a person can name an error to us; the log has the same digits.
pub(crate) fn error_number() -> u32 {
    let mut bytes = [0_u8; 4];
    // Without random bytes every error would share a number, which is still one.
    let _ = getrandom::fill(&mut bytes);
    100_000 + u32::from_le_bytes(bytes) % 900_000
}

/// Hashes a password by Argon2id, off the async threads.
pub(crate) async fn hash_password(slots: &Arc<Semaphore>, password: String) -> Result<String> {
    let _slot = slots.acquire().await.map_err(|_| OpsError::Busy)?;
    aside(move || Argon2::default().hash_password(password.as_bytes()).map(|h| h.to_string()))
        .await?
        .map_err(|e| OpsError::Broken(e.to_string()))
}

/// Whether a password fits its hash, off the async threads. Without a hash it takes as long and says no.
pub(crate) async fn password_fits(
    slots: &Arc<Semaphore>,
    password: String,
    stored: Option<String>,
) -> Result<bool> {
    let Some(stored) = stored else {
        hash_password(slots, password).await?;
        return Ok(false);
    };
    let _slot = slots.acquire().await.map_err(|_| OpsError::Busy)?;
    aside(move || {
        let parsed = PasswordHash::new(&stored).map_err(|e| OpsError::Broken(e.to_string()))?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
    })
    .await?
}

/// The `Set-Cookie` value that carries a session. Browsers take a `__Host-` cookie only with `Secure`, which localhost
/// counts as.
pub fn session_cookie(token: &str) -> String {
    format!("{SESSION_COOKIE}={token}; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=86400")
}

/// The `Set-Cookie` value by which a browser is known again for a year. It opens nothing.
pub fn browser_cookie(token: &str) -> String {
    format!("{BROWSER_COOKIE}={token}; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=31536000")
}

/// The `Set-Cookie` value that forgets it.
pub fn expired_session_cookie() -> String {
    format!("{SESSION_COOKIE}=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0")
}
