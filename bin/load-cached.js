/**
 * Runs a bundle of CommonJS scripts with the code that V8 made of them when Postern was built (`*.bin` beside each
 * script). V8 checks its own version, its flags and the script's length, and compiles as usual when they differ.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { types } from 'node:util';
import { Script } from 'node:vm';

const packages = createRequire(import.meta.url);
/** Under this name the scripts have `import()`: the one of a script out of a cache belongs to no module. */
const load = (id) => import(id);

/** What `import` gives of a package: an ES module as it is, of others their exports as the default and by name. */
function imported(exports) {
  // inherited, not copied: reading every export of `node:crypto` would load all of it
  return types.isModuleNamespaceObject(exports) ? exports : Object.create(exports, { default: { value: exports } });
}

/**
 * @param file the script to begin with
 * @returns what it exports, and `save`, which keeps the code of all scripts that ran
 */
export function loadCached(file) {
  const modules = new Map();
  const scripts = [];
  function run(path) {
    const known = modules.get(path);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    modules.set(path, module);
    const text = `(function (exports, require, module, __filename, __dirname, __import, __imported) {${readFileSync(path, 'utf8')}\n})`;
    const cache = `${path}.bin`;
    const cachedData = existsSync(cache) ? readFileSync(cache) : undefined;
    const script = new Script(text, { filename: path, cachedData });
    scripts.push({ script, cache });
    const require = (id) => (id.startsWith('.') ? run(join(dirname(path), id)) : packages(id));
    const body = script.runInThisContext();
    body.call(module.exports, module.exports, require, module, path, dirname(path), load, imported);
    return module.exports;
  }
  const save = () => {
    for (const { script, cache } of scripts) writeFileSync(cache, script.createCachedData());
  };
  return { exports: run(file), save };
}
