/** Test helper: answers as a product's documentation or source has them, by path; what is not listed is the product's 404. */
import { httpServer, type Reply, type TestHttpServer } from './http-server.ts';

export type Answers = Readonly<Record<string, Reply>>;

/**
 * @param answers by path with its query; posts as `POST <path> <body>`, or `POST <path>` for any body
 * @param missing what any other path is answered with
 */
export async function recordedServer(
  answers: Answers,
  missing: Reply = [404, { error: 'not found' }],
): Promise<TestHttpServer> {
  return await httpServer((path, { method }, posted) =>
    method === 'POST'
      ? (answers[`POST ${path} ${posted}`] ?? answers[`POST ${path}`] ?? missing)
      : (answers[path] ?? missing),
  );
}
