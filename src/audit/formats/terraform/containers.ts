/**
 * Containers of ECS task definitions: `container_definitions` is JSON.
 *
 *   [ { "name", "image", "command": […], "entryPoint": […], "environment": [ { "name", "value" } ], "secrets": [ … ] } ]
 *
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
 */
import { assetId } from '../../../core/asset.ts';
import type { Command } from '../../containers/command.ts';
import { readImage } from '../../containers/image.ts';
import type { Container, EnvironmentVariable } from '../../containers/model.ts';
import type { DeclaredContainer } from '../../model.ts';
import type { Source } from '../../source.ts';
import type { Configuration } from './configuration.ts';
import type { Resource } from './instance.ts';
import { documentOf } from './policy.ts';
import { itemsOf, type MapValue, textOf, type Value } from './values.ts';

/** A container, and the file it is written in. */
export interface TaskContainer extends DeclaredContainer {
  resource: Resource;
  source: Source;
}

export function taskContainersOf(configuration: Configuration): readonly TaskContainer[] {
  return configuration.once(makeContainers);
}

function makeContainers(configuration: Configuration): TaskContainer[] {
  return configuration.of('aws_ecs_task_definition').flatMap((resource) => {
    const definitions = documentOf(resource.view.attribute('container_definitions'));
    return itemsOf(definitions).items.flatMap((definition) =>
      definition.kind === 'map' ? containerOf(resource, definition) : [],
    );
  });
}

function containerOf(resource: Resource, definition: MapValue): TaskContainer[] {
  const { entries } = definition;
  const image = entries.get('image') ?? null;
  const reference = textOf(image);
  if (image === null || reference === null) return [];
  const name = textOf(entries.get('name') ?? null) ?? resource.name;
  const environment = itemsOf(entries.get('environment') ?? null);
  const secrets = itemsOf(entries.get('secrets') ?? null);
  const variables = [...environment.items.map(variableOf), ...secrets.items.map(secretOf)];
  const read = readImage(reference, true);
  const container: Container = {
    name,
    nameSpan: definition.at.span,
    image: { ...read, span: image.at.span },
    environment: variables.filter((variable) => variable !== null),
    environmentFiles: new Set(),
    environmentComplete: environment.complete && secrets.complete && !entries.has('environmentFiles'),
    command: commandOf(entries.get('command')),
    entrypoint: commandOf(entries.get('entryPoint')),
    mounts: [],
  };
  const { source } = definition.at;
  const full = `${resource.address}.${name}`;
  const declared = {
    name: full,
    file: source.path,
    line: source.position(image.at.span.start).line,
    format: 'terraform',
    asset: assetId('config', source.path, full),
    image: read.reference,
    engine: read.engine,
    version: read.version,
    published: [],
    mounts: [],
    environment: container.environment.map((variable) => variable.name),
    hostNetwork: textOf(resource.view.attribute('network_mode')) === 'host',
  };
  return [{ container, declared, resource, source }];
}

function variableOf(entry: Value): EnvironmentVariable | null {
  const name = entry.kind === 'map' ? textOf(entry.entries.get('name') ?? null) : null;
  if (entry.kind !== 'map' || name === null) return null;
  const value = entry.entries.get('value') ?? null;
  const text = textOf(value);
  const known = value?.kind === 'string' && value.from === undefined && text !== null;
  return { name, value: text, source: known ? 'literal' : 'unknown', span: (value ?? entry).at.span, inner: null };
}

function secretOf(entry: Value): EnvironmentVariable | null {
  const name = entry.kind === 'map' ? textOf(entry.entries.get('name') ?? null) : null;
  return name === null ? null : { name, value: null, source: 'unknown', span: entry.at.span, inner: null };
}

function commandOf(value: Value | undefined): Command | null {
  if (value?.kind !== 'list') return null;
  return { words: value.items.flatMap((item) => textOf(item) ?? []), span: value.at.span };
}
