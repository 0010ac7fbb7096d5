/** Two vector databases that the catalogue lists together. */
export const vectorRemediation = {
  developer: 'Let the app search through your own API; embeddings and the texts behind them stay on the server.',
  it: 'Chroma: it has no login of its own, so bind it to 127.0.0.1 (`chroma run --host 127.0.0.1`) behind a proxy that asks for one. Milvus: set `common.security.authorizationEnabled: true`, change the password of `root`, enable TLS (`common.security.tlsMode`). Close 8000, 19530 and 9091 in the firewall.',
  security: 'Treat the records, and the texts behind their embeddings, as read and changeable by strangers.',
} as const;
