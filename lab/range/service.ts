/** The contract between the range and its servers. */

/** A server that cannot start here. The range goes on without it and says so. */
export class ServiceSkipped extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'ServiceSkipped';
  }
}

export interface RunningServer {
  /** Resolves when the port is free again. */
  stop(): Promise<void>;
}

export interface ServerStart {
  /** Loopback addresses to listen on; never empty. */
  listen: readonly string[];
  port: number;
}
