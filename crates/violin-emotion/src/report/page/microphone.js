// Records from the microphone, as it is: what browsers do to speech (echo, noise, level) would change what is played.

const AS_IT_IS = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

// Why there is no recording, and what to do.
function whyNot(problem) {
  const words = {
    NotAllowedError: "The browser was not allowed to use the microphone. Allow it in the address bar, then try again.",
    NotFoundError: "There is no microphone. Connect one, or choose a file.",
    NotReadableError: "Another program holds the microphone. Close that one, then try again.",
  };
  return words[problem.name] ?? `The microphone cannot be used: ${problem.message || problem.name}. Choose a file instead.`;
}

class Take {
  // `hear(seconds, level)` is told how long it is and how loud, `full()` when it may be no longer.
  static async begin(longest, hear, full) {
    if (!navigator.mediaDevices?.getUserMedia || !window.AudioWorkletNode) throw { message: "this browser has no way to it" };
    const stream = await navigator.mediaDevices.getUserMedia({ audio: AS_IT_IS });
    const context = new AudioContext();
    try {
      await context.audioWorklet.addModule("/recorder.js");
      await context.resume();
      return new Take(stream, context, longest, hear, full);
    } catch (problem) {
      stream.getTracks().forEach((track) => track.stop());
      context.close();
      throw problem;
    }
  }

  constructor(stream, context, longest, hear, full) {
    Object.assign(this, { stream, context, blocks: [], length: 0 });
    this.node = new AudioWorkletNode(context, "recorder", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
    this.whole = new Promise((done) => (this.done = done));
    this.node.port.onmessage = ({ data: { samples, last } }) => {
      this.blocks.push(samples);
      this.length += samples.length;
      const seconds = this.length / context.sampleRate;
      hear(seconds, samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0));
      if (last) this.done();
      else if (seconds >= longest) full();
    };
    context.createMediaStreamSource(stream).connect(this.node);
  }

  // The recording as a file.
  async end() {
    this.node.port.postMessage("end");
    await this.whole;
    this.stream.getTracks().forEach((track) => track.stop());
    await this.context.close();
    const now = new Date();
    const two = (number) => String(number).padStart(2, "0");
    const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join("-");
    return new File([wavOf(this.blocks, this.context.sampleRate)], `recorded ${time}.wav`, { type: "audio/wav" });
  }
}
