/**
 * Dart's minor version by the hash that its snapshots carry: a digest over the sources that decide the format, so equal
 * for the patches of a release that leave these alone. Sources: the hashes of reFlutter's enginehash.csv, which names
 * the Flutter release of each, with the minor version of Dart that r2flutter's table gives them; 2.8 by Flutter 1.17,
 * which shipped it. A label for people: no reader depends on it.
 */
const BY_VERSION: Readonly<Record<string, string>> = {
  '2.8': '74edb834fac3fcea79d7ac2d1d6f1fb2 be7d304ff826e2dfac63538e227c3cc5',
  '2.10': '8ee4ef7a67df9845fba331734198a953',
  '2.12': '5b97292b25f0a715613b7a28e0734f77',
  '2.13': '34f6eec64e9371856eaaa278ccf56538 7a5b240780941844bae88eca5dbaa7b8 e4a09dbf2bb120fe4674e0576617a0dc',
  '2.14': '659a72e41e3276e882709901c27de33d 9cf77f4405212c45daf608e1cd646852',
  '2.15': '24d9d411c2f90c8fbe8907f99e89d4b0 f10776149bf76be288def3c2ca73bdc1',
  '2.16': '3318fe66091c0ffbb64faec39976cb7d adf563436d12ba0d50ea5beb7f3be1bb d56742caf7b3b3f4bd2df93a9bbb5503',
  '2.17': '1441d6b13b8623fa7fbf61433abebd31 a0cb0c928b23bc17a26e062b351dc44d ded6ef11c73fdc638d6ff6d3ad22a67b',
  '2.18':
    '6a9b5a03a7e784a4558b10c769f188d9 8e50e448b241be23b9e990094f4dca39 b0e899ec5a90e4661501f0b69e9dd70f b6d0a1f034d158b0d37b51d559379697',
  '2.19': '501ef5cbd64ca70b6b42672346af6a8a adb4292f3ec25074ca70abcd2d5c7251',
  '3.0': '90b56a561f70cd55e972cb49b79b3d8b aa64af18e7d086041ac127cc4bc50c5e',
  '3.1': '7dbbeeb8ef7b91338640dca3927636de',
  '3.2': 'f71c76320d35b65f1164dbaa6d95fe09',
  '3.3': 'ee1eb666c76a5cb7746faf39d0b97547',
  '3.4': 'd20a1be77c3d3c41b2a5accaee1ce549',
  '3.5': '80a49c7111088100a233b2ae788e1f48',
  '3.6': 'f956f595844a2f845a55707faaaa51e4',
  '3.7': 'd91c0e6f35f0eb2e44124e8f42aa44a7',
  '3.8': '830f4f59e7969c70b595182826435c19',
  '3.9': '97ff04a728735e6b6b098bdf983faaba',
  '3.10': '1ce86630892e2dca9a8543fdb8ed8e22',
};

export const DART_OF_SNAPSHOT: ReadonlyMap<string, string> = new Map(
  Object.entries(BY_VERSION).flatMap(([version, hashes]) => hashes.split(' ').map((hash) => [hash, version] as const)),
);
