/**
 * Runs something that Ctrl-C may stop: the first one aborts the signal, so that what is known is kept; the second ends the
 * process as usual.
 */
export async function interruptible<T>(run: (interrupted: AbortController) => Promise<T>): Promise<T> {
  const interrupted = new AbortController();
  const onSignal = () => interrupted.abort();
  process.once('SIGINT', onSignal);
  try {
    return await run(interrupted);
  } finally {
    process.removeListener('SIGINT', onSignal);
  }
}
