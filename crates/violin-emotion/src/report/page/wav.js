// Samples as a WAV file: one channel, 32-bit floats, as they came from the microphone.

const WAV_HEADER = 44;

function wavOf(blocks, rate) {
  const bytes = 4 * blocks.reduce((sum, block) => sum + block.length, 0);
  const header = new DataView(new ArrayBuffer(WAV_HEADER));
  const text = (at, words) => [...words].forEach((letter, place) => header.setUint8(at + place, letter.charCodeAt(0)));
  text(0, "RIFF");
  header.setUint32(4, WAV_HEADER - 8 + bytes, true);
  text(8, "WAVEfmt ");
  header.setUint32(16, 16, true);
  header.setUint16(20, 3, true); // floats
  header.setUint16(22, 1, true);
  header.setUint32(24, rate, true);
  header.setUint32(28, 4 * rate, true);
  header.setUint16(32, 4, true);
  header.setUint16(34, 32, true);
  text(36, "data");
  header.setUint32(40, bytes, true);
  return new Blob([header, ...blocks], { type: "audio/wav" });
}
