import type { DeviceStore } from '../contract/device.ts';

/** Whether what the vault and the devices need can be reached, looked at from time to time: a gateway that gets no requests has to notice too. */
export interface DataWatch {
  /** Undefined when all is there; otherwise what is missing. */
  missing(): string | undefined;
  close(): void;
}

export interface Watched {
  readonly devices: Pick<DeviceStore, 'device'>;
  /** Of the vault; null: there is none. */
  readonly probe: (() => Promise<void>) | null;
  /** What it works in spite of, for now. */
  readonly trouble: (() => string | null) | null;
  readonly onChange: (missing: string | undefined) => void;
  /** Told once each time that there is other trouble, or none any more. */
  readonly onTrouble: (trouble: string | null) => void;
}

const LOOK_MS = 1_000;
const NOBODY = 'A'.repeat(22);

export function watchData({ devices, probe, trouble, onChange, onTrouble }: Watched): DataWatch {
  let missing: string | undefined;
  let troubled: string | null = null;
  let closed = false;
  let timer = setTimeout(look, LOOK_MS);
  timer.unref();

  async function look(): Promise<void> {
    const now = await ask();
    if (closed) return;
    if (now !== missing) onChange(now);
    missing = now;
    const why = trouble?.() ?? null;
    if (why !== troubled) onTrouble(why);
    troubled = why;
    timer = setTimeout(look, LOOK_MS);
    timer.unref();
  }

  async function ask(): Promise<string | undefined> {
    try {
      await devices.device(NOBODY);
    } catch {
      return 'the store of the vault and the devices cannot be read';
    }
    try {
      await probe?.();
    } catch {
      return 'the keys of the vault cannot be read';
    }
    return undefined;
  }

  return {
    missing: () => missing,
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
