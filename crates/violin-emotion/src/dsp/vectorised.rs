//! Plain loops compiled for the widest vector instructions of the machine they run on.

use pulp::Arch;

/// Runs `job` in a function compiled for AVX-512, AVX2 or the baseline, whichever the machine has.
///
/// Everything in it that should profit must be `#[inline(always)]`, the closure too. It is taken as `FnOnce` here, before
/// `pulp` sees it: of a closure of another kind, `pulp` would call a shim that is compiled for the baseline.
#[inline(always)]
pub fn vectorised<R>(job: impl FnOnce() -> R) -> R {
    Arch::new().dispatch(job)
}
