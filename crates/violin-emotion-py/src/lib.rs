//! The library's face for Python, as the module `violin_emotion._native`: one file a domain type, no arithmetic. What people
//! import stands in `python/violin_emotion/`.

mod analysis;
mod corpus;
mod dataset;
mod errors;
mod features;
mod model;
mod rendered;
mod settings;
mod source;
mod work;

/// The library's types and functions, as the package `violin_emotion` uses them.
#[pyo3::pymodule]
mod _native {
    #[pymodule_export]
    use crate::analysis::{Analysis, refused};
    #[pymodule_export]
    use crate::corpus::Corpus;
    #[pymodule_export]
    use crate::dataset::Dataset;
    #[pymodule_export]
    use crate::features::{augment, feature_names, measure};
    #[pymodule_export]
    use crate::model::Model;
    #[pymodule_export]
    use crate::rendered::render;
    #[pymodule_export]
    use crate::settings::settings;

    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
}
