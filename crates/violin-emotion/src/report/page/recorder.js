// On the thread of the sound: hands on the first channel of what is heard, in blocks of about a tenth of a second.

class Recorder extends AudioWorkletProcessor {
  constructor() {
    super();
    this.block = new Float32Array(4096);
    this.filled = 0;
    this.ended = false;
    // Asked to end, it hands on what it has.
    this.port.onmessage = () => {
      this.port.postMessage({ samples: this.block.slice(0, this.filled), last: true });
      this.ended = true;
    };
  }

  process([input]) {
    for (const sample of input[0] ?? []) {
      this.block[this.filled++] = sample;
      if (this.filled === this.block.length) {
        this.port.postMessage({ samples: this.block.slice(), last: false });
        this.filled = 0;
      }
    }
    return !this.ended;
  }
}

registerProcessor("recorder", Recorder);
