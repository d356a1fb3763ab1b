//! Named arrays in a safetensors file, written and read with every name, kind, shape and number checked.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;

use safetensors::tensor::{Dtype, SafeTensors, TensorView};

use crate::checksum::Checksum;
use crate::data::LabelSet;
use crate::error::count;
use crate::{Error, Result};

/// What a damaged model can be mended with.
pub(super) const RETRAIN: &str = "copy the folder anew, or train the model again";

/// Where the file's header keeps the names of the emotions that its numbers speak of.
const EMOTIONS: &str = "emotions";

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

    /// The file, whose numbers speak of these emotions.
    pub(super) fn bytes(&self, emotions: &LabelSet) -> Vec<u8> {
        let views = self.0.iter().map(|(name, kind, shape, bytes)| {
            (name, TensorView::new(*kind, shape.clone(), bytes).expect("bytes that fit their shape"))
        });
        let header = HashMap::from([(EMOTIONS.to_string(), in_words(emotions))]);
        safetensors::serialize(views, Some(header)).expect("distinct names")
    }
}

/// A safetensors file in memory.
pub(super) struct ArrayReader {
    path: PathBuf,
    bytes: Vec<u8>,
    /// Names asked for so far.
    asked: RefCell<BTreeSet<String>>,
}

fn in_words(emotions: &LabelSet) -> String {
    serde_json::to_string(emotions).expect("a list of names")
}

impl ArrayReader {
    /// Checks that the file is the one with this SHA-256, that its header can be read, and that it speaks of these emotions;
    /// `path` names it in errors.
    pub(super) fn new(path: PathBuf, bytes: Vec<u8>, sha256: &str, emotions: &LabelSet) -> Result<Self> {
        let found = Checksum::of(&bytes);
        let reader = ArrayReader { path, bytes, asked: RefCell::default() };
        if found != sha256 {
            let problem = format!("damaged, or of another model: expected SHA-256 {sha256}, found {found}");
            return Err(reader.damaged(problem));
        }
        reader.arrays()?;
        let (_, header) =
            SafeTensors::read_metadata(&reader.bytes).map_err(|error| reader.damaged(error.to_string()))?;
        let found = header.metadata().as_ref().and_then(|header| header.get(EMOTIONS)).cloned().unwrap_or_default();
        if found != in_words(emotions) {
            let problem = format!("expected numbers of the emotions {}, found {found}", in_words(emotions));
            return Err(reader.damaged(problem));
        }
        Ok(reader)
    }

    /// Checks that the file holds no array but those that were asked for.
    pub(super) fn check_no_others(&self) -> Result<()> {
        let asked = self.asked.borrow();
        match self.arrays()?.names().into_iter().find(|name| !asked.contains(*name)) {
            Some(other) => Err(self.damaged(format!("expected arrays of this program alone, found `{other}`"))),
            None => Ok(()),
        }
    }

    fn arrays(&self) -> Result<SafeTensors<'_>> {
        SafeTensors::deserialize(&self.bytes).map_err(|error| self.damaged(error.to_string()))
    }

    pub(super) fn f32(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
        let bytes = self.bytes_of(name, Dtype::F32, shape)?;
        let values: Vec<f32> = bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        match values.iter().all(|value| value.is_finite()) {
            true => Ok(values),
            false => Err(self.damaged(format!("`{name}`: expected finite numbers, found NaN or infinity"))),
        }
    }

    /// Numbers of a list whose length only the file knows.
    pub(super) fn f64_list(&self, name: &str) -> Result<Vec<f64>> {
        let bytes = self.bytes_of(name, Dtype::F64, &[self.length(name, 1)?])?;
        let values: Vec<f64> = bytes.as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect();
        match values.iter().all(|value| value.is_finite()) {
            true => Ok(values),
            false => Err(self.damaged(format!("`{name}`: expected finite numbers, found NaN or infinity"))),
        }
    }

    /// Shape and numbers of an array that somebody else checks; `None` if there is no such array of f32.
    pub(super) fn f32_any(&self, name: &str) -> Option<(Vec<usize>, Vec<f32>)> {
        self.asked.borrow_mut().insert(name.to_string());
        let arrays = self.arrays().ok()?;
        let array = arrays.tensor(name).ok().filter(|array| array.dtype() == Dtype::F32)?;
        let values = array.data().as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        Some((array.shape().to_vec(), values))
    }

    /// Numbers of a list whose length only the file knows.
    pub(super) fn f32_list(&self, name: &str) -> Result<Vec<f32>> {
        self.f32(name, &[self.length(name, 1)?])
    }

    /// Rows of `width` numbers, as many as the file says.
    pub(super) fn f32_rows(&self, name: &str, width: usize) -> Result<Vec<f32>> {
        self.f32(name, &[self.length(name, 2)?, width])
    }

    /// Whole numbers of a list whose length only the file knows.
    pub(super) fn u32_list(&self, name: &str) -> Result<Vec<u32>> {
        let bytes = self.bytes_of(name, Dtype::U32, &[self.length(name, 1)?])?;
        Ok(bytes.as_chunks().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect())
    }

    /// The first of an array's `sizes` sizes.
    fn length(&self, name: &str, sizes: usize) -> Result<usize> {
        let arrays = self.arrays()?;
        let array = arrays.tensor(name).map_err(|_| self.damaged(format!("array `{name}` is missing")))?;
        match array.shape() {
            shape if shape.len() == sizes => Ok(shape[0]),
            shape => {
                Err(self.damaged(format!("`{name}`: expected {} in its shape, found {shape:?}", count(sizes, "size"))))
            }
        }
    }

    fn bytes_of(&self, name: &str, kind: Dtype, shape: &[usize]) -> Result<&[u8]> {
        self.asked.borrow_mut().insert(name.to_string());
        let arrays = self.arrays()?;
        let array = arrays.tensor(name).map_err(|_| self.damaged(format!("array `{name}` is missing")))?;
        let (found_kind, found_shape) = (array.dtype(), array.shape());
        if found_kind != kind || shape != found_shape {
            let problem = format!("`{name}`: expected {kind:?} {shape:?}, found {found_kind:?} {found_shape:?}");
            return Err(self.damaged(problem));
        }
        Ok(array.data())
    }

    /// The error of a file whose content does not fit.
    pub(super) fn damaged(&self, problem: impl Into<String>) -> Error {
        Error::model(&self.path, problem, RETRAIN)
    }
}
