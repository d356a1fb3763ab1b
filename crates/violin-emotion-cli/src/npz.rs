//! NumPy's `.npz`: a zip of `.npy` arrays (format 1.0, little-endian, C order).

use std::io::{self, Seek, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Writes arrays into one `.npz`.
pub struct NpzWriter<W: Write + Seek>(ZipWriter<W>);

impl<W: Write + Seek> NpzWriter<W> {
    pub fn new(inner: W) -> Self {
        NpzWriter(ZipWriter::new(inner))
    }

    pub fn write_f32(&mut self, name: &str, shape: &[usize], values: &[f32]) -> io::Result<()> {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.write(name, "<f4", shape, &bytes)
    }

    pub fn write_f64(&mut self, name: &str, shape: &[usize], values: &[f64]) -> io::Result<()> {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.write(name, "<f8", shape, &bytes)
    }

    /// Texts as NumPy's fixed-width UTF-32, padded with zeros.
    pub fn write_texts(&mut self, name: &str, texts: &[String]) -> io::Result<()> {
        let width = texts.iter().map(|text| text.chars().count()).max().unwrap_or(0).max(1);
        let padded =
            |text: &String| text.chars().map(u32::from).chain(std::iter::repeat(0)).take(width).collect::<Vec<_>>();
        let bytes: Vec<u8> = texts.iter().flat_map(padded).flat_map(u32::to_le_bytes).collect();
        self.write(name, &format!("<U{width}"), &[texts.len()], &bytes)
    }

    /// Ends the archive.
    pub fn finish(self) -> io::Result<W> {
        Ok(self.0.finish()?)
    }

    fn write(&mut self, name: &str, kind: &str, shape: &[usize], bytes: &[u8]) -> io::Result<()> {
        // Beyond 4 GiB an entry needs the larger zip header, and it must be said beforehand.
        let options = SimpleFileOptions::default().large_file(bytes.len() > u32::MAX as usize / 2);
        self.0.start_file(format!("{name}.npy"), options)?;
        self.0.write_all(&header(kind, shape))?;
        self.0.write_all(bytes)
    }
}

/// The preamble, padded so that the data begin at a multiple of 64 bytes.
fn header(kind: &str, shape: &[usize]) -> Vec<u8> {
    const MAGIC: &[u8] = b"\x93NUMPY\x01\x00";
    let shape: String = shape.iter().map(|length| format!("{length}, ")).collect();
    let mut text = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({}), }}", shape.trim_end());
    while !(MAGIC.len() + 2 + text.len() + 1).is_multiple_of(64) {
        text.push(' ');
    }
    text.push('\n');
    let length = u16::try_from(text.len()).expect("a header of a few dozen characters");
    [MAGIC, &length.to_le_bytes(), text.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::header;

    #[test]
    fn the_header_is_what_numpy_reads() {
        let header = header("<f4", &[3, 138]);
        assert_eq!(header.len() % 64, 0);
        let text = String::from_utf8_lossy(&header[10..]);
        assert!(text.starts_with("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 138,), }"), "{text}");
        assert!(text.ends_with('\n'));
    }
}
