//! Tables as Parquet: written, read again, and put together from parts.

mod part;
mod parts;
mod read;
mod write;

pub use part::{Part, Shard};
pub use parts::Parts;
pub use write::ParquetFile;
