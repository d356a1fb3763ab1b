//! Named arrays in a safetensors file, written and read with every name, kind, shape and number checked.

use std::fs;
use std::path::{Path, PathBuf};

use safetensors::tensor::{Dtype, SafeTensors, TensorView};

use crate::{Error, Result};

/// What a damaged model can be mended with.
pub(super) const RETRAIN: &str = "copy the folder anew, or train the model again";

/// Named arrays on their way into a file.
#[derive(Default)]
pub(super) struct ArrayWriter(Vec<(String, Dtype, Vec<usize>, Vec<u8>)>);

impl ArrayWriter {
    pub(super) fn put_f32(&mut self, name: impl Into<String>, shape: &[usize], values: &[f32]) {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.0.push((name.into(), Dtype::F32, shape.to_vec(), bytes));
    }

    pub(super) fn put_f64(&mut self, name: impl Into<String>, shape: &[usize], values: &[f64]) {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.0.push((name.into(), Dtype::F64, shape.to_vec(), bytes));
    }

    pub(super) fn put_u32(&mut self, name: impl Into<String>, shape: &[usize], values: &[u32]) {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.0.push((name.into(), Dtype::U32, shape.to_vec(), bytes));
    }

    /// Writes the file; it must not be there yet.
    pub(super) fn write(&self, path: &Path) -> Result<()> {
        let views = self.0.iter().map(|(name, kind, shape, bytes)| {
            (name, TensorView::new(*kind, shape.clone(), bytes).expect("bytes that fit their shape"))
        });
        let bytes = safetensors::serialize(views, None).expect("distinct names");
        fs::write(path, bytes).map_err(|source| Error::file("write", path, source))
    }
}

/// A safetensors file in memory.
pub(super) struct ArrayReader {
    path: PathBuf,
    bytes: Vec<u8>,
}

impl ArrayReader {
    /// Reads the file and checks its header.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let bytes = fs::read(path).map_err(|error| Error::model(path, error.to_string(), RETRAIN))?;
        let reader = ArrayReader { path: path.to_path_buf(), bytes };
        reader.arrays()?;
        Ok(reader)
    }

    fn arrays(&self) -> Result<SafeTensors<'_>> {
        SafeTensors::deserialize(&self.bytes).map_err(|error| self.damaged(error.to_string()))
    }

    pub(super) fn f32(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
        let bytes = self.bytes_of(name, Dtype::F32, Some(shape))?;
        let values: Vec<f32> = bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        match values.iter().all(|value| value.is_finite()) {
            true => Ok(values),
            false => Err(self.damaged(format!("`{name}`: expected finite numbers, found NaN or infinity"))),
        }
    }

    /// Numbers of an array whose length only the file knows.
    pub(super) fn f64_list(&self, name: &str) -> Result<Vec<f64>> {
        let bytes = self.bytes_of(name, Dtype::F64, None)?;
        let values: Vec<f64> = bytes.as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect();
        match values.iter().all(|value| value.is_finite()) {
            true => Ok(values),
            false => Err(self.damaged(format!("`{name}`: expected finite numbers, found NaN or infinity"))),
        }
    }

    /// Shape and numbers of an array that somebody else checks; `None` if there is no such array of f32.
    pub(super) fn f32_any(&self, name: &str) -> Option<(Vec<usize>, Vec<f32>)> {
        let arrays = self.arrays().ok()?;
        let array = arrays.tensor(name).ok().filter(|array| array.dtype() == Dtype::F32)?;
        let values = array.data().as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        Some((array.shape().to_vec(), values))
    }

    /// Numbers of an array whose length only the file knows.
    pub(super) fn f32_list(&self, name: &str) -> Result<Vec<f32>> {
        let shape = self.shape(name)?;
        self.f32(name, &shape)
    }

    /// Whole numbers of an array whose length only the file knows.
    pub(super) fn u32_list(&self, name: &str) -> Result<Vec<u32>> {
        let bytes = self.bytes_of(name, Dtype::U32, None)?;
        Ok(bytes.as_chunks().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect())
    }

    fn shape(&self, name: &str) -> Result<Vec<usize>> {
        let arrays = self.arrays()?;
        let array = arrays.tensor(name).map_err(|_| self.damaged(format!("array `{name}` is missing")))?;
        Ok(array.shape().to_vec())
    }

    fn bytes_of(&self, name: &str, kind: Dtype, shape: Option<&[usize]>) -> Result<&[u8]> {
        let arrays = self.arrays()?;
        let array = arrays.tensor(name).map_err(|_| self.damaged(format!("array `{name}` is missing")))?;
        let (found_kind, found_shape) = (array.dtype(), array.shape());
        if found_kind != kind || shape.is_some_and(|shape| shape != found_shape) {
            let expected = shape.map_or_else(|| format!("{kind:?}"), |shape| format!("{kind:?} {shape:?}"));
            return Err(self.damaged(format!("`{name}`: expected {expected}, found {found_kind:?} {found_shape:?}")));
        }
        Ok(array.data())
    }

    /// The error of a file whose content does not fit.
    pub(super) fn damaged(&self, problem: impl Into<String>) -> Error {
        Error::model(&self.path, problem, RETRAIN)
    }
}
