/** What an app carries openly and the owner put into scope: the names that managed services are asked with. */
import type { Observation, ProbeContext } from './service.ts';

/** A public identifier of the target; `undefined` when the scope names none. */
export function identifierOf(context: ProbeContext, name: string): string | undefined {
  const { identifiers = {} } = context.options;
  const value = Object.hasOwn(identifiers, name) ? identifiers[name] : undefined;
  return value === '' ? undefined : value;
}

/** Nothing was sent, because the scope does not say for whom to ask. */
export function lacksIdentifier(names: string): Observation {
  return {
    identified: true,
    verdict: 'inconclusive',
    datasets: [],
    reason: `the scope entry names no ${names} under \`identifiers\``,
    notTested: ['everything: nothing was sent'],
  };
}

/** The names of the scope that the service can be asked for by name, at most `most` of them, and how many are left. */
export function namedDatasets(
  names: readonly string[] | undefined,
  form: RegExp,
  most: number,
): { asked: string[]; left: number } {
  const asked = (names ?? []).filter((name) => form.test(name)).slice(0, most);
  return { asked, left: (names ?? []).length - asked.length };
}
