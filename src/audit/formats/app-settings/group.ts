/** Which settings are about the same store or client: `DB_HOST` and `DB_PASSWORD`, `spring.datasource.*`. */

const PARTS =
  /_(?:HOST|HOSTNAME|SERVER|PORT|USER|USERNAME|USER_NAME|PASSWORD|PASS|PWD|PASSWD|NAME|DATABASE|DB|CONNECTION|ENGINE|DRIVER|DIALECT|CLIENT|URL|URI|DSN|SSLMODE|SSL|TLS|SSL_MODE|ENV|DEBUG|KEY)$/i;

export function flatGroup(name: string): { group: string } {
  return { group: name.replace(PARTS, '') };
}

export function nestedGroup(pointer: string): { group: string } {
  const dot = pointer.lastIndexOf('.');
  return { group: dot < 0 ? flatGroup(pointer).group : pointer.slice(0, dot) };
}
