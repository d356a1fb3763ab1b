//! Checksums: what tells one content from another, and whole from damaged.

use std::io::{self, Read};

use sha2::{Digest, Sha256};

/// SHA-256 of what is added, piece by piece.
#[derive(Debug, Clone, Default)]
pub struct Checksum(Sha256);

impl Checksum {
    /// Adds bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Adds everything that `from` holds.
    ///
    /// # Errors
    /// If it cannot be read to its end.
    pub fn add_all(&mut self, mut from: impl Read) -> io::Result<()> {
        let mut block = vec![0; 1 << 16];
        loop {
            match from.read(&mut block)? {
                0 => return Ok(()),
                count => self.add(&block[..count]),
            }
        }
    }

    /// 64 hexadecimal digits.
    pub fn finish(self) -> String {
        self.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The checksum of these bytes.
    pub fn of(bytes: &[u8]) -> String {
        let mut checksum = Checksum::default();
        checksum.add(bytes);
        checksum.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Checksum;

    #[test]
    fn the_standards_example() {
        // FIPS 180-2, appendix B.1.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Checksum::of(b"abc"), expected);
        let mut pieces = Checksum::default();
        pieces.add(b"a");
        pieces.add_all(&b"bc"[..]).expect("memory");
        assert_eq!(pieces.finish(), expected);
    }
}
