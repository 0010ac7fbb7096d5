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
  readonly onChange: (missing: string | undefined) => void;
}

const LOOK_MS = 1_000;
const NOBODY = 'A'.repeat(22);

export function watchData({ devices, probe, onChange }: Watched): DataWatch {
  let missing: string | undefined;
  let closed = false;
  let timer = setTimeout(look, LOOK_MS);
  timer.unref();

  async function look(): Promise<void> {
    const now = await ask();
    if (closed) return;
    if (now !== missing) onChange(now);
    missing = now;
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
