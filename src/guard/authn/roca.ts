/**
 * The fingerprint of CVE-2017-15361 (ROCA): moduli made by the flawed library are, modulo each of these primes, a power of
 * 65537. A sound modulus passes by chance with probability about 2^-28. Nemec et al., "The Return of Coppersmith's Attack", 2017.
 */
const PRIMES = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113,
  127, 131, 137, 139, 149, 151, 157, 163, 167,
];

let powers: ReadonlyMap<number, ReadonlySet<number>> | undefined;

export function isRocaModulus(modulus: Uint8Array): boolean {
  powers ??= new Map(PRIMES.map((prime) => [prime, powersOf65537(prime)]));
  const n = BigInt(`0x${Buffer.from(modulus).toString('hex')}`);
  for (const [prime, residues] of powers) {
    if (!residues.has(Number(n % BigInt(prime)))) return false;
  }
  return true;
}

function powersOf65537(prime: number): ReadonlySet<number> {
  const residues = new Set<number>();
  for (let power = 1; !residues.has(power); power = (power * (65537 % prime)) % prime) residues.add(power);
  return residues;
}
