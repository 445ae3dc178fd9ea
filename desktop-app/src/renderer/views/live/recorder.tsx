import { useState } from 'preact/hooks';
import type { LiveCircuit } from '../../../common/contract/live.js';
import { call } from '../../bridge.js';
import { attempt, report } from '../../state.js';
import { InputPicture } from './input-picture.js';
import { answer, show, subject } from './session.js';
import { wavOf } from './wav.js';

/** What is recorded more than the network takes, for the recorder to begin and to end. */
const SPARE_MS = 300;

/** Records from the microphone as much as the network takes. */
export function Recorder({ circuit: { input } }: { readonly circuit: LiveCircuit }) {
  const [isRecording, setRecording] = useState(false);
  const lengthMs = (1000 * input.count) / (input.sampleRateHz ?? input.count);
  const start = async (): Promise<void> => {
    const entry = subject.value?.id;
    if (entry === undefined) return;
    setRecording(true);
    try {
      const { samples, sampleRateHz } = await record(lengthMs + SPARE_MS);
      const bytes = wavOf(samples, sampleRateHz);
      const values = await attempt(() => call('inputFromFile', { entry, fileName: 'recording.wav', bytes }));
      if (values) show({ name: 'recording', values });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const message = `The microphone cannot be used: ${why}. Allow it for this page and plug one in, or load a WAV file.`;
      report({ code: 'app.not-now', message, details: {} });
    } finally {
      setRecording(false);
    }
  };
  const shown = answer.value?.input;
  return (
    <>
      {shown ? <InputPicture input={input} values={shown.values} /> : <span class="dots strip none" />}
      <div class="actions">
        <button type="button" class="button" disabled={isRecording} onClick={() => void start()}>
          {isRecording ? 'Recording …' : `Record ${(lengthMs / 1000).toFixed(1)} s`}
        </button>
      </div>
      <p class="note">From the microphone, resampled to {input.sampleRateHz} Hz with the filter that training uses.</p>
    </>
  );
}

async function record(lengthMs: number): Promise<{ readonly samples: Float32Array; readonly sampleRateHz: number }> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  try {
    const recorder = new MediaRecorder(stream);
    const pieces: Blob[] = [];
    recorder.ondataavailable = ({ data }) => void pieces.push(data);
    const ended = new Promise((resolve) => (recorder.onstop = resolve));
    recorder.start();
    setTimeout(() => recorder.stop(), lengthMs);
    await ended;
    const context = new AudioContext();
    const decoded = await context.decodeAudioData(await new Blob(pieces).arrayBuffer());
    await context.close();
    return { samples: decoded.getChannelData(0), sampleRateHz: decoded.sampleRate };
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
}
