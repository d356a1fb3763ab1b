//! WAV bytes made by hand, honest and dishonest ones.

use std::f64::consts::TAU;

/// Header fields and sound of a WAV file.
pub struct Wav {
    pub channels: u16,
    pub rate: u32,
    pub bits: u16,
    pub float: bool,
    pub data: Vec<u8>,
    /// What the header says of the size of `data`.
    pub claimed_bytes: Option<u32>,
}

impl Wav {
    pub fn bytes(&self) -> Vec<u8> {
        let claimed = self.claimed_bytes.unwrap_or(self.data.len() as u32);
        let frame = u32::from(self.channels) * u32::from(self.bits) / 8;
        let mut bytes = Vec::new();
        bytes.extend_from_slice(b"RIFF");
        bytes.extend_from_slice(&claimed.saturating_add(36).to_le_bytes());
        bytes.extend_from_slice(b"WAVEfmt ");
        bytes.extend_from_slice(&16u32.to_le_bytes());
        bytes.extend_from_slice(&(if self.float { 3u16 } else { 1 }).to_le_bytes());
        bytes.extend_from_slice(&self.channels.to_le_bytes());
        bytes.extend_from_slice(&self.rate.to_le_bytes());
        bytes.extend_from_slice(&self.rate.wrapping_mul(frame).to_le_bytes());
        bytes.extend_from_slice(&(frame as u16).to_le_bytes());
        bytes.extend_from_slice(&self.bits.to_le_bytes());
        bytes.extend_from_slice(b"data");
        bytes.extend_from_slice(&claimed.to_le_bytes());
        bytes.extend_from_slice(&self.data);
        bytes
    }
}

/// A 16-bit file from one slice a channel.
pub fn wav16(rate: u32, channels: &[Vec<i16>]) -> Wav {
    let data = (0..channels[0].len()).flat_map(|n| channels.iter().flat_map(move |c| c[n].to_le_bytes())).collect();
    Wav { channels: channels.len() as u16, rate, bits: 16, float: false, data, claimed_bytes: None }
}

/// A mono 32-bit float file.
pub fn wav_float(rate: u32, samples: &[f32]) -> Wav {
    let data = samples.iter().flat_map(|x| x.to_le_bytes()).collect();
    Wav { channels: 1, rate, bits: 32, float: true, data, claimed_bytes: None }
}

/// A 440 Hz sine.
pub fn sine(rate: u32, seconds: f64, peak: f64) -> Vec<f64> {
    let count = (f64::from(rate) * seconds).round() as usize;
    (0..count).map(|n| peak * (TAU * 440.0 * n as f64 / f64::from(rate)).sin()).collect()
}

/// The same as 16-bit numbers; what is beyond full scale is cut.
pub fn sine16(rate: u32, seconds: f64, peak: f64) -> Vec<i16> {
    sine(rate, seconds, peak).iter().map(|x| (x * 32768.0).round() as i16).collect()
}
