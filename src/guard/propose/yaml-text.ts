/** Text as YAML writes it on one line. Names come from stores: whatever they hold, they stay one value. */
export function yamlText(text: string): string {
  if (/^[A-Za-z][A-Za-z0-9_.-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text)) return text;
  if (/^[\x20-\x7e]*$/.test(text)) return `'${text.replaceAll("'", "''")}'`;
  return JSON.stringify(text);
}

/** Text for a comment: one line, nothing that a terminal obeys. */
export function commentText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 200);
}
