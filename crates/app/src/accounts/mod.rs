//! Connected messenger accounts.

use crate::kernel::db::Tx;
use crate::kernel::http::{AppError, AppResult};
use crate::kernel::seal::Sealer;

/// Version, platform and credentials of an account.
pub async fn credentials(
    _tx: &mut Tx<'_>,
    _sealer: &Sealer,
    _account: &str,
) -> AppResult<(i64, String, messenger::Credentials)> {
    Err(AppError::not_found())
}
