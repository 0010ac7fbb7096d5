/** Certificates of an authority of one's own, as a step that a person runs. */

/**
 * Makes `ca.pem` and, for each name, `NAME.pem` and `NAME-key.pem` in the folder that one stands in. The node's holds the
 * names that clients check, and no key is readable by others.
 *
 * @param product stands before each name: `CN=opensearch-node`
 */
export function makeCertificates(product: string, names: readonly ('node' | 'admin')[]): string {
  const request = 'openssl req -newkey rsa:3072 -nodes';
  const authority = `openssl req -x509 -newkey rsa:3072 -nodes -days 730 -subj /CN=${product}-ca -keyout ca-key.pem -out ca.pem`;
  const signed = names.map((name) => {
    const alternatives =
      name === 'node' ? 'subjectAltName=DNS:localhost,IP:127.0.0.1,DNS:$(hostname -f)' : 'extendedKeyUsage=clientAuth';
    return `${request} -subj /CN=${product}-${name} -keyout ${name}-key.pem -out ${name}.csr && echo "${alternatives}" > ${name}.ext && openssl x509 -req -days 365 -in ${name}.csr -CA ca.pem -CAkey ca-key.pem -CAcreateserial -extfile ${name}.ext -out ${name}.pem`;
  });
  return `(umask 077 && ${[authority, ...signed].join(' && ')})`;
}
