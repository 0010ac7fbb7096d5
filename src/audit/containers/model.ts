/** A container as compose files, Kubernetes manifests, task definitions and Dockerfiles declare it. */
import type { Span } from '../source.ts';
import type { Command } from './command.ts';
import type { Image } from './image.ts';

export interface ContainerMount {
  /** As written, with variables whose value is known filled in. */
  source: string;
  /** Relative to the audited root; null for named volumes and paths outside it. */
  path: string | null;
  target: string;
  span: Span;
}

/** One variable that a container is started with. */
export interface EnvironmentVariable {
  name: string;
  /** Null: taken over from elsewhere (the shell, a secret), or a variable without a known value. */
  value: string | null;
  /** Where the value comes from: written there, a fallback written there, another file, or not known. */
  source: 'literal' | 'default' | 'file' | 'unknown';
  /** Of the value; of the whole entry when it has none. */
  span: Span;
  /** Characters of the raw value, without quotes; null when escapes make offsets uncertain. */
  inner: Span | null;
}

export interface Container {
  name: string;
  nameSpan: Span;
  image: (Image & { span: Span }) | null;
  environment: readonly EnvironmentVariable[];
  /** Names set by files that could be read (`env_file`, config maps). */
  environmentFiles: ReadonlySet<string>;
  /** False when variables may come from somewhere that was not read: then absence proves nothing. */
  environmentComplete: boolean;
  command: Command | null;
  entrypoint: Command | null;
  mounts: readonly ContainerMount[];
}
