//! Which of the processor's instructions arithmetic uses: sums are made in another order with others, so that last bits differ.

/// The name of the widest instructions here that `gemm` and `pulp` have code for.
pub fn instruction_set() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    {
        macro_rules! all {
            ($($name:tt),*) => { true $(&& std::arch::is_x86_feature_detected!($name))* };
        }
        if all!("avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl") {
            return "x86-64 with AVX-512";
        }
        if all!("avx2", "fma") {
            return "x86-64 with AVX2";
        }
    }
    std::env::consts::ARCH
}
