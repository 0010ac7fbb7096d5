import { errorOf, type Problem } from '../../config/parse-with.ts';
import type { YamlFile } from '../../config/yaml-file.ts';

export type Path = readonly (string | number)[];

/** What is wrong with a policy beyond its shape, collected so that all of it can be told at once. */
export class Problems {
  readonly #file: YamlFile;
  readonly #found: Problem[] = [];

  constructor(file: YamlFile) {
    this.#file = file;
  }

  /** At a value. */
  add(path: Path, message: string, hint: string): void {
    this.#found.push({
      ...this.#file.positionOf(path),
      misspelt: false,
      message: `${showPath(path)}: ${message}`,
      hint,
    });
  }

  /** At a key. */
  addKey(path: Path, key: string, message: string, hint: string): void {
    const place = this.#file.positionOfKey(path, key);
    this.#found.push({ ...place, misspelt: false, message: `${showPath([...path, key])}: ${message}`, hint });
  }

  /** @throws PosternError `E_POLICY_INVALID` when something was found */
  throwIfAny(): void {
    if (this.#found.length > 0) throw errorOf(this.#file, 'E_POLICY_INVALID', this.#found);
  }
}

/** `roles.mobile.rules[0]`. */
export function showPath(path: Path): string {
  return path.map((key, at) => (typeof key === 'number' ? `[${key}]` : `${at > 0 ? '.' : ''}${key}`)).join('');
}
