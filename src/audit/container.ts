/** A container as compose files, Kubernetes manifests, task definitions and Dockerfiles declare it. */
import type { Command } from './formats/compose/command.ts';
import type { EnvironmentVariable } from './formats/compose/environment.ts';
import type { Image } from './formats/compose/image.ts';
import type { Span } from './source.ts';

export interface ContainerMount {
  /** As written, with variables whose value is known filled in. */
  source: string;
  /** Relative to the audited root; null for named volumes and paths outside it. */
  path: string | null;
  target: string;
  span: Span;
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
